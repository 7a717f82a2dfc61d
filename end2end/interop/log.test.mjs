/**
 * Document, notes and typing as the official JavaScript client sees them: a program that is not ours can write along, and
 * comes back after an absence to exactly what it missed.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask, connect, next } from "../support/client.mjs";
import { Orrery } from "../support/orrery.mjs";

let server;
let rooms = 0;
const freshRoom = () => `log-${(rooms += 1)}`;

before(async () => (server = await Orrery.start()));
after(async () => {
  assert.deepEqual(server.panics, []);
  await server.stop();
});

const person = async (sub) => connect(server.url, await server.token(sub));

/** Does an operation to a text, both counted in characters and not in the units of JavaScript's strings. */
function apply(text, operation) {
  const characters = Array.from(text);
  let at = 0;
  let result = "";
  for (const step of operation) {
    if (typeof step === "string") result += step;
    else if (step > 0) result += characters.slice(at, (at += step)).join("");
    else at -= step;
  }
  assert.equal(at, characters.length, "an operation goes from the beginning of the text to its end");
  return result;
}

test("two programs write one text, and what they hear comes to the same", async (t) => {
  const room = freshRoom();
  const [ann, bob] = [await person("ann"), await person("bob")];
  t.after(() => [ann, bob].forEach((socket) => socket.close()));
  const { document } = await ask(ann, "room.join", { room });
  await ask(bob, "room.join", { room });
  assert.equal(document.snapshot, "");

  const heard = { ann: [], bob: [] };
  ann.on("document.edit", (edit) => heard.ann.push(edit));
  bob.on("document.edit", (edit) => heard.bob.push(edit));
  const base = document.position;
  const last = [next(ann, "document.edit", ({ seq }) => seq === 2), next(bob, "document.edit", ({ seq }) => seq === 2)];
  await Promise.all([
    ask(ann, "document.edit", { room, base, operation: ["🪐 rises"], id: "a" }),
    ask(bob, "document.edit", { room, base, operation: [" in the east"], id: "b" }),
  ]);
  await Promise.all(last);
  assert.deepEqual(heard.ann, heard.bob);
  const text = heard.ann.reduce((text, { operation }) => apply(text, operation), "");
  const again = await ask(ann, "room.join", { room });
  assert.equal(again.document.snapshot, text);
  assert.equal(await (await fetch(`${server.url}/api/rooms/${room}/document`)).text(), text);
});

test("a repeated edit is done once, a crooked one refused by code", async (t) => {
  const room = freshRoom();
  const ann = await person("ann");
  t.after(() => ann.close());
  const base = (await ask(ann, "room.join", { room })).document.position;
  const edit = { room, base, operation: ["once"], id: "e" };
  assert.deepEqual(await ask(ann, "document.edit", edit), await ask(ann, "document.edit", edit));
  const code = async (change) => (await ask(ann, "document.edit", { ...edit, id: undefined, ...change })).error.code;
  assert.equal(await code({ operation: [99] }), "bad_operation");
  assert.equal(await code({ operation: [1, 1, 1, 1] }), "bad_operation");
  assert.equal(await code({ operation: [1.5] }), "malformed");
  assert.equal(await code({ base: { ...base, seq: 99 } }), "unknown_revision");
  assert.equal(await code({ base: { epoch: "0123456789abcdef", seq: 0 } }), "history_gone");
  assert.equal(await code({ room: "elsewhere" }), "not_joined");
});

test("who comes back gets exactly what was missed of chat, document and notes", async (t) => {
  const room = freshRoom();
  const [ann, bob] = [await person("ann"), await person("bob")];
  t.after(() => ann.close());
  const { chat, document, note } = await ask(bob, "room.join", { room });
  await ask(ann, "room.join", { room });
  bob.close();

  await ask(ann, "chat", { room, text: "you missed this" });
  await ask(ann, "document.edit", { room, base: document.position, operation: ["and this"] });
  const make = { note: "n", x: 1, y: 2, hue: 45, text: "and that" };
  await ask(ann, "note.change", { room, change: { make } });

  const back = await person("bob");
  t.after(() => back.close());
  const resume = { chat: chat.position, document: document.position, note: note.position };
  const welcome = await ask(back, "room.join", { room, resume });
  assert.equal(welcome.recovered, true);
  assert.deepEqual(welcome.chat.entries.map(({ text }) => text), ["you missed this"]);
  assert.deepEqual(welcome.document.entries.map(({ operation }) => operation), [["and this"]]);
  assert.deepEqual(welcome.note.entries.map(({ change }) => change), [{ make }]);
});

test("a note saved against an old version is refused with the text that is there", async (t) => {
  const room = freshRoom();
  const ann = await person("ann");
  t.after(() => ann.close());
  await ask(ann, "room.join", { room });
  const change = (change) => ask(ann, "note.change", { room, change });
  const { seq: version } = await change({ make: { note: "n", x: 0, y: 0, hue: 0, text: "first" } });
  await change({ edit: { note: "n", version, text: "second" } });
  const { error } = await change({ edit: { note: "n", version, text: "third" } });
  assert.equal(error.code, "conflict");
  assert.equal(error.current.text, "second");
});

test("typing is seen, and ends with the message", async (t) => {
  const room = freshRoom();
  const [ann, bob] = [await person("ann"), await person("bob")];
  t.after(() => [ann, bob].forEach((socket) => socket.close()));
  await ask(ann, "room.join", { room });
  await ask(bob, "room.join", { room });
  const began = next(bob, "typing", ({ userId, typing }) => userId === "ann" && typing);
  ann.emit("typing", { room, typing: true });
  await began;
  const ended = next(bob, "typing", ({ typing }) => !typing);
  await ask(ann, "chat", { room, text: "there" });
  await ended;
});
