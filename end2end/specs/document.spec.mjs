/** The document: everybody writes at once, all read the same, and nobody's place is lost. */
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "../support/fixtures.mjs";

/** Ann and Bob, both with the document before them. */
async function both(arrive, text = "") {
  const ann = await arrive();
  const bob = await arrive();
  await ann.openDocument();
  await bob.openDocument();
  if (text !== "") {
    await ann.document.fill(text);
    await bob.reads(text);
    await ann.isSaved();
  }
  return [ann, bob];
}

/** So many lines of which each says its number. */
const lines = (count) => Array.from({ length: count }, (_, number) => `line ${number}\n`).join("");

test("two people write into one sentence at once and read the same", async ({ arrive }) => {
  const [ann, bob] = await both(arrive, "one two");
  await ann.placeCaret(3);
  await bob.placeCaret(7);
  await Promise.all([ann.write(" and a half"), bob.write(", three")]);
  await ann.reads("one and a half two, three");
  await bob.reads("one and a half two, three");
  await ann.isSaved();
  await bob.isSaved();
});

test("two people write at the same place and read the same", async ({ arrive }) => {
  const [ann, bob] = await both(arrive, "()");
  await ann.placeCaret(1);
  await bob.placeCaret(1);
  await Promise.all([ann.write("aaaaaaaaaa"), bob.write("BBBBBBBBBB")]);
  await ann.isSaved();
  await bob.isSaved();
  const letters = (text) => [...text].sort().join("");
  await expect.poll(async () => letters(await ann.document.inputValue())).toBe("()BBBBBBBBBBaaaaaaaaaa");
  await bob.reads(await ann.document.inputValue());
});

test("characters of any kind arrive", async ({ arrive }) => {
  const [ann, bob] = await both(arrive, "🙂👩‍🚀 ä");
  await bob.placeCaret(2);
  await bob.write("🦀");
  await ann.reads("🙂🦀👩‍🚀 ä");
  await ann.placeCaret(2);
  await ann.page.keyboard.press("Backspace");
  await bob.reads("🦀👩‍🚀 ä");
});

test("a paste of 200 KB arrives, with line feeds alone", async ({ arrive }) => {
  const [ann, bob] = await both(arrive);
  const line = "a line of forty characters, one is an 🙂\r\n";
  const text = line.repeat(Math.ceil((200 * 1024) / line.length));
  await ann.paste(text);
  await ann.isSaved();
  await bob.reads(text.replaceAll("\r\n", "\n"));
});

test("who comes later reads what was written", async ({ arrive }) => {
  const ann = await arrive();
  await ann.openDocument();
  await expect(ann.document).toHaveAttribute("placeholder", /Nothing is written here yet/);
  await ann.document.fill("minutes of the night");
  await ann.isSaved();
  const bob = await arrive();
  await bob.openDocument();
  await bob.reads("minutes of the night");
});

test("what both wrote while nothing went through is merged", async ({ arrive, server }) => {
  const [ann, bob] = await both(arrive, "ann:\nbob:\n");
  await server.freeze();
  try {
    await ann.placeCaret(4);
    await bob.placeCaret(9);
    await ann.write(" one");
    await bob.write(" two");
    await ann.placeCaret(0);
    await ann.write("> ");
    await expect(ann.documentState).toHaveText("Saving …");
  } finally {
    server.thaw();
  }
  await ann.reads("> ann: one\nbob: two\n");
  await bob.reads("> ann: one\nbob: two\n");
});

test("undo takes back what I did and nothing else", async ({ arrive }) => {
  const [ann, bob] = await both(arrive);
  await expect(ann.undo).toBeDisabled();
  await ann.placeCaret(0);
  await ann.write("mine");
  await bob.reads("mine");
  await bob.placeCaret(4);
  await bob.write(" and his");
  await ann.reads("mine and his");

  await ann.page.keyboard.press("ControlOrMeta+z");
  await ann.reads(" and his");
  await bob.reads(" and his");
  await expect(ann.undo).toBeDisabled();
  await ann.redo.click();
  await bob.reads("mine and his");
  await expect(ann.document).toBeFocused();
  await ann.undo.click();
  await ann.page.keyboard.press("ControlOrMeta+Shift+z");
  await bob.undo.click();
  await ann.reads("mine");
});

