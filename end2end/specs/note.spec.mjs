/** Notes: what one does to them the others see, two texts for one note are never mixed up, and nothing written is lost. */
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "../support/fixtures.mjs";

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

test("ann makes a note and bob sees it, line by line, in its place", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await ann.makeNote("Jupiter is up.\nLook south.");
  await expect(bob.note("Jupiter is up.")).toHaveCount(1);
  expect(await bob.notes.getByTestId("note-text").innerText()).toBe("Jupiter is up.\nLook south.");
  expect(await bob.notes.boundingBox()).toEqual(await ann.notes.boundingBox());
  await expect(ann.notes).not.toHaveAttribute("data-pending");
});

test("a double click makes one there, and so does the letter n", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  const middle = await ann.middle();
  await ann.page.mouse.dblclick(middle.x - 200, middle.y - 150);
  await ann.writes("where I clicked");
  const box = await ann.note("where I clicked").boundingBox();
  expect(Math.abs(box.x + box.width / 2 - (middle.x - 200))).toBeLessThan(3);

  await ann.canvas.focus();
  await ann.page.keyboard.press("n");
  await ann.writes("by keyboard");
  await expect(bob.notes).toHaveCount(2);
});

test("a note that is made and left empty goes again", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await ann.page.getByTestId("note-add").click();
  await expect(bob.notes).toHaveCount(1);
  await ann.noteInput.press("Escape");
  await expect(ann.notes).toHaveCount(0);
  await expect(bob.notes).toHaveCount(0);
});

test("bob moves it by mouse, ann by keyboard", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await ann.makeNote("move me");
  await expect(bob.notes).toHaveCount(1);
  const before = await bob.notes.boundingBox();

  await bob.drags(bob.notes, 120, -80);
  const place = (here) => here.notes.boundingBox().then(({ x, y }) => [Math.round(x), Math.round(y)]);
  const moved = [Math.round(before.x) + 120, Math.round(before.y) - 80];
  await expect.poll(() => place(bob)).toEqual(moved);
  await expect.poll(() => place(ann)).toEqual(moved);

  await ann.notes.focus();
  await ann.page.keyboard.press("Shift+ArrowLeft");
  await ann.page.keyboard.press("ArrowDown");
  await expect.poll(() => place(bob)).toEqual([moved[0] - 64, moved[1] + 8]);
});

test("notes go with the view", async ({ arrive }) => {
  const ann = await arrive();
  await ann.makeNote("here");
  const before = await ann.notes.boundingBox();
  const middle = await ann.middle();
  await ann.page.mouse.move(middle.x + 200, middle.y + 200);
  await ann.page.mouse.down();
  await ann.page.mouse.move(middle.x + 250, middle.y + 170, { steps: 5 });
  await ann.page.mouse.up();
  await expect.poll(async () => Math.round((await ann.notes.boundingBox()).x - before.x)).toBe(50);

  await ann.page.mouse.wheel(0, -400);
  await expect.poll(async () => (await ann.notes.boundingBox()).width).toBeGreaterThan(before.width * 1.5);
});

test("a colour is one press away", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await ann.makeNote("colour me");
  const color = () => bob.notes.evaluate((note) => getComputedStyle(note).getPropertyValue("--hue"));
  await expect(bob.notes).toHaveCount(1);
  await ann.notes.focus();
  for (const [swatch, hue] of [[3, "135"], [6, "270"]]) {
    await ann.page.getByTestId("note-hue").nth(swatch).click();
    await expect.poll(color).toBe(hue);
    await expect(ann.page.getByTestId("note-hue").nth(swatch)).toHaveAttribute("aria-pressed", "true");
  }
});

test("what bob writes on ann's note, ann reads", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await ann.makeNote("first");
  await bob.opens(bob.note("first"));
  await bob.writes("second");
  await expect(ann.note("second")).toHaveCount(1);
  await expect(ann.note("first")).toHaveCount(0);

  await bob.opens(bob.note("second"));
  await bob.noteInput.fill("never mind");
  await bob.noteInput.press("Escape");
  await expect(bob.note("second")).toHaveCount(1);
});

test("leaving the field keeps what was written", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await ann.makeNote("first");
  await ann.notes.dblclick();
  await ann.noteInput.fill("second");
  await ann.input.focus();
  await expect(bob.note("second")).toHaveCount(1);
});

test("a note goes by its button and by the Delete key", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await ann.makeNote("one");
  await expect(bob.notes).toHaveCount(1);
  await bob.notes.focus();
  await bob.page.getByTestId("note-delete").click();
  await expect(ann.notes).toHaveCount(0);

  await ann.makeNote("two");
  await expect(bob.notes).toHaveCount(1);
  await ann.notes.focus();
  await ann.page.keyboard.press("Delete");
  await expect(bob.notes).toHaveCount(0);
});

test("a note that was deleted can be put back for a while, as it was", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await ann.makeNote("not that one");
  await expect(bob.notes).toHaveCount(1);
  const before = await bob.notes.boundingBox();
  await ann.notes.focus();
  await ann.page.keyboard.press("Delete");
  await expect(bob.notes).toHaveCount(0);
  await ann.page.getByTestId("note-undo").click();
  await expect(bob.note("not that one")).toHaveCount(1);
  expect(await bob.notes.boundingBox()).toEqual(before);
  await expect(ann.page.getByTestId("note-undo")).toHaveCount(0);
});

