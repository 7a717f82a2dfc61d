/** The server dies and comes back: people are told, nothing they wrote is lost, nothing is said twice. */
import { expect, test } from "../support/fixtures.mjs";

test.use({ forgiven: [[/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket/], { scope: "test" }] });

test("after a crash everybody is back, and what was written meanwhile is said once", async ({ arrive, server }) => {
  const ann = await arrive();
  const bob = await arrive();
  await ann.sees(2);

  await server.kill();
  await expect(ann.connection).toHaveAttribute("data-state", "reconnecting");
  await ann.say("written in the dark");
  await expect(ann.message("written in the dark")).toHaveAttribute("data-pending");

  await server.start();
  await ann.isLive();
  await bob.isLive();
  await expect(bob.message("written in the dark")).toHaveCount(1);
  await expect(ann.message("written in the dark")).toHaveCount(1);
  await expect(ann.message("written in the dark")).not.toHaveAttribute("data-pending");
  await ann.sees(2);

  await bob.say("welcome back");
  await expect(ann.message("welcome back")).toHaveCount(1);
  await bob.pointAt(20, 20);
  await ann.seesCursors(1);
});

test("after an orderly stop everybody comes back by themselves", async ({ arrive, server }) => {
  const ann = await arrive();
  await server.stop();
  await expect(ann.connection).toHaveAttribute("data-state", "reconnecting");
  await server.start();
  await ann.isLive();
  await ann.say("still here");
  await expect(ann.message("still here")).not.toHaveAttribute("data-pending");
  await expect(ann.tape("reconnects")).toContainText(/[1-9]/);
});

test("a person is the same person after a restart", async ({ arrive, server }) => {
  const ann = await arrive();
  const before = await ann.people.first().getAttribute("data-user-id");
  await server.kill();
  await expect(ann.connection).toHaveAttribute("data-state", "reconnecting");
  await server.start();
  await ann.isLive();
  await ann.sees(1);
  await expect(ann.people.first()).toHaveAttribute("data-user-id", before);
});
