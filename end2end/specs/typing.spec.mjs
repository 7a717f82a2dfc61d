/** Who is typing: the others see it while it lasts, and no longer. */
import { expect, test } from "../support/fixtures.mjs";

test("ann sees bob typing until he sends", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await bob.input.pressSequentially("I think");
  await expect(ann.typing).toContainText("is typing");
  await expect(bob.typing).toHaveText("");

  await bob.input.press("Enter");
  await expect(ann.message("I think")).toHaveCount(1);
  await expect(ann.typing).toHaveText("");
});

test("it ends when bob leaves the field, and when he empties it", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await bob.input.pressSequentially("well");
  await expect(ann.typing).toContainText("is typing");
  await bob.canvas.focus();
  await expect(ann.typing).toHaveText("", { timeout: 3_000 });

  await bob.input.fill("well …");
  await expect(ann.typing).toContainText("is typing");
  await bob.input.fill("");
  await expect(ann.typing).toHaveText("", { timeout: 3_000 });
});

test("it ends when bob is gone", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await bob.input.pressSequentially("good");
  await expect(ann.typing).toContainText("is typing");
  await bob.page.context().close();
  await expect(ann.typing).toHaveText("");
});

test("two are named, more are several", async ({ arrive }) => {
  const ann = await arrive();
  const [bob, cy, dee] = [await arrive(), await arrive(), await arrive()];
  await ann.sees(4);
  await bob.input.fill("a");
  await cy.input.fill("b");
  await expect(ann.typing).toContainText(" and ");
  await expect(ann.typing).toContainText("are typing");
  await dee.input.fill("c");
  await expect(ann.typing).toHaveText("Several people are typing");
});

test("the line moves nothing when it comes", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  const before = await ann.input.boundingBox();
  await bob.input.fill("hello");
  await expect(ann.typing).toContainText("is typing");
  expect(await ann.input.boundingBox()).toEqual(before);
});
