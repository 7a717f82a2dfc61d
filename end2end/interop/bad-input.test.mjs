/** Bad input of every kind: refused with a code, counted, without a panic and without effect on others. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { ask, connect, next, settled } from "../support/client.mjs";
import { Orrery } from "../support/orrery.mjs";

let server;
/** Sits in the room the whole time and must not notice anything. */
let witness;
let mallory;
let disturbances = [];
const room = "quiet";

before(async () => {
  server = await Orrery.start();
  witness = await connect(server.url, await server.token("witness"));
  await ask(witness, "room.join", { room });
});

beforeEach(async () => {
  mallory = await connect(server.url, await server.token("mallory"), { transports: ["websocket"] });
  disturbances = [];
  for (const event of ["chat", "cursor"]) witness.on(event, (payload) => disturbances.push([event, payload]));
});

afterEach(async () => {
  mallory.close();
  await settled(witness);
  assert.deepEqual(disturbances, [], "what the witness heard");
  assert.ok(server.alive);
  assert.deepEqual(server.panics, []);
  witness.off();
});

after(async () => {
  witness.close();
  await server.stop();
});

/** Sends text as it is, where the client's own encoder would not. */
const raw = (packet) => mallory.io.engine.write(packet);

const refusals = (code) => server.metric("collab_refusals_total", `"${code}"`);

test("an event that does not exist", async () => {
  const before = await refusals("unknown_event");
  assert.equal((await ask(mallory, "make.coffee", {})).error.code, "unknown_event");
  const told = next(mallory, "refused");
  mallory.emit("make.coffee", {});
  assert.equal((await told).error.code, "unknown_event");
  assert.equal(await refusals("unknown_event"), before + 2);
});

test("payloads of the wrong shape", async () => {
  const wrong = [
    ["room.join", {}],
    ["room.join", { room: 7 }],
    ["room.join", { room: "a b" }],
    ["room.join", { room: "../etc" }],
    ["room.join", { room: "nul\u0000" }],
    ["room.join", { room: "x".repeat(65) }],
    ["room.join", "quiet"],
    ["room.join", null],
    ["chat", { room }],
    ["chat", { room, text: { deep: [] } }],
    ["chat", { room, text: "hi", id: "two words" }],
    ["chat", { room, text: "hi", id: "i".repeat(65) }],
  ];
  const before = await refusals("malformed");
  for (const [event, payload] of wrong) {
    const answer = await ask(mallory, event, payload);
    assert.equal(answer.error?.code, "malformed", `${event} ${JSON.stringify(payload)}`);
  }
  assert.equal(await refusals("malformed"), before + wrong.length);
});

test("no payload at all, and too many", async () => {
  assert.equal((await mallory.timeout(5_000).emitWithAck("room.join")).error.code, "malformed");
  const joined = await mallory.timeout(5_000).emitWithAck("room.join", { room: "elsewhere" }, "more", 7);
  assert.ok(joined.room === "elsewhere" || joined.error.code === "malformed");
});

test("unknown fields are ignored", async () => {
  const welcome = await ask(mallory, "room.join", { room: "elsewhere", colour: "red", deep: { er: 1 } });
  assert.equal(welcome.room, "elsewhere");
});

test("rooms that were not joined", async () => {
  assert.equal((await ask(mallory, "chat", { room, text: "let me in" })).error.code, "not_joined");
  assert.equal((await ask(mallory, "room.leave", { room })).error.code, "not_joined");
  const told = next(mallory, "refused", ({ event }) => event === "cursor");
  mallory.emit("cursor", { room, x: 1, y: 1 });
  assert.equal((await told).error.code, "not_joined");
});

test("coordinates that are no place", async () => {
  await ask(mallory, "room.join", { room });
  const nowhere = ["null", "1e999", "-1e999", "NaN", '"1"', "1000001", "-1e300"];
  for (const x of nowhere) {
    if (x === "NaN") continue;
    const told = next(mallory, "refused", ({ event }) => event === "cursor");
    raw(`2["cursor",{"room":"${room}","x":${x},"y":0}]`);
    assert.match((await told).error.code, /^(bad_coordinates|malformed)$/, x);
  }
});

test("10,000 joins of one room by one socket", async () => {
  for (let join = 1; join < 10_000; join += 1) mallory.emit("room.join", { room });
  const answer = await ask(mallory, "room.join", { room }).catch(evicted);
  assert.ok(answer.room === room || answer.error, JSON.stringify(answer));
  await settled(witness);
  const { present } = (await server.json("/api/rooms")).find((entry) => entry.room === room);
  for (const { userId, peers } of present) assert.equal(peers.length, 1, userId);
  assert.ok(present.some(({ userId }) => userId === "witness"));
});

test("10,000 rooms for one socket", async () => {
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, n) => ask(mallory, "room.join", { room: `hoard-${n}` })),
  );
  assert.ok(answers.some(({ error }) => error?.code === "too_many_rooms"));
  for (let n = 64; n < 10_000; n += 1) mallory.emit("room.join", { room: `hoard-${n}` });
  await ask(mallory, "room.join", { room: "hoard-last" }).catch(evicted);
  assert.ok((await server.json("/api/rooms")).length < 100);
});

/** Thousands of answers fill a socket's queue faster than it reads; ending the connection is then as good as a refusal. */
function evicted(error) {
  assert.match(error.message, /disconnected/);
  return { error };
}

test("a packet that is too large ends the connection of who sent it", async () => {
  const gone = next(mallory, "disconnect");
  mallory.emit("chat", { room, text: "a".repeat(1_000_000) });
  await gone;
});

for (const [what, packet] of Object.entries({
  "no JSON": '2["chat",{',
  "no array": '2{"chat":1}',
  "an empty array": "2[]",
  "a number for a name": "2[7]",
  "an ack nobody asked for": "3999[1]",
  "a packet type that does not exist": "9",
  "attachments that never come": '51-["chat",{"_placeholder":true,"num":0}]',
  "very many attachments": '5999999999-["chat"]',
  "another namespace": '2/admin,["chat",{}]',
  "a deep nest": `2["chat",${"[".repeat(50_000)}${"]".repeat(50_000)}]`,
  nonsense: "\u{1F4A9}",
  nothing: "",
})) {
  test(`a packet that is broken: ${what}`, async () => {
    raw(packet);
    const stillThere = settled(mallory).catch(() => "closed");
    const gone = new Promise((resolve) => mallory.once("disconnect", () => resolve("closed")));
    assert.ok(await Promise.race([stillThere, gone]));
    assert.ok(await settled(witness));
  });
}