test("the browser's own undo is ours too", async ({ arrive }) => {
  const [ann, bob] = await both(arrive);
  await ann.placeCaret(0);
  await ann.write("mine");
  await bob.reads("mine");
  await bob.placeCaret(0);
  await bob.write("his ");
  await ann.reads("his mine");
  const wasOurs = await ann.document.evaluate((field) => {
    const wish = new InputEvent("beforeinput", { inputType: "historyUndo", cancelable: true, bubbles: true });
    return !field.dispatchEvent(wish);
  });
  expect(wasOurs).toBe(true);
  await ann.reads("his ");
});

test("ann sees bob's caret, with his name, and it goes with the text", async ({ arrive }) => {
  const [ann, bob] = await both(arrive, "one\ntwo");
  const id = await bob.page.getByTestId("person").filter({ hasText: "you" }).getAttribute("data-user-id");
  await expect(ann.carets).toHaveCount(0);
  await bob.placeCaret(5);
  await expect(ann.carets).toHaveAttribute("data-user-id", id);
  const name = ann.carets.locator(".document-caret-name");
  await expect(name).toBeVisible();
  await expect(name).toBeHidden();

  // It is drawn anew when it moves, so that there may be none to measure for a moment.
  const place = async () => (await ann.carets.boundingBox()) ?? { x: 0, y: 0 };
  const before = await place();
  await ann.placeCaret(4);
  await ann.write("MMM");
  await expect.poll(async () => (await place()).x).toBeGreaterThan(before.x + 20);
  await ann.placeCaret(0);
  await ann.write("\n");
  await expect.poll(async () => (await place()).y).toBeGreaterThan(before.y + 10);
  await expect(name).toBeHidden();

  await bob.placeCaret(0, 6);
  await expect(ann.page.locator(".document-tint")).not.toHaveCount(0);
  await bob.tab("chat").click();
  await expect(ann.carets).toHaveCount(0);
});

test("a caret is drawn where the text field has its own", async ({ arrive }) => {
  const text = "  Spaces,\ttabs, 🙂 and a-very-long-word-that-has-to-be-broken-somewhere-in-the-middle, again and again. \n\nEnd\n";
  const [ann, bob] = await both(arrive, text.repeat(20));
  await bob.placeCaret(0);
  await expect(ann.carets).toHaveCount(1);
  const heights = await ann.page.evaluate(() => {
    const height = (selector) => document.querySelector(selector).scrollHeight;
    return [height(".document-input"), height(".document-mirror")];
  });
  expect(heights[1]).toBe(heights[0]);
});

test("others write, and the caret and what is selected stay with the text", async ({ arrive }) => {
  const [ann, bob] = await both(arrive, "one two three");
  const selected = () => ann.document.evaluate((field) => [field.selectionStart, field.selectionEnd]);
  await ann.placeCaret(4, 7);
  await bob.placeCaret(4);
  await bob.write("and ");
  await ann.reads("one and two three");
  expect(await selected()).toEqual([8, 11]);
  await ann.placeCaret(8);
  await bob.write("so ");
  await ann.reads("one and so two three");
  expect(await selected()).toEqual([8, 8]);
  await expect(ann.document).toBeFocused();
});

test("what one reads stays in place when others write above", async ({ arrive }) => {
  const [ann, bob] = await both(arrive, lines(200));
  const look = () => ann.document.evaluate((field) => [field.scrollTop, field.scrollHeight]);
  await ann.document.evaluate((field) => (field.scrollTop = 1000));
  const [top, height] = await look();
  await bob.placeCaret(0);
  await bob.write("\n\n\n\n\n");
  await ann.reads(`\n\n\n\n\n${lines(200)}`);
  const [topThen, heightThen] = await look();
  expect(heightThen).toBeGreaterThan(height);
  expect(topThen - top).toBe(heightThen - height);

  await bob.placeCaret(1500);
  await bob.write("\n\n");
  await expect.poll(async () => (await look())[1]).toBeGreaterThan(heightThen);
  expect((await look())[0]).toBe(topThen);
});

