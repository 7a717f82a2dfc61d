/** The server in JavaScript that figures are held against does what it is measured by. */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ask, connect, next } from "../support/client.mjs";

const room = "sky";
const options = { transports: ["websocket"] };
let server;
let url;

before(async () => {
  const program = fileURLToPath(new URL("../load/examples/node.mjs", import.meta.url));
  server = fork(program, { env: { PORT: "0" } });
  const [port] = await once(server, "message");
  url = `http://127.0.0.1:${port}`;
});

after(() => server.kill());

test("who moves is told to all in one frame, and a line to all by itself", async () => {
  const [ann, bob] = [await connect(url, "none", options), await connect(url, "none", options)];
  for (const one of [ann, bob]) assert.equal((await ask(one, "room.join", { room })).room, room);
  const frame = next(bob, "cursors");
  ann.emit("cursor", { room, x: 1, y: 2 });
  assert.deepEqual((await frame).moves.map(([, x, y]) => [x, y]), [[1, 2]]);
  const heard = next(bob, "chat");
  assert.equal((await ask(ann, "chat", { room, id: "a", text: "hello" })).seq, 1);
  assert.equal((await heard).text, "hello");
  for (const one of [ann, bob]) one.close();
});
