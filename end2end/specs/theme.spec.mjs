/** Day and night: as the system has it until somebody chooses, and then as chosen, from the first paint on. */
import { expect, test } from "../support/fixtures.mjs";

const background = (page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
const chosen = (page) => page.evaluate(() => document.documentElement.dataset.theme);

test("the theme follows the system", async ({ visit }) => {
  const page = await visit({ colorScheme: "dark" });
  await page.goto("/");
  const night = await background(page);
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(() => background(page)).not.toBe(night);
});

for (const [system, other] of [
  ["dark", "light"],
  ["light", "dark"],
]) {
  test(`a ${system} system can be switched to ${other}, and stays so without a flash`, async ({ visit }) => {
    const page = await visit({ colorScheme: system });
    await page.goto("/");
    const before = await background(page);
    const toggle = page.getByTestId("theme-toggle");
    await expect(async () => {
      if ((await chosen(page)) !== other) await toggle.click();
      expect(await chosen(page)).toBe(other);
    }).toPass();
    await expect.poll(() => background(page)).not.toBe(before);

    await page.addInitScript(noteThemeOfFirstBody);
    await page.goto("/about");
    expect(await page.evaluate(() => globalThis.themeOfFirstBody), "before anything was painted").toBe(other);
    expect(await chosen(page), "after hydration").toBe(other);
  });
}

/** Runs in the page before its own scripts: what is the theme when the body begins? */
function noteThemeOfFirstBody() {
  new MutationObserver((_, observer) => {
    if (!document.body) return;
    globalThis.themeOfFirstBody = document.documentElement.dataset.theme;
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
}
