/** The room page as a person uses it: what is on it, and what can be done with it. */
import { expect } from "@playwright/test";

export class RoomPage {
  constructor(page) {
    this.page = page;
    this.connection = page.getByTestId("connection");
    this.people = page.getByTestId("presence-list").getByTestId("person");
    this.messages = page.getByTestId("chat-log").getByTestId("chat-message");
    this.input = page.getByTestId("chat-input");
    this.send = page.getByTestId("chat-send");
    this.unread = page.getByTestId("chat-unread");
    this.canvas = page.getByTestId("canvas");
    this.tab = (name) => page.getByTestId(`panel-tab-${name}`);
    this.tape = (field) => page.getByTestId("tape").getByTestId(`tape-${field}`);
  }

  /** Goes to a room and waits until it is live. */
  async open(room) {
    await this.page.goto(`/r/${room}`);
    await this.isLive();
  }

  async isLive() {
    await expect(this.connection).toHaveAttribute("data-state", "live", { timeout: 20_000 });
  }

  /** The messages with exactly that text in them. */
  message(text) {
    return this.messages.filter({ hasText: text });
  }

  /** Writes and sends with the Enter key. */
  async say(text) {
    await this.input.fill(text);
    await this.input.press("Enter");
  }

  /** Sees `count` people here. */
  async sees(count) {
    await expect(this.people).toHaveCount(count);
  }

  /** Sees `count` cursors of others on the canvas. */
  async seesCursors(count) {
    await expect(this.canvas).toHaveAttribute("data-cursors", String(count));
  }

  /** Where the middle of the canvas is on the page, in CSS pixels. */
  async middle() {
    const box = await this.canvas.boundingBox();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  /** Points at a place on the canvas, counted from its middle. */
  async pointAt(x, y) {
    const middle = await this.middle();
    await this.page.mouse.move(middle.x + x, middle.y + y);
  }
}
