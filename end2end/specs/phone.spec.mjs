/** A phone of 390 pixels: nothing is cut off, the chat is one tap away, targets fit a thumb. */
import { expect, test } from "../support/fixtures.mjs";
import { RoomPage } from "../support/room-page.mjs";

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

for (const path of ["/", "/about", "/r/pocket"]) {
  test(`${path} fits the width`, async ({ visit }) => {
    const page = await visit(phone);
    await page.goto(path);
    // A page that is closed while its socket opens complains.
    if (path.startsWith("/r/")) await new RoomPage(page).isLive();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
  });
}

test("the sheet opens the chat, and what is said there arrives", async ({ arrive }) => {
  const ann = await arrive(phone);
  const bob = await arrive();
  const handle = ann.page.getByTestId("sheet-handle");
  await expect(async () => {
    if (!(await ann.input.isVisible())) await handle.tap();
    await expect(ann.input).toBeInViewport({ timeout: 1_000 });
  }).toPass();
  await ann.say("from the tram");
  await expect(bob.message("from the tram")).toHaveCount(1);
});

test("a finger moves the cursor", async ({ arrive }) => {
  const ann = await arrive(phone);
  const bob = await arrive();
  const middle = await ann.middle();
  await ann.page.touchscreen.tap(middle.x, middle.y - 100);
  await bob.seesCursors(1);
});

test("what a thumb must hit is large enough", async ({ arrive }) => {
  const ann = await arrive(phone);
  const targets = ann.page.locator("button:visible, a:visible, input:visible, textarea:visible");
  for (const target of await targets.all()) {
    const { width, height } = await target.boundingBox();
    expect(Math.max(width, height), await target.evaluate((node) => node.outerHTML)).toBeGreaterThanOrEqual(40);
    expect(Math.min(width, height), await target.evaluate((node) => node.outerHTML)).toBeGreaterThanOrEqual(24);
  }
});
