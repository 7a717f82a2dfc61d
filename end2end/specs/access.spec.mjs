/** Who may come in and who may write: the state in the header, the dialog, invitations, and what a viewer can do. */
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "../support/fixtures.mjs";
import { RoomPage } from "../support/room-page.mjs";

test.use({ forgiven: [/status of 403/] });

/** Somebody new who follows a link. */
const follow = async (visit, link, options) => {
  const here = new RoomPage(await visit(options));
  await here.page.goto(link);
  await here.isLive();
  return here;
};

test("a room is open until somebody makes it private, and then again", async ({ arrive, visit, room }) => {
  const ann = await arrive();
  await expect(ann.access).toHaveAttribute("data-access", "open");
  await ann.openAccess();
  await ann.makePrivate();
  await expect(ann.members).toHaveCount(1);

  const bob = await visit();
  const answer = await bob.goto(`/r/${room}`);
  expect(answer.status()).toBe(403);
  await expect(bob.getByRole("heading", { level: 1 })).toHaveText("This room is private");

  await ann.page.getByTestId("access-make-open").click();
  await expect(ann.access).toHaveAttribute("data-access", "open");
  await new RoomPage(bob).open(room);
  await ann.sees(2);
});

test("whoever is there when it becomes private is put out and keeps nothing on the page", async ({ arrive }) => {
  const ann = await arrive();
  const bob = await arrive();
  await ann.say("between us");
  await ann.makeNote("a secret");
  await ann.openDocument();
  await ann.document.fill("a plan");
  await bob.openDocument();
  await bob.reads("a plan");
  await expect(bob.message("between us")).toHaveCount(1);
  await expect(bob.note("a secret")).toHaveCount(1);

  await ann.openAccess();
  await expect(ann.page.getByTestId("access")).toContainText("The other person who is here now is put out");
  await ann.makePrivate();
  await expect(bob.connection).toHaveAttribute("data-state", "refused");
  await expect(bob.connection).toContainText("This room is private");
  await expect(bob.messages).toHaveCount(0);
  await expect(bob.notes).toHaveCount(0);
  await expect(bob.people).toHaveCount(0);
  await bob.reads("");
  await ann.sees(1);
});

test("a viewer sees all and writes nothing, until an owner says so", async ({ arrive, visit }) => {
  const ann = await arrive();
  await ann.say("good evening");
  await ann.makeNote("a note");
  await ann.openDocument();
  await ann.document.fill("a text");
  await ann.openAccess();
  await ann.makePrivate();
  const link = await ann.makeLink("viewer");

  const bob = await follow(visit, link);
  await expect(bob.page).toHaveURL(/[^?]*\/r\/[^?]*$/);
  await expect(bob.access).toHaveAttribute("data-access", "view");
  await expect(bob.message("good evening")).toHaveCount(1);
  await expect(bob.note("a note")).toHaveCount(1);
  await expect(bob.input).not.toBeEditable();
  await expect(bob.send).toBeDisabled();
  await expect(bob.page.getByTestId("note-add")).toBeHidden();
  await bob.tab("document").click();
  await bob.reads("a text");
  await expect(bob.document).not.toBeEditable();
  await expect(bob.documentState).toHaveAttribute("data-state", "reading");
  await bob.note("a note").focus();
  await bob.page.keyboard.press("Delete");
  await bob.page.keyboard.press("Enter");
  await expect(bob.noteInput).toHaveCount(0);
  await bob.canvas.focus();
  await bob.page.keyboard.press("n");
  await bob.pointAt(10, 10);
  await expect(ann.canvas).toHaveAttribute("data-cursors", "1");
  await expect(ann.notes).toHaveCount(1);

  await expect(ann.members).toHaveCount(2);
  await ann.members.nth(1).getByTestId("access-role").selectOption("editor");
  await expect(bob.access).toHaveAttribute("data-access", "private");
  await expect(ann.members.nth(1).getByTestId("access-role")).toHaveValue("editor");
  await bob.tab("chat").click();
  await bob.say("now I can");
  await expect(ann.message("now I can")).toHaveCount(1);

  await ann.members.nth(1).getByTestId("access-role").selectOption("");
  await expect(bob.connection).toHaveAttribute("data-state", "refused");
  await expect(bob.messages).toHaveCount(0);
  await expect(ann.members).toHaveCount(1);
});

test("an invitation lets in whoever has it, until it is withdrawn", async ({ arrive, visit, room }) => {
  const ann = await arrive();
  await ann.openAccess();
  await ann.makePrivate();
  const link = await ann.makeLink("editor");
  const bob = await follow(visit, link);
  await bob.say("thank you");
  await bob.page.reload();
  await bob.isLive();
  await expect(bob.message("thank you")).toHaveCount(1);

  await ann.invites.first().getByTestId("invite-withdraw").click();
  await expect(ann.invites).toHaveCount(0);
  const cyd = await visit();
  expect((await cyd.goto(link)).status()).toBe(403);
  await expect(cyd.locator("main")).toContainText("The link that you followed has ended");
  await bob.open(room);
});

test("a change that the server refuses is told, and what is shown stays true", async ({ arrive }) => {
  const ann = await arrive();
  await ann.openAccess();
  await ann.makePrivate();
  const role = ann.members.first().getByTestId("access-role");
  await role.selectOption("viewer");
  await expect(ann.page.getByTestId("access")).toContainText("A private room has one owner at least.");
  await expect(role).toHaveValue("owner");
});

test("the address can be copied, whatever the page was opened with", async ({ arrive, room, server }) => {
  const ann = await arrive();
  await ann.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await ann.openAccess();
  await ann.page.getByTestId("access-copy").click();
  await expect(ann.page.getByTestId("access-copy")).toHaveText("Copied");
  expect(await ann.page.evaluate(() => navigator.clipboard.readText())).toBe(`${server.url}/r/${room}`);
});

for (const colorScheme of ["dark", "light"]) {
  test(`the dialog has no serious violations, ${colorScheme}`, async ({ arrive }) => {
    const ann = await arrive({ colorScheme, reducedMotion: "reduce" });
    await ann.openAccess();
    await ann.makePrivate();
    await ann.makeLink("viewer");
    const { violations } = await new AxeBuilder({ page: ann.page }).analyze();
    const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    expect(serious.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  });
}
