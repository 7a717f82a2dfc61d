/** The lobby: which rooms are live, and the way into one. */
import { expect, test } from "../support/fixtures.mjs";

test("a room appears while somebody is in it, by itself", async ({ arrive, page, room }) => {
  await page.goto("/");
  const entry = page.locator(`[data-testid=lobby-room][data-room="${room}"]`);
  await expect(entry).toHaveCount(0);

  const ann = await arrive();
  await expect(entry).toBeVisible();

  await ann.page.context().close();
  await expect(entry).toHaveCount(0);
});

test("a live room is a link to it", async ({ arrive, page, room }) => {
  await arrive();
  await page.goto("/");
  const entry = page.locator(`[data-testid=lobby-room][data-room="${room}"]`);
  await entry.getByRole("link").or(entry.and(page.locator("a"))).first().click();
  await expect(page).toHaveURL(new RegExp(`/r/${room}$`));
  await expect(page.getByTestId("connection")).toHaveAttribute("data-state", "live");
});

test("a typed name opens a room", async ({ page }) => {
  await page.goto("/");
  await page.getByLabel("Room name").fill("Design Review #4");
  await page.getByTestId("open-room").click();
  await expect(page).toHaveURL(/\/r\/design-review-4$/);
  await expect(page.getByTestId("connection")).toHaveAttribute("data-state", "live");
});

test("the observatory and the about page are one click away", async ({ page }) => {
  await page.goto("/");
  await page.locator("a[href='/r/observatory']").first().click();
  await expect(page.getByTestId("connection")).toHaveAttribute("data-state", "live");
  await page.goto("/");
  await page.locator("a[href='/about']").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/\/about$/);
});

test("a page that does not exist says so", async ({ server, request }) => {
  const answer = await request.get(`${server.url}/no-such-page`, { headers: { accept: "text/html" } });
  expect(answer.status()).toBe(404);
});
