/** A server that keeps its logs on disk is killed: nothing is lost, and what was written meanwhile is merged. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "../support/fixtures.mjs";
import { Orrery } from "../support/orrery.mjs";
import { RoomPage } from "../support/room-page.mjs";

test.use({ forgiven: [[/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket/], { scope: "test" }] });

/** A server with a directory of its own. */
const stored = test.extend({
  store: async ({}, use) => {
    const dir = await mkdtemp(join(tmpdir(), "orrery-store-"));
    const store = await Orrery.start({ DATA_DIR: dir });
    await use(store);
    await store.stop();
    expect(store.panics).toEqual([]);
    await rm(dir, { recursive: true });
  },

  /** Somebody new who is live in this test's room on that server. */
  enter: async ({ visit, store, room }, use) => {
    await use(async () => {
      const here = new RoomPage(await visit({ baseURL: store.url }));
      await here.open(room);
      return here;
    });
  },
});

stored("after kill -9 all is there, and what two wrote meanwhile is merged", async ({ enter, store }) => {
  const [ann, bob] = [await enter(), await enter()];
  await ann.say("said before");
  await ann.makeNote("stuck before");
  for (const one of [ann, bob]) await one.openDocument();
  await ann.placeCaret(0);
  await ann.write("one two");
  await bob.reads("one two");
  await ann.isSaved();

  await store.kill();
  for (const one of [ann, bob]) await expect(one.connection).toHaveAttribute("data-state", "reconnecting");
  await ann.placeCaret(0);
  await ann.write("zero ");
  await bob.placeCaret(7);
  await bob.write(" three");
  await expect(ann.documentState).toHaveAttribute("data-state", "offline");

  await store.start();
  for (const one of [ann, bob]) {
    await one.isLive();
    await one.reads("zero one two three");
    await one.isSaved();
    await expect(one.note("stuck before")).toHaveCount(1);
    await expect(one.message("said before")).toHaveCount(1);
    await expect(one.tape("recovery")).toContainText(/replayed \d+ in \d+ ms/);
    await expect(one.kept).toHaveCount(0);
  }
  const cleo = await enter();
  await cleo.openDocument();
  await cleo.reads("zero one two three");
  await expect(cleo.note("stuck before")).toHaveCount(1);
});

test("a server without a store says that it has lost the text, and the page keeps it", async ({ arrive, server }) => {
  const ann = await arrive();
  await ann.openDocument();
  await ann.placeCaret(0);
  await ann.write("not on any disk");
  await ann.isSaved();
  await server.kill();
  await expect(ann.connection).toHaveAttribute("data-state", "reconnecting");
  await server.start();
  await ann.isLive();
  await expect(ann.kept.getByRole("textbox")).toHaveValue("not on any disk");
  await expect(ann.tape("recovery")).toContainText("history was gone");
});
