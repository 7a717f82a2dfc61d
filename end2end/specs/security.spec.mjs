/** What people write stays text, other sites' pages do nothing here, and a room in use keeps to its own strict policy. */
import { createServer } from "node:http";
import { once } from "node:events";
import { expect, test } from "../support/fixtures.mjs";
import { Orrery } from "../support/orrery.mjs";
import { RoomPage } from "../support/room-page.mjs";

/** Each would say so if it ran. */
const ATTACKS = [
  "<script>window.hurt = 1</script>",
  "<img src=x onerror='window.hurt = 1'>",
  "</script><script>window.hurt = 1</script>",
  "<svg onload=window.hurt=1>",
  "\"><iframe srcdoc='<script>parent.hurt=1</script>'>",
  "javascript:window.hurt=1",
];

/** What of them ran, or became more than text. */
async function hurt(here) {
  return here.page.evaluate(() => {
    const made = document.querySelectorAll("img, iframe, [onload], [onerror], [onclick], body script:not([nonce])");
    return [...made].map((element) => element.outerHTML).concat("hurt" in window ? "ran" : []);
  });
}

/** Everything that the policy forbids is told to the page, besides the console. */
async function violations(page) {
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}`),
    );
  });
}

test("a room in use keeps to the policy", async ({ visit, arrive, room }) => {
  const page = await visit();
  await violations(page);
  const answer = await page.goto(`/r/${room}`);
  const policy = answer.headers()["content-security-policy"];
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/'unsafe-eval'|script-src[^;]*'unsafe-inline'/);
  const ann = new RoomPage(page);
  await ann.isLive();
  const bob = await arrive();
  await bob.sees(2);

  await ann.say("hello");
  await expect(bob.message("hello")).toHaveCount(1);
  await ann.makeNote("a note");
  await expect(bob.note("a note")).toHaveCount(1);
  await ann.openDocument();
  await ann.document.fill("a document");
  await bob.openDocument();
  await bob.reads("a document");
  await bob.placeCaret(2);
  await expect(ann.carets).toHaveCount(1);
  await bob.page.mouse.move(400, 300);
  await bob.page.mouse.move(420, 310);
  await expect(ann.page.getByTestId("canvas")).toBeVisible();
  await page.getByTestId("theme-toggle").click();
  await ann.rename("Ann Elk");

  expect(await page.evaluate(() => window.violations)).toEqual([]);
});

test("what people write is text and nothing else", async ({ arrive, room }) => {
  const ann = await arrive();
  const bob = await arrive();
  for (const attack of ATTACKS) {
    await ann.say(attack);
    await expect(bob.message(attack)).toHaveCount(1);
  }
  await ann.makeNote(ATTACKS[1]);
  await expect(bob.note(ATTACKS[1])).toHaveCount(1);
  await ann.openDocument();
  await ann.document.fill(ATTACKS.join("\n"));
  await bob.openDocument();
  await bob.reads(ATTACKS.join("\n"));
  await ann.page.getByTestId("identity-button").click();
  await ann.page.getByTestId("identity-name").fill("<b onclick=hurt()>Ann</b>");
  await ann.page.getByTestId("identity-save").click();
  await bob.tab("people").click();
  await expect(bob.people.filter({ hasText: "<b onclick=hurt()>Ann</b>" })).toHaveCount(1);
  // And in what the server paints, of chat and of the lobby.
  const cyd = await arrive();
  await expect(cyd.message(ATTACKS[2])).toHaveCount(1);
  for (const here of [ann, bob, cyd]) expect(await hurt(here)).toEqual([]);
  await cyd.page.goto("/");
  expect(await hurt(cyd)).toEqual([]);
  // Live before the test ends: a browser complains of a socket that was closed while it opened.
  await cyd.open(room);
  expect(await hurt(cyd)).toEqual([]);
});

test.describe("words that became HTML after all", () => {
  /**
   * The console is told of each that is forbidden; and Chromium lets a page that was not fetched open no socket, which may be
   * trying to when the test ends.
   */
  test.use({ forgiven: [/Content Security Policy|LOCAL_NETWORK_ACCESS|closed before the connection is established/] });

  test("do not run", async ({ visit, room }) => {
    const page = await visit();
    await page.route(`**/r/${room}`, async (route) => {
      const answer = await route.fetch();
      const html = (await answer.text()).replace("</body>", `${ATTACKS[0]}${ATTACKS[1]}</body>`);
      await route.fulfill({ response: answer, body: html });
    });
    await violations(page);
    await page.goto(`/r/${room}`);
    await expect.poll(() => page.evaluate(() => window.violations.length)).toBeGreaterThanOrEqual(2);
    expect(await page.evaluate(() => "hurt" in window)).toBe(false);
  });
});

test.describe("a page of another site", () => {
  /** Browsers tell the console of what they refuse. */
  test.use({ forgiven: [/WebSocket connection|403|CORS|Failed to load|net::ERR_FAILED/] });

  /** Somebody else's page, on another port and so of another origin. */
  const elsewhere = async (use) => {
    const server = createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<h1>elsewhere</h1>"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    await use(`http://127.0.0.1:${server.address().port}/`);
    server.close();
  };

  /** Whether a WebSocket opens from there. */
  const opens = (page, url) =>
    page.evaluate(
      (url) =>
        new Promise((resolve) => {
          const socket = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
          socket.onopen = () => resolve(true);
          socket.onerror = () => resolve(false);
        }),
      url,
    );

  test("opens no socket and does nothing in one's name", async ({ visit, server }) => {
    await elsewhere(async (address) => {
      const page = await visit();
      await page.goto(address);
      expect(await opens(page, server.url)).toBe(false);
      const asked = await page.evaluate(
        (url) => fetch(`${url}/api/app/token`, { method: "POST", credentials: "include", mode: "no-cors" }).then(() => 1, () => 0),
        server.url,
      );
      expect(asked, "sent, as browsers do, or not even that").toBeGreaterThanOrEqual(0);
      expect(await server.metric("collab_refusals_total", "origin_refused")).toBeGreaterThanOrEqual(1);
    });
  });

  test("opens one where its origin is allowed", async ({ visit }) => {
    await elsewhere(async (address) => {
      const server = await Orrery.start({ ALLOWED_ORIGINS: new URL(address).origin });
      const page = await visit();
      await page.goto(address);
      expect(await opens(page, server.url)).toBe(true);
      const polled = await page.evaluate(
        (url) => fetch(`${url}/socket.io/?EIO=4&transport=polling`).then((answer) => answer.status),
        server.url,
      );
      expect(polled).toBe(200);
      await server.stop();
    });
  });
});
