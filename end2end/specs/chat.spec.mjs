/** What people say: it arrives once, in order, unchanged, and stays for those who come later. */
import { expect, test } from "../support/fixtures.mjs";

test("what ann says arrives at bob and stays with ann, once", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();

  await ann.say("Jupiter is up.");
  await expect(bob.message("Jupiter is up.")).toHaveCount(1);
  await expect(ann.message("Jupiter is up.")).toHaveCount(1);
  await expect(ann.input).toHaveValue("");

  await bob.say("I see it.");
  await expect(ann.messages).toContainText(["Jupiter is up.", "I see it."]);
  await expect(bob.messages).toContainText(["Jupiter is up.", "I see it."]);
});

test("who comes later reads what was said", async ({ arrive }) => {
  const ann = await arrive();
  for (const text of ["first light", "second look", "third time"]) await ann.say(text);
  await expect(ann.messages).toHaveCount(3);

  const bob = await arrive();
  await expect(bob.messages).toContainText(["first light", "second look", "third time"]);
});

test("an own message is shown at once, and marked until the server has it", async ({ arrive, server }) => {
  const ann = await arrive();
  await server.freeze();
  try {
    await ann.say("hello?");
    await expect(ann.message("hello?")).toHaveAttribute("data-pending");
  } finally {
    server.thaw();
  }
  await expect(ann.message("hello?")).not.toHaveAttribute("data-pending");
  await expect(ann.message("hello?")).toHaveCount(1);
});

test("markup is text", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  const text = `<img src=x onerror="document.title='taken'"> & <b>bold</b>`;
  await ann.say(text);
  await expect(bob.message(text)).toHaveCount(1);
  await expect(bob.messages.locator("img, b")).toHaveCount(0);
  await expect(bob.page).not.toHaveTitle("taken");
});

test("2000 characters are said whole, one more is kept in the field", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  const longest = "ü".repeat(2000);
  await ann.say(longest);
  await expect(bob.message(longest)).toHaveCount(1);

  await ann.input.fill("x".repeat(2001));
  await ann.input.press("Enter");
  await expect(ann.input).toHaveValue("x".repeat(2001));
  await ann.input.fill("");
  await ann.say("shorter then");
  await expect(bob.message("shorter then")).toHaveCount(1);
  await expect(bob.messages).toHaveCount(2);
});

test("what is said while the chat is out of sight is marked unread", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await bob.tab("people").click();
  await ann.say("look up!");
  await expect(bob.unread).toBeVisible();
  await expect(bob.page).toHaveTitle(/^\(1\) /);
  await bob.tab("chat").click();
  await expect(bob.message("look up!")).toBeVisible();
  await expect(bob.unread).toBeHidden();
  await expect(bob.page).not.toHaveTitle(/^\(/);
});
