/** A crowd in one room: each a connection of its own over WebSocket that moves its cursor ten times a second. */
import { ask, connect } from "../support/client.mjs";

const EVERY_MS = 100;

/** Brings `size` people into the room. `leave()` ends them all. */
export async function gather(server, room, size) {
  const people = [];
  for (let n = 0; n < size; n += 1) {
    const token = await server.token(`crowd-${n}`, `Guest ${n + 1}`);
    const socket = await connect(server.url, token, { transports: ["websocket"] });
    const welcome = await ask(socket, "room.join", { room, batch: true });
    people.push({ socket, welcome });
  }
  const began = performance.now();
  const timers = people.map(({ socket }, n) => setInterval(() => move(socket, room, n, began), EVERY_MS));
  return {
    people,
    leave() {
      timers.forEach(clearInterval);
      people.forEach(({ socket }) => socket.close());
    },
  };
}

/** Each on its own circle, all visible on a screen of 1280 by 800. */
function move(socket, room, n, began) {
  const angle = n * 2.4 + (performance.now() - began) / (1500 + 10 * n);
  const radius = 30 + (n % 40) * 7;
  socket.emit("cursor", { room, x: Math.cos(angle) * radius, y: Math.sin(angle) * radius });
}