for (const choice of ["theirs", "mine"]) {
  test(`two write on one note at once, and ann keeps ${choice}`, async ({ arrive }) => {
    const ann = await arrive();
    const bob = await arrive();
    await ann.makeNote("first");
    await expect(bob.note("first")).toHaveCount(1);
    await ann.opens(ann.notes);
    await ann.noteInput.fill("what ann wrote");
    await bob.opens(bob.notes);
    await bob.writes("what bob wrote");
    await expect(ann.noteInput).toHaveValue("what ann wrote");

    // Bob's text is on ann's page before she is done, so that the two are sure to meet.
    await expect(ann.notes).toHaveAttribute("aria-label", /what bob wrote/);
    await ann.noteInput.press("Control+Enter");
    await expect(ann.conflict).toBeVisible();
    await expect(ann.conflict).toContainText("what bob wrote");
    await expect(ann.page.getByTestId("note-mine")).toHaveValue("what ann wrote");
    await ann.page.getByTestId(`note-keep-${choice}`).click();
    await expect(ann.conflict).toBeHidden();

    const kept = choice === "mine" ? "what ann wrote" : "what bob wrote";
    await expect(ann.note(kept)).toHaveCount(1);
    await expect(bob.note(kept)).toHaveCount(1);
  });
}

test("what ann wrote on a note that bob took away becomes a new one", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await ann.makeNote("first");
  await expect(bob.notes).toHaveCount(1);
  await ann.opens(ann.notes);
  await ann.noteInput.fill("not lost");
  await bob.notes.focus();
  await bob.page.keyboard.press("Delete");
  await expect(bob.notes).toHaveCount(0);
  await expect(ann.noteInput).toHaveValue("not lost");

  await ann.noteInput.press("Control+Enter");
  await expect(ann.conflict).toContainText("gone");
  await ann.page.getByTestId("note-make-anew").click();
  await expect(bob.note("not lost")).toHaveCount(1);
});

test("notes are there for who comes later, and after a reload", async ({ arrive, room }) => {
  const ann = await arrive();
  await ann.makeNote("stays");
  await expect(ann.notes).not.toHaveAttribute("data-pending");
  const bob = await arrive();
  await expect(bob.note("stays")).toHaveCount(1);
  await ann.open(room);
  await expect(ann.note("stays")).toHaveCount(1);
});

test("what is done while nothing is answered is shown, marked, and done in the end", async ({ arrive, server }) => {
  const ann = await arrive();
  const bob = await arrive();
  await ann.makeNote("first");
  await expect(bob.note("first")).toHaveCount(1);
  await server.freeze();
  try {
    await ann.opens(ann.notes);
    await ann.writes("second");
    await ann.drags(ann.notes, -150, 60);
    await ann.opens(ann.notes);
    await ann.writes("third");
    await expect(ann.note("third")).toHaveAttribute("data-pending");
  } finally {
    server.thaw();
  }
  await expect(ann.note("third")).not.toHaveAttribute("data-pending");
  await expect(bob.note("third")).toHaveCount(1);
  await expect(ann.conflict).toBeHidden();
  await expect.poll(() => bob.notes.boundingBox()).toEqual(await ann.notes.boundingBox());
});

test("a text that is too long stays in the field, with the reason", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await ann.page.getByTestId("note-add").click();
  await ann.noteInput.fill("x".repeat(1001));
  await ann.noteInput.press("Control+Enter");
  await expect(ann.noteInput).toHaveValue("x".repeat(1001));
  await expect(ann.notes.getByRole("alert")).toContainText("1000");
  await ann.noteInput.fill("ü".repeat(1000));
  await ann.noteInput.press("Control+Enter");
  await expect(bob.note("ü".repeat(1000))).toHaveCount(1);
});

test("markup on a note is text", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  const text = `<img src=x onerror="document.title='taken'"> & <b>bold</b>`;
  await ann.makeNote(text);
  await expect(bob.note(text)).toHaveCount(1);
  await expect(bob.notes.locator("img, b")).toHaveCount(0);
});

test("a finger chooses a note, drags it, and opens it with a second tap", async ({ arrive }) => {
  const ann = await arrive(phone);
  const bob = await arrive();
  await ann.page.getByTestId("note-add").tap();
  await ann.noteInput.fill("on the go");
  await ann.canvas.focus();
  await expect(bob.note("on the go")).toHaveCount(1);
  await ann.notes.tap();
  await expect(ann.page.getByTestId("note-delete")).toBeInViewport();

  const before = await ann.notes.boundingBox();
  const finger = await ann.page.context().newCDPSession(ann.page);
  const touch = (type, x) => {
    const points = type === "touchEnd" ? [] : [{ x: before.x + 20 + x, y: before.y + 20 }];
    return finger.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  };
  await touch("touchStart", 0);
  for (const x of [10, 30, 60]) await touch("touchMove", x);
  await touch("touchEnd");
  await expect.poll(async () => Math.round((await ann.notes.boundingBox()).x - before.x)).toBe(60);
  await expect(ann.noteInput).toHaveCount(0);

  await ann.notes.tap();
  await expect(ann.noteInput).toBeVisible();
});

for (const colorScheme of ["dark", "light"]) {
  test(`notes of every colour have no serious violations, ${colorScheme}`, async ({ arrive }) => {
    const ann = await arrive({ colorScheme, reducedMotion: "reduce" });
    await ann.makeNote("readable");
    await ann.notes.focus();
    for (let swatch = 0; swatch < 8; swatch += 1) {
      await ann.page.getByTestId("note-hue").nth(swatch).click();
      await expect(ann.notes).not.toHaveAttribute("data-pending");
      const { violations } = await new AxeBuilder({ page: ann.page }).include(".note").analyze();
      const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
      expect(serious.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
    }
  });
}
