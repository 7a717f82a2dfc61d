/** How many bytes a browser loads until it is live in a room. */
import { BUDGET, weigh } from "../support/weight.mjs";

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`.padStart(10);

export async function bytes(server) {
  const loads = await weigh(server.url);
  const total = loads.reduce((sum, load) => sum + load.bytes, 0);
  console.log("To be live in a room, brotli as served:");
  for (const load of loads) console.log(`  ${kilobytes(load.bytes)}  ${load.path}`);
  console.log(`  ${kilobytes(total)}  in all, of at most ${BUDGET / 1024} KB`);
}
