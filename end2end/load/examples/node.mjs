#!/usr/bin/env node
/**
 * A server of the same wire contract in JavaScript, as guides write it: Socket.IO on Node.js, its rooms, and one volatile
 * frame for each room and tick, at the pace of Orrery. It checks no token, limits nobody and keeps nothing; it tells nobody
 * who is there. It is what the figures of Orrery are held against: `cargo xtask load fan-out --beside node`.
 */
import { createServer } from "node:http";
import { Server } from "socket.io";

/** Milliseconds between two frames of a room where somebody is brisk, and where nobody is. Orrery's in one of ten to 24. */
const TICK = { brisk: 40, slow: 50 };
/** Whoever moves again within so many milliseconds is brisk, and for so many. */
const BRISK = { within: 150, lasts: 1000 };

const http = createServer((_, answer) => answer.end());
const io = new Server(http, { serveClient: false, transports: ["websocket"] });

/** What moved in each room since its last frame: by room, by connection. */
const moved = new Map();
/** The number of the last line in each room. */
const lines = new Map();
let peers = 0;
/** Until when somebody is brisk. One for all rooms, which are alike here. */
let brisk = 0;

io.on("connection", (socket) => {
  const peer = ++peers;
  socket.on("room.join", ({ room }, answer) => {
    socket.join(room);
    answer({ room });
  });
  socket.on("cursor", ({ room, x, y }) => {
    if (!moved.has(room)) moved.set(room, new Map());
    moved.get(room).set(peer, [peer, x, y]);
    const now = Date.now();
    if (now - (socket.data.moved ?? 0) < BRISK.within) brisk = now + BRISK.lasts;
    socket.data.moved = now;
  });
  socket.on("chat", ({ room, id, text }, answer) => {
    const seq = (lines.get(room) ?? 0) + 1;
    lines.set(room, seq);
    answer({ seq, at: 0 });
    io.to(room).emit("chat", { room, id, text, seq });
  });
});

function tick() {
  setTimeout(tick, Date.now() < brisk ? TICK.brisk : TICK.slow);
  for (const [room, moves] of moved) {
    io.to(room).volatile.emit("cursors", { room, at: Date.now(), moves: [...moves.values()] });
  }
  moved.clear();
}
tick();

// A test that has forked this is told where it listens.
http.listen(Number(process.env.PORT ?? 3000), process.env.HOST ?? "127.0.0.1", () => process.send?.(http.address().port));
