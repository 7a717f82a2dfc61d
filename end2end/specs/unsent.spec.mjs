/** What is not sent yet: it is said, and why; the browser asks before it would be lost, and in the end it arrives. */
import { expect, test } from "../support/fixtures.mjs";
import { Orrery } from "../support/orrery.mjs";
import { RoomPage } from "../support/room-page.mjs";

test.use({ forgiven: [[/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket/], { scope: "test" }] });

test("closing the tab asks while something is on its way, and not after", async ({ arrive, server }) => {
  const ann = await arrive();
  await server.freeze();
  try {
    await ann.say("hold on");
    await expect(ann.unsent).toContainText("1 not sent yet");
    const asked = ann.page.waitForEvent("dialog");
    await ann.page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.dismiss();
  } finally {
    server.thaw();
  }
  await expect(ann.unsent).toBeHidden();
  await expect(ann.message("hold on")).not.toHaveAttribute("data-pending");

  let asked = false;
  ann.page.on("dialog", (dialog) => {
    asked = true;
    dialog.accept();
  });
  const closed = ann.page.waitForEvent("close");
  await ann.page.close({ runBeforeUnload: true });
  await closed;
  expect(asked).toBe(false);
});

test("what was written without a server is counted, and arrives when it is back", async ({ arrive, server }) => {
  const ann = await arrive();
  const bob = await arrive();
  await server.kill();
  await expect(ann.connection).toHaveAttribute("data-state", "reconnecting");
  await ann.say("in the dark");
  await ann.makeNote("a note in the dark");
  await expect(ann.unsent).toContainText("not sent yet");

  await server.start();
  await ann.isLive();
  await bob.isLive();
  await expect(bob.message("in the dark")).toHaveCount(1);
  await expect(bob.note("a note in the dark")).toHaveCount(1);
  await expect(ann.unsent).toBeHidden();
});

/** A server of one room that takes one line a second. */
const limited = test.extend({
  server: [
    async ({}, use) => {
      const server = await Orrery.start({ RATE_CHAT: "1/1", ROOMS: "1" });
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
});

limited("what the server puts off is said with its reason, and taken in the end", async ({ arrive }) => {
  const ann = await arrive();
  const lines = ["one", "two", "three", "four"];
  for (const line of lines) await ann.say(line);
  await expect(ann.whyUnsent).toHaveText("That was too fast: wait a moment. What you write is kept and sent again.");
  await expect(ann.unsent).toBeHidden({ timeout: 20_000 });
  await expect(ann.whyUnsent).toBeHidden();
  for (const line of lines) await expect(ann.message(line)).toHaveCount(1);
});

limited("who must wait for a place is told so, and comes in once there is one", async ({ arrive, room, visit }) => {
  const ann = await arrive();
  const bob = new RoomPage(await visit());
  await bob.page.goto(`/r/${room}-2`);
  await expect(bob.connection).toContainText("This server has as many rooms as it takes. Trying again");
  await ann.page.close();
  await bob.isLive();
});

test("on a sound connection nothing is said of it", async ({ arrive }) => {
  const ann = await arrive();
  const seen = await ann.page.evaluateHandle(() => {
    const seen = { unsent: false };
    const look = () => (seen.unsent ||= document.querySelector('[data-testid="unsent"]') !== null);
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
    return seen;
  });
  await ann.say("quick");
  await ann.makeNote("quick too");
  await expect(ann.message("quick")).not.toHaveAttribute("data-pending");
  await expect(ann.notes).not.toHaveAttribute("data-pending");
  expect(await seen.evaluate((seen) => seen.unsent)).toBe(false);
});

test("the tape tells how the last recovery went", async ({ arrive, server }) => {
  const ann = await arrive();
  await expect(ann.tape("recovery")).toHaveText("–");
  await server.kill();
  await expect(ann.connection).toHaveAttribute("data-state", "reconnecting");
  await server.start();
  await ann.isLive();
  await expect(ann.tape("recovery")).toHaveText(/^(replayed \d+ in \d+ ms|took a snapshot: history was gone)$/);
});
