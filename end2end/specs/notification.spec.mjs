/** Who is named is told, wherever they are: once, for a while, in nobody's way. */
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "../support/fixtures.mjs";
import { RoomPage } from "../support/room-page.mjs";

/** Ann and Bob in one room, and a second page of Bob's in another. */
const told = test.extend({
  ann: async ({ arrive }, use) => {
    const ann = await arrive();
    await ann.rename("Ann");
    await use(ann);
  },

  bob: async ({ arrive }, use) => {
    const bob = await arrive();
    await bob.rename("Bob");
    await use(bob);
  },

  away: async ({ bob, room }, use) => {
    const away = new RoomPage(await bob.page.context().newPage());
    await away.open(`${room}-elsewhere`);
    await use(away);
  },
});

told("who is named is told in the room and elsewhere, and nobody else is", async ({ ann, bob, away, arrive, room }) => {
  const cleo = await arrive();
  await ann.say("@bob look");
  for (const page of [bob, away]) {
    await expect(page.notifications).toHaveCount(1);
    await expect(page.notifications).toHaveText(`Ann in ${room}: @bob look`);
  }
  await expect(cleo.message("@bob look")).toHaveCount(1);
  for (const page of [ann, cleo]) await expect(page.notifications).toHaveCount(0);
});

told("a line is marked for the one who is named in it", async ({ ann, bob }) => {
  await ann.say("look, @Bob!");
  await ann.say("not you, @Bobby, nor b@Bob");
  await expect(bob.messages).toHaveCount(2);
  await expect(bob.named).toHaveText(/look, @Bob!/);
  await expect(bob.notifications).toHaveCount(1);
  await expect(ann.named).toHaveCount(0);
});

told("elsewhere it leads to where it was said, and here nowhere", async ({ ann, bob, away, room }) => {
  await ann.say("@Bob come");
  await expect(bob.notifications).toHaveCount(1);
  await expect(bob.notifications.getByRole("link")).toHaveCount(0);
  await away.notifications.getByRole("link").click();
  await away.page.waitForURL(`**/r/${room}`);
  await away.isLive();
  await expect(away.message("@Bob come")).toHaveCount(1);
});

told("three are shown, newest first, and one can be sent away", async ({ ann, bob }) => {
  for (const text of ["@Bob one", "@Bob two", "@Bob three", "@Bob four"]) await ann.say(text);
  await expect(bob.message("@Bob four")).toHaveCount(1);
  await expect(bob.notifications).toContainText(["@Bob four", "@Bob three", "@Bob two"]);
  await bob.notifications.first().getByRole("button", { name: "Dismiss" }).click();
  await expect(bob.notifications).toContainText(["@Bob three", "@Bob two"]);
});

told("it goes by itself, but not while it is read", async ({ ann, bob, away }) => {
  await ann.say("@Bob look");
  await bob.notifications.hover();
  await expect(away.notifications).toHaveCount(1);
  await expect(away.notifications).toHaveCount(0, { timeout: 12_000 });
  await expect(bob.notifications).toHaveCount(1);
});

told("it goes once it was read", async ({ ann, bob }) => {
  await ann.say("@Bob look");
  await bob.notifications.hover();
  await bob.page.mouse.move(0, 0);
  await expect(bob.notifications).toHaveCount(0, { timeout: 12_000 });
});

told("the title of a hidden tab counts what came from elsewhere", async ({ ann, bob, away }) => {
  const hide = (hidden) =>
    away.page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  await hide(true);
  await ann.say("@Bob look");
  await expect(bob.notifications).toHaveCount(1);
  await expect(away.page).toHaveTitle(/^\(1\) /);
  await hide(false);
  await expect(away.page).not.toHaveTitle(/^\(/);
  await expect(away.notifications).toHaveCount(1);
});

told("it is announced, and a screen reader finds nothing wrong with it", async ({ ann, bob }) => {
  await ann.say("@Bob look");
  await expect(bob.page.getByRole("status").filter({ hasText: "@Bob look" })).toHaveCount(1);
  // What moves in is less than opaque for a moment, and its contrast then means nothing.
  await bob.page.emulateMedia({ reducedMotion: "reduce" });
  const { violations } = await new AxeBuilder({ page: bob.page }).analyze();
  const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  expect(serious.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
});

for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
  told(`at ${viewport.width} pixels it does not cover the chat's field`, async ({ ann, bob }) => {
    await bob.page.setViewportSize(viewport);
    await bob.tab("chat").click();
    for (const text of ["one", "two", "three"]) await ann.say(`@Bob ${text} ${"and so on ".repeat(40)}`);
    await expect(bob.notifications).toHaveCount(3);
    await expect(bob.input).toBeInViewport();
    const field = await bob.input.boundingBox();
    for (const one of await bob.notifications.all()) {
      const box = await one.boundingBox();
      const apart = box.y + box.height <= field.y || box.x + box.width <= field.x;
      expect(apart, JSON.stringify({ box, field })).toBe(true);
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(viewport.width);
    }
  });
}
