/** How many frames of cursors a member gets in a room of 200 that all move ten times a second. */
import { setTimeout as pause } from "node:timers/promises";
import { gather } from "./crowd.mjs";

const MEMBERS = 200;
const SECONDS = 5;
const room = "figure-frames";

export async function frames(server) {
  const crowd = await gather(server, room, MEMBERS);
  const counts = crowd.people.map(() => 0);
  let moves = 0;
  crowd.people.forEach(({ socket }, n) =>
    socket.on("cursors", (frame) => {
      counts[n] += 1;
      moves += frame.moves.length;
    }),
  );
  await pause(SECONDS * 1000);
  const most = Math.max(...counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  crowd.leave();
  console.log(`In a room of ${MEMBERS} members that each move 10 times a second, for ${SECONDS} s:`);
  console.log(`  ${String(MEMBERS * 10).padStart(7)}     moves a second into the server`);
  console.log(`  ${(most / SECONDS).toFixed(1).padStart(7)}     frames a second to the member who got most`);
  console.log(`  ${(total / MEMBERS / SECONDS).toFixed(1).padStart(7)}     frames a second to a member on average`);
  console.log(`  ${(moves / total).toFixed(1).padStart(7)}     cursors in a frame on average`);
  console.log(`  ${((MEMBERS * 10 * MEMBERS * SECONDS) / total).toFixed(1).padStart(7)}     times fewer messages than one a move and member`);
}
