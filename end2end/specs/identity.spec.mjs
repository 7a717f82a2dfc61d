/** Who one is: a guest with a name that can be changed, and that lasts. */
import { expect, test } from "../support/fixtures.mjs";

/** Gives oneself another name. */
async function rename(here, name) {
  await here.page.getByTestId("identity-button").first().click();
  await here.page.getByTestId("identity-name").fill(name);
  await here.page.getByTestId("identity-save").click();
}

test("a guest has a name from the first moment", async ({ arrive }) => {
  const ann = await arrive();
  await expect(ann.people.first()).toContainText(/\p{L}{2,}/u);
});

test("a new name is seen by the others and lasts", async ({ arrive, room }) => {
  const ann = await arrive();
  const bob = await arrive();
  await rename(ann, "Ann Hathersage");
  await expect(bob.people.filter({ hasText: "Ann Hathersage" })).toHaveCount(1);
  await ann.isLive();

  await ann.say("it is me");
  await expect(bob.message("it is me")).toContainText("Ann Hathersage");

  await ann.open(room);
  await expect(ann.people.filter({ hasText: "Ann Hathersage" })).toHaveCount(1);
  await bob.sees(2);
});

test("a name that is none is refused, and the old one stays", async ({ arrive }) => {
  const ann = await arrive();
  const before = await ann.people.first().innerText();
  await rename(ann, "   ");
  await expect(ann.page.getByTestId("identity-name")).toBeVisible();
  expect(await ann.people.first().innerText()).toBe(before);
});

test("the session is out of reach of scripts", async ({ arrive }) => {
  const ann = await arrive();
  const cookies = await ann.page.context().cookies();
  expect(cookies.some((cookie) => cookie.httpOnly)).toBe(true);
  const readable = await ann.page.evaluate(() => document.cookie);
  for (const cookie of cookies.filter((cookie) => cookie.httpOnly)) expect(readable).not.toContain(cookie.value);
});