test("a character that is being composed is not disturbed", async ({ arrive }) => {
  const [ann, bob] = await both(arrive, "ab");
  await ann.placeCaret(1);
  const keyboard = await ann.page.context().newCDPSession(ann.page);
  await keyboard.send("Input.imeSetComposition", { text: "に", selectionStart: 1, selectionEnd: 1 });
  await ann.reads("aにb");
  await bob.reads("aにb");
  await bob.placeCaret(0);
  await bob.write("BOB ");
  await bob.isSaved();
  await keyboard.send("Input.imeSetComposition", { text: "にほ", selectionStart: 2, selectionEnd: 2 });
  await bob.reads("BOB aにほb");
  await ann.reads("aにほb");
  await keyboard.send("Input.insertText", { text: "日本" });
  await ann.reads("BOB a日本b");
  await bob.reads("BOB a日本b");
  expect(await ann.document.evaluate((field) => field.selectionStart)).toBe(7);
});

test("the text can be had as a file", async ({ arrive, room }) => {
  const [ann] = await both(arrive, "to be kept 🙂\n");
  const download = ann.page.waitForEvent("download");
  await ann.page.getByTestId("document-export").click();
  const file = await download;
  expect(file.suggestedFilename()).toContain(room);
  const chunks = await (await file.createReadStream()).toArray();
  expect(Buffer.concat(chunks).toString()).toBe("to be kept 🙂\n");
});

test("more than 1 MiB is not taken, and the text stays as it was", async ({ arrive }) => {
  const [ann, bob] = await both(arrive, "what is there");
  await ann.placeCaret(13);
  await ann.paste("x".repeat(1024 * 1024));
  await expect(ann.page.getByRole("alert").filter({ hasText: "1 MiB" })).toBeVisible();
  await ann.reads("what is there");
  await ann.write(".");
  await bob.reads("what is there.");
  await expect(ann.page.getByRole("alert").filter({ hasText: "1 MiB" })).toBeHidden();
});

test("what the server refuses goes from the text and is kept", async ({ arrive, server }) => {
  const [ann, bob] = await both(arrive);
  await bob.paste("b".repeat(1024 * 1024 - 4));
  await bob.isSaved();
  await expect.poll(() => ann.document.evaluate((field) => field.value.length)).toBe(1024 * 1024 - 4);
  await server.freeze();
  try {
    await bob.placeCaret(0);
    await bob.write("his");
    await ann.placeCaret(0);
    await ann.write("own");
  } finally {
    server.thaw();
  }
  const refused = async (one) => (await one.kept.count()) > 0;
  await expect.poll(async () => (await refused(ann)) !== (await refused(bob))).toBe(true);
  const [one, other] = (await refused(ann)) ? [ann, bob] : [bob, ann];
  await expect(one.kept.getByRole("textbox")).toHaveValue(/^(his|own|is|wn|s|n)$/);
  await one.isSaved();
  const equal = async () => (await one.document.inputValue()) === (await other.document.inputValue());
  await expect.poll(equal).toBe(true);
  await one.kept.getByRole("button", { name: "Let it go" }).click();
  await expect(one.kept).toHaveCount(0);
});

test("the arrow keys walk the three tabs", async ({ arrive }) => {
  const ann = await arrive();
  await ann.tab("chat").focus();
  for (const name of ["document", "people", "chat"]) {
    await ann.page.keyboard.press("ArrowRight");
    await expect(ann.tab(name)).toBeFocused();
    await expect(ann.tab(name)).toHaveAttribute("aria-selected", "true");
  }
  await ann.page.keyboard.press("ArrowLeft");
  await ann.page.keyboard.press("ArrowLeft");
  await expect(ann.document).toBeVisible();
});

for (const colorScheme of ["dark", "light"]) {
  test(`a document with others in it has no serious violations, ${colorScheme}`, async ({ arrive }) => {
    const ann = await arrive({ colorScheme, reducedMotion: "reduce" });
    const bob = await arrive();
    await ann.openDocument();
    await bob.openDocument();
    await bob.document.pressSequentially("good evening");
    await expect(ann.carets).toHaveCount(1);
    const { violations } = await new AxeBuilder({ page: ann.page }).analyze();
    const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    expect(serious.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  });
}
