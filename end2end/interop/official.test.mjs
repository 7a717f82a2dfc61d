/**
 * The wire contract as the official JavaScript client sees it, with its default options: long polling first, then the
 * upgrade to a WebSocket. What is checked here is what existing applications rely on.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask, connect, next, settled } from "../support/client.mjs";
import { Orrery } from "../support/orrery.mjs";

let server;
let rooms = 0;
const freshRoom = () => `official-${(rooms += 1)}`;

before(async () => (server = await Orrery.start()));
after(async () => {
  assert.deepEqual(server.panics, []);
  await server.stop();
});

const person = async (sub, name, options) => connect(server.url, await server.token(sub, name), options);

test("begins with polling and goes over to a WebSocket", async (t) => {
  const ann = await person("ann", "Ann");
  t.after(() => ann.close());
  if (ann.io.engine.transport.name === "polling") {
    await new Promise((resolve) => ann.io.engine.once("upgrade", resolve));
  }
  assert.equal(ann.io.engine.transport.name, "websocket");
  assert.ok(await settled(ann));
});

test("who began with polling may hear as much as anybody", async (t) => {
  const room = freshRoom();
  const small = await Orrery.start({ QUEUE_BYTES: "65536", RATE_CHAT: "off" });
  t.after(() => small.stop());
  const [ann, bob] = await Promise.all(["ann", "bob"].map(async (sub) => connect(small.url, await small.token(sub))));
  t.after(() => [ann, bob].forEach((client) => client.close()));
  if (bob.io.engine.transport.name === "polling") {
    await new Promise((resolve) => bob.io.engine.once("upgrade", resolve));
  }
  for (const client of [ann, bob]) await ask(client, "room.join", { room });
  for (let line = 1; line <= 60; line += 1) {
    const heard = next(bob, "chat", ({ seq }) => seq === line);
    await ask(ann, "chat", { room, text: "x".repeat(2000) });
    await heard;
  }
  // What has been heard waits no more, though it is more than may wait.
  const { entries } = await ask(bob, "chat.read", { room, before: 3 });
  assert.equal(entries.length, 2);
  assert.equal(await small.metric("collab_slow_client_evictions_total"), 0);
});

for (const transport of ["polling", "websocket"]) {
  test(`works over ${transport} alone`, async (t) => {
    const room = freshRoom();
    const ann = await person("ann", "Ann", { transports: [transport] });
    t.after(() => ann.close());
    await ask(ann, "room.join", { room });
    const heard = next(ann, "chat");
    const said = await ask(ann, "chat", { room, text: "over one way only" });
    assert.equal((await heard).seq, said.seq);
  });
}

test("a join is answered with a welcome", async (t) => {
  const room = freshRoom();
  const ann = await person("ann", "Ann");
  t.after(() => ann.close());
  const welcome = await ask(ann, "room.join", { room });
  assert.equal(welcome.room, room);
  assert.equal(welcome.you.userId, "ann");
  assert.equal(welcome.you.name, "Ann");
  assert.equal(typeof welcome.you.peer, "number");
  assert.deepEqual(welcome.present.map((entry) => entry.userId), ["ann"]);
  assert.deepEqual(welcome.chat.entries, []);
  assert.equal(welcome.chat.position.seq, 0);
  assert.equal(welcome.recovered, false);
});

test("presence is the full list, on every join and leave", async (t) => {
  const room = freshRoom();
  const ann = await person("ann", "Ann");
  const bob = await person("bob", "Bob");
  t.after(() => ann.close());
  t.after(() => bob.close());
  const present = (count) => (event) => event.room === room && event.present.length === count;

  const alone = next(ann, "presence", present(1));
  await ask(ann, "room.join", { room });
  await alone;

  const together = [next(ann, "presence", present(2)), next(bob, "presence", present(2))];
  await ask(bob, "room.join", { room });
  for (const { present } of await Promise.all(together)) {
    assert.deepEqual(present.map((entry) => entry.userId), ["ann", "bob"]);
    assert.deepEqual(present.map((entry) => entry.name), ["Ann", "Bob"]);
  }

  const left = next(ann, "presence", present(1));
  await ask(bob, "room.leave", { room });
  assert.equal((await left).present[0].userId, "ann");
});

test("a connection that breaks is a leave", async (t) => {
  const room = freshRoom();
  const ann = await person("ann", "Ann");
  const bob = await person("bob", "Bob");
  t.after(() => ann.close());
  await ask(ann, "room.join", { room });
  await ask(bob, "room.join", { room });
  const left = next(ann, "presence", (event) => event.present.length === 1);
  bob.close();
  await left;
});

test("two connections of one person are one entry", async (t) => {
  const room = freshRoom();
  const first = await person("ann", "Ann");
  const second = await person("ann", "Ann");
  t.after(() => first.close());
  t.after(() => second.close());
  await ask(first, "room.join", { room });
  const { present } = await ask(second, "room.join", { room });
  assert.equal(present.length, 1);
  assert.equal(present[0].peers.length, 2);
});

test("chat reaches everybody with its place in the log, its author too", async (t) => {
  const room = freshRoom();
  const ann = await person("ann", "Ann");
  const bob = await person("bob", "Bob");
  t.after(() => ann.close());
  t.after(() => bob.close());
  await ask(ann, "room.join", { room });
  await ask(bob, "room.join", { room });

  const heard = [next(ann, "chat"), next(bob, "chat")];
  const said = await ask(ann, "chat", { room, text: "Jupiter is up.", id: "m-1" });
  for (const message of await Promise.all(heard)) {
    assert.deepEqual(message, {
      room,
      userId: "ann",
      name: "Ann",
      text: "Jupiter is up.",
      at: said.at,
      seq: said.seq,
      id: "m-1",
    });
  }
});

test("a chat that is sent again with its id is said once", async (t) => {
  const room = freshRoom();
  const ann = await person("ann", "Ann");
  t.after(() => ann.close());
  await ask(ann, "room.join", { room });
  const once = await ask(ann, "chat", { room, text: "once", id: "same" });
  const twice = await ask(ann, "chat", { room, text: "once", id: "same" });
  assert.deepEqual(twice, once);
  const after = await ask(ann, "chat", { room, text: "after" });
  assert.equal(after.seq, once.seq + 1);
});

test("who joins later is told what was said", async (t) => {
  const room = freshRoom();
  const ann = await person("ann", "Ann");
  const bob = await person("bob", "Bob");
  t.after(() => ann.close());
  t.after(() => bob.close());
  await ask(ann, "room.join", { room });
  for (const text of ["one", "two", "three"]) await ask(ann, "chat", { room, text });
  const { chat } = await ask(bob, "room.join", { room });
  assert.deepEqual(chat.entries.map(({ text, seq }) => [text, seq]), [["one", 1], ["two", 2], ["three", 3]]);
  assert.equal(chat.position.seq, 3);
});

test("who comes back is told exactly what was missed", async (t) => {
  const room = freshRoom();
  const ann = await person("ann", "Ann");
  const bob = await person("bob", "Bob");
  t.after(() => ann.close());
  t.after(() => bob.close());
  await ask(ann, "room.join", { room });
  await ask(ann, "chat", { room, text: "heard" });
  const { chat } = await ask(bob, "room.join", { room });
  await ask(bob, "room.leave", { room });
  await ask(ann, "chat", { room, text: "missed" });

  const back = await ask(bob, "room.join", { room, resume: { chat: chat.position } });
  assert.equal(back.chat.recovered, true);
  assert.deepEqual(back.chat.entries.map(({ text }) => text), ["missed"]);

  const stranger = { epoch: "00000000deadbeef", seq: 1 };
  const lost = await ask(bob, "room.join", { room, resume: { chat: stranger } });
  assert.equal(lost.chat.recovered, false);
  assert.deepEqual(lost.chat.entries.map(({ text }) => text), ["heard", "missed"]);
});

test("1 to 2000 characters are accepted, whatever their bytes", async (t) => {
  const room = freshRoom();
  const ann = await person("ann", "Ann");
  t.after(() => ann.close());
  await ask(ann, "room.join", { room });
  for (const text of ["a", "ü".repeat(2000), "🪐".repeat(2000)]) {
    const heard = next(ann, "chat");
    assert.equal(typeof (await ask(ann, "chat", { room, text })).seq, "number");
    assert.equal((await heard).text, text);
  }
});

test("more and less are refused, and never cut", async (t) => {
  const room = freshRoom();
  const ann = await person("ann", "Ann");
  t.after(() => ann.close());
  await ask(ann, "room.join", { room });
  const tooLong = await ask(ann, "chat", { room, text: "a".repeat(2001) });
  assert.equal(tooLong.error.code, "text_too_long");
  assert.match(tooLong.error.message, /2000/);
  for (const text of ["", " \n "]) {
    assert.equal((await ask(ann, "chat", { room, text })).error.code, "text_empty");
  }
  assert.equal((await ask(ann, "chat", { room, text: "first" })).seq, 1);
});

test("a cursor reaches the others and not its owner", async (t) => {
  const room = freshRoom();
  const ann = await person("ann", "Ann");
  const bob = await person("bob", "Bob");
  t.after(() => ann.close());
  t.after(() => bob.close());
  const { you } = await ask(ann, "room.join", { room });
  await ask(bob, "room.join", { room });

  const own = [];
  ann.on("cursor", (event) => own.push(event));
  const seen = next(bob, "cursor");
  ann.emit("cursor", { room, x: 12.5, y: -3 });
  assert.deepEqual(await seen, { room, userId: "ann", x: 12.5, y: -3, peer: you.peer });

  const back = next(ann, "cursor");
  bob.emit("cursor", { room, x: 1, y: 2 });
  assert.equal((await back).userId, "bob");
  assert.deepEqual(own.map(({ userId }) => userId), ["bob"], "what came to ann is bob's alone");
});

test("the last of a burst of cursors arrives", async (t) => {
  const room = freshRoom();
  const ann = await person("ann", "Ann");
  const bob = await person("bob", "Bob");
  t.after(() => ann.close());
  t.after(() => bob.close());
  await ask(ann, "room.join", { room });
  await ask(bob, "room.join", { room });
  const last = next(bob, "cursor", ({ x }) => x === 500);
  for (let x = 1; x <= 500; x += 1) ann.emit("cursor", { room, x, y: 0 });
  await last;
});

test("who asks for batches gets frames and differences instead", async (t) => {
  const room = freshRoom();
  const ann = await person("ann", "Ann");
  const bob = await person("bob", "Bob");
  t.after(() => ann.close());
  t.after(() => bob.close());
  await ask(bob, "room.join", { room, batch: true });
  const unbatched = [];
  for (const event of ["cursor", "presence"]) bob.on(event, () => unbatched.push(event));

  const came = next(bob, "presence.diff", ({ changed }) => changed.some(({ userId }) => userId === "ann"));
  const { you } = await ask(ann, "room.join", { room });
  await came;
  const moved = next(bob, "cursors", ({ moves }) => moves.some(([peer]) => peer === you.peer));
  ann.emit("cursor", { room, x: 7, y: 8 });
  assert.deepEqual((await moved).moves.find(([peer]) => peer === you.peer), [you.peer, 7, 8]);

  const left = next(bob, "presence.diff", (event) => event.left.includes("ann"));
  ann.close();
  await left;
  assert.deepEqual(unbatched, []);
});

for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
  test(`frames come whole and in order over ${transports.join(" and then ")}`, async (t) => {
    const room = freshRoom();
    const ann = await person("ann", "Ann");
    t.after(() => ann.close());
    const { you } = await ask(ann, "room.join", { room });
    const bob = await person("bob", "Bob", { transports });
    t.after(() => bob.close());
    await ask(bob, "room.join", { room, batch: true });
    const { engine } = bob.io;
    const places = [];
    bob.on("cursors", ({ moves }) => places.push(...moves.filter(([peer]) => peer === you.peer).map(([, x]) => x)));
    // Goes on while the transport changes, and for some frames after it has, which are given to the kernel at once then.
    let x = 0;
    let over = 0;
    let waited;
    while (over < 10) {
      x += 1;
      if (over === 5) waited = await server.metric("collab_frames_waited_total");
      const seen = next(bob, "cursors", ({ moves }) => moves.some(([peer, at]) => peer === you.peer && at === x));
      ann.emit("cursor", { room, x, y: 0 });
      await seen;
      if (engine.transport.name === transports.at(-1) && !engine.upgrading) over += 1;
    }
    assert.equal(engine.transport.name, transports.at(-1));
    assert.deepEqual(places, places.toSorted((one, other) => one - other));
    assert.equal(places.at(-1), x);
    assert.equal(await server.metric("collab_frames_waited_total"), waited);
  });
}

test("the HTTP side says how it is", async () => {
  const health = await server.json("/healthz");
  assert.equal(health.status, "ok");
  assert.equal(health.mode, "memory");
  assert.equal(health.bus, "none");
  for (const path of ["/livez", "/readyz"]) assert.equal((await fetch(server.url + path)).status, 200);
  assert.match(await (await fetch(`${server.url}/metrics`)).text(), /^collab_/m);
});

test("the HTTP side lists who is where", async (t) => {
  const room = freshRoom();
  const ann = await person("ann", "Ann");
  t.after(() => ann.close());
  await ask(ann, "room.join", { room });
  const rooms = await server.json("/api/rooms");
  const listed = (Array.isArray(rooms) ? rooms : rooms.rooms).find((entry) => entry.room === room);
  assert.deepEqual(listed.present.map(({ userId }) => userId), ["ann"]);
});
