/** Tokens end while rooms are open: pages take another in time, and say so where there is none. */
import { expect, test } from "../support/fixtures.mjs";
import { Orrery } from "../support/orrery.mjs";
import { RoomPage } from "../support/room-page.mjs";

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
