/** For a screen reader and a keyboard: what axe can find, and what it cannot. */
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "../support/fixtures.mjs";

for (const colorScheme of ["dark", "light"]) {
  for (const path of ["/", "/about", "/r/observatory"]) {
    test(`${path} has no serious violations, ${colorScheme}`, async ({ visit }) => {
      const page = await visit({ colorScheme, reducedMotion: "reduce" });
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
      await page.waitForLoadState("load");
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
      expect(serious.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
    });
  }
}

test("a room full of talk has no serious violations", async ({ arrive }) => {
  const ann = await arrive({ reducedMotion: "reduce" });
  const bob = await arrive();
  await bob.say("good evening");
  await bob.pointAt(10, 10);
  await ann.say("and to you");
  await expect(ann.messages).toHaveCount(2);
  const { violations } = await new AxeBuilder({ page: ann.page }).analyze();
  const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  expect(serious.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
});

test("the keyboard is enough to say something", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  const reached = () => ann.input.evaluate((input) => input === document.activeElement);
  for (let tabs = 0; tabs < 30 && !(await reached()); tabs += 1) await ann.page.keyboard.press("Tab");
  await expect(ann.input).toBeFocused();
  await ann.page.keyboard.type("no mouse needed");
  await ann.page.keyboard.press("Enter");
  await expect(bob.message("no mouse needed")).toHaveCount(1);
});

test("what arrives is announced", async ({ arrive }) => {
  const ann = await arrive();
  await expect(ann.page.getByRole("log")).toHaveCount(1);
  await expect(ann.page.getByRole("textbox", { name: "Message" })).toBeVisible();
});
