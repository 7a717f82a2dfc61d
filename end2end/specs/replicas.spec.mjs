/** Two browsers on two replicas: one room. What happens while Redis is away. */
import { expect, test as base } from "../support/fixtures.mjs";
import { Orrery } from "../support/orrery.mjs";
import { Redis } from "../support/redis.mjs";
import { RoomPage } from "../support/room-page.mjs";

const test = base.extend({
  redis: async ({}, use) => {
    const redis = await Redis.start();
    await use(redis);
    await redis.kill();
  },

  /** Two replicas over one Redis. */
  replicas: async ({ redis }, use) => {
    const names = ["node-a", "node-b"];
    const replicas = await Promise.all(names.map((name) => Orrery.start({ REDIS_URL: redis.url, INSTANCE_ID: name })));
    await use(replicas);
    for (const replica of replicas) {
      await replica.stop();
      expect(replica.panics).toEqual([]);
    }
  },

  /** Pages are closed before their replicas are: one whose replica stops would complain that it is gone. */
  visit: async ({ replicas, visit }, use) => use(visit),

  /** Somebody new who is live in this test's room on that replica. */
  enter: async ({ visit, room }, use) => {
    await use(async (replica) => {
      const here = new RoomPage(await visit({ baseURL: replica.url }));
      await here.open(room);
      return here;
    });
  },
});

test("two browsers on two replicas are in one room", async ({ enter, replicas }) => {
  const [ann, bob] = [await enter(replicas[0]), await enter(replicas[1])];
  await expect(ann.tape("instance")).toHaveText("node-a");
  await expect(bob.tape("instance")).toHaveText("node-b");
  await expect(ann.tape("bus")).toContainText("ms");
  await ann.say("across");
  await expect(bob.message("across")).toHaveCount(1);
  await bob.makeNote("stuck across");
  await expect(ann.note("stuck across")).toHaveCount(1);
  for (const one of [ann, bob]) await one.openDocument();
  await ann.placeCaret(0);
  await ann.write("one ");
  await bob.reads("one ");
  await bob.placeCaret(4);
  await bob.write("two");
  await ann.reads("one two");
});

test("while redis stands still people notice a banner and not a loss", async ({ enter, redis, replicas }) => {
  const [ann, bob] = [await enter(replicas[0]), await enter(replicas[1])];
  redis.freeze();
  for (const one of [ann, bob]) await expect(one.cutOff).toBeVisible({ timeout: 15_000 });
  await ann.say("waits");
  await expect(ann.message("waits")).toHaveCount(1);
  redis.thaw();
  for (const one of [ann, bob]) await expect(one.cutOff).toBeHidden({ timeout: 15_000 });
  for (const one of [ann, bob]) await expect(one.message("waits")).toHaveCount(1);
});
