/**
 * What every spec gets: a server, a room nobody else is in, and people who come to it. A test fails when a page logs an
 * error or a warning, such as a hydration mismatch, or when the server panics, whatever else it checked.
 */
import { test as base, expect } from "@playwright/test";
import { Orrery } from "./orrery.mjs";
import { RoomPage } from "./room-page.mjs";

export { expect };

export const test = base.extend({
  /** Patterns of console lines that a spec causes on purpose, such as refused connections. */
  forgiven: [[], { option: true }],

  /** The server of this worker. Specs that end it start it again. */
  server: [
    async ({}, use) => {
      const server = await Orrery.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],

  baseURL: async ({ server }, use) => use(server.url),

  /** A room of this test's own. */
  room: async ({}, use, info) => use(`t${info.testId}-${info.repeatEachIndex}`.replace(/[^a-z0-9-]/gi, "")),

  /** What pages complained about; must be empty at the end. */
  complaints: [
    async ({ forgiven, server }, use) => {
      const complaints = [];
      await use(complaints);
      const serious = complaints.filter((line) => !forgiven.some((pattern) => pattern.test(line)));
      expect(serious, "errors and warnings in the browser's console").toEqual([]);
      expect(server.panics, "panics in the server's log").toEqual([]);
    },
    { auto: true },
  ],

  /** Playwright's own page is listened to like all others. */
  page: async ({ page, complaints }, use) => {
    listen(page, complaints);
    await use(page);
  },

  /** `await visit({ colorScheme: "dark" })`: a page of a browser that was never here before. */
  visit: async ({ browser, server, complaints }, use) => {
    const contexts = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL: server.url, ...options });
      contexts.push(context);
      context.on("page", (page) => listen(page, complaints));
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
  },

  /** `await arrive()`: somebody new who is live in this test's room. */
  arrive: async ({ visit, room }, use) => {
    await use(async (options) => {
      const here = new RoomPage(await visit(options));
      await here.open(room);
      return here;
    });
  },
});

function listen(page, complaints) {
  page.on("pageerror", (error) => complaints.push(`pageerror: ${error.stack ?? error}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
}
