/** Without JavaScript the lobby and the about page still read. */
import { expect, test } from "../support/fixtures.mjs";

test.use({ javaScriptEnabled: false });

test("the lobby says what this is and leads on", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("a[href='/about']").first()).toBeVisible();
  await expect(page.locator("a[href='/r/observatory']").first()).toBeVisible();
});

test("the lobby shows the rooms that are live", async ({ arrive, page, room }) => {
  await arrive({ javaScriptEnabled: true });
  await page.goto("/");
  await expect(page.locator(`[data-testid=lobby-room][data-room="${room}"]`)).toBeVisible();
});

test("a typed name leads to a room", async ({ page }) => {
  await page.goto("/");
  await page.getByLabel("Room name").fill("Design Review");
  await page.getByTestId("open-room").click();
  await expect(page).toHaveURL(/\/r\/design-review$/);
});

test("the about page explains the three lanes, with a drawing", async ({ page }) => {
  await page.goto("/about");
  await expect(page.locator("main svg").first()).toBeVisible();
  for (const lane of [/log/i, /tick/i, /lease/i]) await expect(page.locator("main")).toContainText(lane);
});
