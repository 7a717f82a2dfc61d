/** Cursors: they reach the others, in the coordinates of the room, and are drawn where they point. */
import { ask, connect, next } from "../support/client.mjs";
import { expect, test } from "../support/fixtures.mjs";

// Chromium advises against reading pixels often; no page does, only the spec below.
test.use({ forgiven: [[/willReadFrequently/], { scope: "test" }] });

test("ann sees bob's cursor, and sees it go with him", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await bob.pointAt(60, 40);
  await ann.seesCursors(1);
  await bob.seesCursors(0);

  await bob.page.context().close();
  await ann.seesCursors(0);
});

test("the middle of the canvas is the middle of the room", async ({ arrive, room, server }) => {
  const ann = await arrive();
  const probe = await connect(server.url, await server.token("probe"));
  await ask(probe, "room.join", { room });

  const pointed = next(probe, "cursor", ({ x, y }) => Math.abs(x - 120) < 2 && Math.abs(y + 80) < 2);
  await ann.pointAt(0, 0);
  await ann.pointAt(120, -80);
  expect(await pointed).toMatchObject({ room });
  probe.close();
});

test("a cursor is painted where it points", async ({ arrive, room, server }) => {
  const ann = await arrive();
  const before = await brightness(ann, 140, 90);
  const probe = await connect(server.url, await server.token("painter"));
  await ask(probe, "room.join", { room });
  probe.emit("cursor", { room, x: 140, y: 90 });

  await ann.seesCursors(1);
  await expect.poll(() => brightness(ann, 140, 90), "the pixels there change").not.toBe(before);
  probe.close();
});

/** The sum of the colours in a small square at a place of the canvas, counted from its middle. */
function brightness(here, x, y) {
  return here.bodies.evaluate(
    (canvas, [x, y]) => {
      const scale = canvas.width / canvas.clientWidth;
      const left = (canvas.clientWidth / 2 + x) * scale;
      const top = (canvas.clientHeight / 2 + y) * scale;
      const { data } = canvas.getContext("2d").getImageData(left, top, 16, 16);
      return data.reduce((sum, value) => sum + value, 0);
    },
    [x, y],
  );
}
