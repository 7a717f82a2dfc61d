/** The room page as a person uses it: what is on it, and what can be done with it. */
import { expect } from "@playwright/test";

export class RoomPage {
  constructor(page) {
    this.page = page;
    this.connection = page.getByTestId("connection");
    this.cutOff = this.connection.getByText("Cut off from the other servers");
    this.people = page.getByTestId("presence-list").getByTestId("person");
    this.messages = page.getByTestId("chat-log").getByTestId("chat-message");
    this.input = page.getByTestId("chat-input");
    this.send = page.getByTestId("chat-send");
    this.unread = page.getByTestId("chat-unread");
    this.named = page.locator("[data-testid=chat-message][data-named]");
    this.notifications = page.getByTestId("notification");
    this.typing = page.getByTestId("typing");
    this.unsent = page.getByTestId("unsent");
    this.whyUnsent = page.getByTestId("unsent-why");
    this.canvas = page.getByTestId("canvas");
    this.bodies = page.getByTestId("bodies");
    this.notes = page.getByTestId("note");
    this.noteInput = page.getByTestId("note-input");
    this.conflict = page.getByTestId("note-conflict");
    this.document = page.getByTestId("document-input");
    this.documentState = page.getByTestId("document-state");
    this.kept = page.getByTestId("document-kept");
    this.carets = page.getByTestId("document-caret");
    this.undo = page.getByTestId("document-undo");
    this.redo = page.getByTestId("document-redo");
    this.access = page.getByTestId("access-button");
    this.members = page.getByTestId("access-member");
    this.invites = page.getByTestId("access-invite");
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

  /** Gives oneself another name, and waits until everybody knows it. */
  async rename(name) {
    await this.page.getByTestId("identity-button").click();
    await this.page.getByTestId("identity-name").fill(name);
    await this.page.getByTestId("identity-save").click();
    await this.tab("people").click();
    await expect(this.people.filter({ hasText: name })).toHaveCount(1);
    await this.tab("chat").click();
    await this.isLive();
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

  /** The notes with exactly that text in them. */
  note(text) {
    return this.notes.filter({ hasText: text });
  }

  /** Makes a note in the middle of what is seen, writes on it and is done. */
  async makeNote(text) {
    await this.page.getByTestId("note-add").click();
    await this.writes(text);
  }

  /** Begins to write on a note. */
  async opens(note) {
    await note.focus();
    await note.press("Enter");
    await expect(this.noteInput).toBeFocused();
  }

  /** Writes on the note that is open, in place of what stood there, and is done. */
  async writes(text) {
    await expect(this.noteInput).toBeFocused();
    await this.noteInput.fill(text);
    await this.noteInput.press("Control+Enter");
    await expect(this.noteInput).toHaveCount(0);
  }

  /** Drags a note by so many CSS pixels. */
  async drags(note, x, y) {
    const box = await note.boundingBox();
    const from = { x: box.x + 12, y: box.y + 12 };
    await this.page.mouse.move(from.x, from.y);
    await this.page.mouse.down();
    await this.page.mouse.move(from.x + x, from.y + y, { steps: 12 });
    await this.page.mouse.up();
  }

  /** Brings the document to the front and waits until it can be written on. */
  async openDocument() {
    await this.tab("document").click();
    await expect(this.document).toBeEditable();
  }

  /** Puts the caret behind so many UTF-16 units, or selects up to there. */
  async placeCaret(from, to = from) {
    await this.document.focus();
    await this.document.evaluate((field, [from, to]) => field.setSelectionRange(from, to), [from, to]);
  }

  /** Writes where the caret is, key by key. */
  async write(text) {
    await this.page.keyboard.type(text);
  }

  /** Has exactly this in the document. */
  async reads(text) {
    await expect(this.document).toHaveValue(text);
  }

  /** Everything in the document is with the server. */
  async isSaved() {
    await expect(this.documentState).toHaveAttribute("data-state", "saved");
  }

  /** Puts a text into the clipboard and from there into the document. */
  async paste(text) {
    await this.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await this.page.evaluate((text) => navigator.clipboard.writeText(text), text);
    await this.document.focus();
    await this.page.keyboard.press("ControlOrMeta+v");
  }

  /** Opens the dialog about who may come in. */
  async openAccess() {
    await this.access.click();
    await expect(this.page.getByTestId("access-state")).toBeVisible();
  }

  async closeAccess() {
    await this.page.getByTestId("access-close").click();
    await expect(this.page.getByTestId("access")).toBeHidden();
  }

  /** Makes the room private, from the open dialog. */
  async makePrivate() {
    await this.page.getByTestId("access-make-private").click();
    await expect(this.access).toHaveAttribute("data-access", "private");
  }

  /** Makes a link for `viewer` or `editor` in the open dialog, and says where it leads. */
  async makeLink(role) {
    const before = await this.invites.count();
    await this.page.getByTestId("invite-role").selectOption(role);
    await this.page.getByTestId("invite-make").click();
    await expect(this.invites).toHaveCount(before + 1);
    await this.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const copy = this.invites.first().getByTestId("invite-copy");
    await copy.click();
    await expect(copy).toHaveAttribute("data-copied");
    return this.page.evaluate(() => navigator.clipboard.readText());
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
