/** Who may connect: tokens of every wrong kind are refused, and the reason is said. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask, connect, dial, next, settled } from "../support/client.mjs";
import { Orrery } from "../support/orrery.mjs";
import { inSeconds, sign } from "../support/token.mjs";

let server;

before(async () => (server = await Orrery.start({ TOKEN_GRACE_MS: "200" })));
after(async () => {
  assert.deepEqual(server.panics, []);
  await server.stop();
});

/** Tries to connect and returns the refusal's words. */
async function refused(token) {
  const socket = dial(server.url, token);
  try {
    return (await next(socket, "connect_error")).message;
  } finally {
    socket.close();
  }
}

const good = () => ({ sub: "ann", name: "Ann", exp: inSeconds(60) });

test("a token that this server signed is good", async () => {
  const ann = await connect(server.url, sign(good()));
  assert.ok(await settled(ann));
  ann.close();
});

test("no token", async () => {
  assert.match(await refused(undefined), /^token_missing: \S/);
});

test("tokens that are none", async () => {
  const claims = good();
  const malformed = {
    "not a token": "hello",
    "empty parts": "..",
    "no user": sign({ exp: claims.exp }),
    "no end": sign({ sub: "ann" }),
    "a user with a control character": sign({ ...claims, sub: "ann\u0000" }),
    "a name with a control character": sign({ ...claims, name: "Ann\u0007" }),
    "a name that turns the text around": sign({ ...claims, name: "\u202Enna" }),
    "a name that is too long": sign({ ...claims, name: "a".repeat(41) }),
  };
  for (const [what, token] of Object.entries(malformed)) {
    assert.match(await refused(token), /^token_malformed: \S/, what);
  }
});

test("tokens that are not strings", async () => {
  for (const token of [null, 7, {}, ["a"]]) {
    assert.match(await refused(token), /^token_(missing|malformed): \S/, JSON.stringify(token));
  }
});

test("tokens that somebody else signed", async () => {
  const forged = {
    "another key": sign(good(), { secret: "some other secret, also longer than thirty-two" }),
    "changed claims": sign(good()).replace(/\.(.*)\./, `.${Buffer.from(JSON.stringify({ ...good(), sub: "eve" })).toString("base64url")}.`),
  };
  for (const [what, token] of Object.entries(forged)) {
    assert.match(await refused(token), /^token_bad_signature: \S/, what);
  }
});

test("a token that claims to need no signature", async () => {
  const unsigned = sign(good(), { header: { alg: "none", typ: "JWT" } }).replace(/[^.]*$/, "");
  assert.match(await refused(unsigned), /^token_(bad_signature|malformed): \S/);
});

test("a token whose time is over, be it by a second", async () => {
  assert.match(await refused(sign({ ...good(), exp: inSeconds(-2) })), /^token_expired: \S/);
  assert.match(await refused(sign({ ...good(), exp: inSeconds(-3600) })), /^token_expired: \S/);
});

test("refusals are counted", async () => {
  const before = await server.metric("collab_refusals_total", "token_expired");
  await refused(sign({ ...good(), exp: inSeconds(-60) }));
  assert.equal(await server.metric("collab_refusals_total", "token_expired"), before + 1);
});

for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
  test(`a connection whose token ends is told so and stays away, over ${transports.join(" and ")}`, async () => {
    const options = { transports, reconnection: true };
    const ann = await connect(server.url, sign({ ...good(), exp: inSeconds(2) }), options);
    const expiring = await next(ann, "auth.expiring");
    assert.equal(expiring.graceMs, 200);
    const gone = next(ann, "disconnect");
    const { error } = await next(ann, "auth.ended");
    assert.equal(error.code, "token_expired");
    assert.equal(await gone, "io server disconnect");
    assert.equal(ann.active, false, "it does not come back by itself");
    ann.close();
  });
}

test("another token keeps the connection", async () => {
  const ann = await connect(server.url, sign({ ...good(), exp: inSeconds(2) }));
  const ended = [];
  ann.on("auth.ended", (told) => ended.push(told));
  await next(ann, "auth.expiring");
  assert.equal((await ask(ann, "auth.refresh", { token: sign({ ...good(), sub: "bob" }) })).error.code, "token_wrong_person");
  const { expiresAt } = await ask(ann, "auth.refresh", { token: sign(good()) });
  assert.ok(expiresAt > Date.now() + 30_000);
  // Somebody whose token ends later than ann's first would have: when that one is ended, ann would have been.
  const bob = await connect(server.url, sign({ ...good(), sub: "bob", exp: inSeconds(3) }));
  await next(bob, "auth.ended");
  assert.ok(await settled(ann));
  assert.deepEqual(ended, []);
  ann.close();
});
