/** Who is here: people come, go, and open a second tab. */
import { expect, test } from "../support/fixtures.mjs";
import { RoomPage } from "../support/room-page.mjs";

test("people see each other come and go", async ({ arrive }) => {
  const ann = await arrive();
  await ann.sees(1);

  const bob = await arrive();
  await ann.sees(2);
  await bob.sees(2);

  await bob.page.context().close();
  await ann.sees(1);
});

test("two tabs of one browser are one person with two cursors", async ({ arrive, room }) => {
  const ann = await arrive();
  const second = new RoomPage(await ann.page.context().newPage());
  await second.open(room);
  await ann.sees(1);
  await second.sees(1);

  await second.pointAt(30, 40);
  await ann.seesCursors(1);
  await second.seesCursors(0);

  await second.page.close();
  await ann.seesCursors(0);
  await ann.sees(1);
});

test("rooms do not hear each other", async ({ arrive, visit, room }) => {
  const ann = await arrive();
  const elsewhere = new RoomPage(await visit());
  await elsewhere.open(`${room}-elsewhere`);
  await elsewhere.say("is anybody here?");
  await expect(elsewhere.message("is anybody here?")).toHaveCount(1);
  await elsewhere.sees(1);
  await ann.sees(1);

  await ann.say("only us");
  await expect(ann.message("only us")).toHaveCount(1);
  await expect(ann.messages).toHaveCount(1);
});
