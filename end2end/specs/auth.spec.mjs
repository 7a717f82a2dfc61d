/** Tokens end while rooms are open: pages take another in time, and say so where there is none. */
import { expect, test } from "../support/fixtures.mjs";
import { Orrery } from "../support/orrery.mjs";
import { RoomPage } from "../support/room-page.mjs";
import { inSeconds, sign } from "../support/token.mjs";

const OPERATOR = "an operator's secret of the tests";

/** A server whose tokens end soon, and a page that is live in a room of it. */
async function arrive(visit, settings) {
  const server = await Orrery.start({ OPERATOR_SECRET: OPERATOR, ...settings });
  const here = new RoomPage(await visit({ baseURL: server.url }));
  await here.open("sky");
  return { server, here };
}

/** The page first: one whose server is gone looks for it, and complains. */
async function leave({ server, here }) {
  await here.page.context().close();
  await server.stop();
}

async function revoke(server, user) {
  const headers = { authorization: `Bearer ${OPERATOR}` };
  return fetch(`${server.url}/api/users/${encodeURIComponent(user)}/revoke`, { method: "POST", headers });
}

/** Who the page says that it is. */
const guest = (here) => here.page.evaluate(() => JSON.parse(document.getElementById("live-page").textContent).Room.identity.userId);

test("a page outlives its tokens and its people notice nothing", async ({ visit }) => {
  const { server, here } = await arrive(visit, { TOKEN_SECONDS: "2", TOKEN_GRACE_MS: "500" });
  const states = await here.page.evaluateHandle(() => {
    const states = [];
    const connection = document.querySelector("[data-testid=connection]");
    new MutationObserver(() => states.push(connection.dataset.state)).observe(connection, { attributes: true });
    return states;
  });
  await expect.poll(() => server.metric("collab_events_in_total", "auth.refresh")).toBeGreaterThanOrEqual(3);
  await here.say("still here");
  await expect(here.message("still here")).toHaveCount(1);
  expect(await states.jsonValue()).toEqual([]);
  expect(await server.metric("collab_disconnects_total", "token_expired")).toBe(0);
  await leave({ server, here });
});

test.describe("a session that ends", () => {
  test.use({ forgiven: [/401|Failed to load/] });

  test("is told, and nobody is asked again and again", async ({ visit }) => {
    const { server, here } = await arrive(visit);
    expect((await revoke(server, await guest(here))).status).toBe(200);
    await expect(here.connection).toHaveAttribute("data-state", "refused");
    await expect(here.connection).toContainText("Sign in again");
    // A page that came back by itself would have done so by now: the first attempts come within a second.
    await here.page.waitForTimeout(1500);
    expect(await server.metric("collab_connections")).toBe(0);
    await leave({ server, here });
  });

  test("without guests leaves a page that says so", async ({ visit }) => {
    const server = await Orrery.start({ GUESTS: "off" });
    const page = await visit({ baseURL: server.url });
    await page.goto("/r/sky");
    await expect(page.getByRole("heading", { name: "You are not signed in" })).toBeVisible();
    await page.goto("/");
    await expect(page.getByRole("main")).toBeVisible();
    await server.stop();
  });

  test("is renewed once when it ended while the page slept", async ({ visit }) => {
    const { server, here } = await arrive(visit, { TOKEN_SECONDS: "2", TOKEN_GRACE_MS: "100" });
    // The refresh does not get through: the page is ended, takes another token and comes back by itself.
    let lost = 0;
    await here.page.route("**/api/app/token", (route) => (lost++ === 0 ? route.abort() : route.continue()));
    await expect.poll(() => server.metric("collab_disconnects_total", "token_expired")).toBe(1);
    await here.isLive();
    await here.say("back again");
    await expect(here.message("back again")).toHaveCount(1);
    await leave({ server, here });
  });
});

test.describe("somebody whom another application has signed in", () => {
  test.use({ forgiven: [/status of 40[13]/] });

  /** The page of an application elsewhere, with the form that leads here. */
  const shows = (page, origin, url, token) =>
    page.route(`${origin}/`, (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<form method="post" action="${url}/enter"><input type="hidden" name="token" value="${token}"><input type="hidden" name="room" value="standup"><button>To the room</button></form>`,
      }),
    );

  test("comes in by its form, with the roles that the token says", async ({ visit }) => {
    const origin = "http://app.example";
    const server = await Orrery.start({ GUESTS: "off", OPEN_ROOMS: "off", ALLOWED_ORIGINS: origin });
    const token = (sub, role) => sign({ sub, name: sub, exp: inSeconds(600), rooms: { standup: role } });
    const enters = async (name, role) => {
      const here = new RoomPage(await visit({ baseURL: server.url }));
      await shows(here.page, origin, server.url, token(name, role));
      await here.page.goto(`${origin}/`);
      await here.page.getByRole("button").click();
      await here.isLive();
      return here;
    };
    const closed = await visit({ baseURL: server.url });
    await closed.goto("/r/standup");
    await expect(closed.getByRole("heading", { level: 1 })).toHaveText("You are not signed in");

    const ann = await enters("Ann", "editor");
    const bob = await enters("Bob", "viewer");
    await expect(ann.page).toHaveURL(`${server.url}/r/standup`);
    await ann.say("good morning");
    await expect(bob.message("good morning")).toContainText("Ann");
    await expect(bob.access).toHaveAttribute("data-access", "view");
    await expect(bob.input).not.toBeEditable();
    await ann.rename("Ann Elk");
    await ann.say("still an editor");
    await expect(bob.message("still an editor")).toContainText("Ann Elk");
    await Promise.all([ann, bob].map((here) => here.page.context().close()));
    await server.stop();
  });

  test("does not come in from anywhere else", async ({ visit }) => {
    const server = await Orrery.start({ GUESTS: "off", ALLOWED_ORIGINS: "http://app.example" });
    const page = await visit({ baseURL: server.url });
    const token = sign({ sub: "ann", exp: inSeconds(600) });
    await shows(page, "http://evil.example", server.url, token);
    await page.goto("http://evil.example/");
    await page.getByRole("button").click();
    await expect(page.locator("body")).toContainText("origin_refused");
    await page.goto("/r/standup");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("You are not signed in");
    await server.stop();
  });
});
