/** `cargo xtask figures`: takes the figures that the README quotes, and prints them with what they were taken from. */
import { cpus } from "node:os";
import { bytes } from "./figures/bytes.mjs";
import { frames } from "./figures/frames.mjs";
import { latency } from "./figures/latency.mjs";
import { paint } from "./figures/paint.mjs";
import { Orrery } from "./support/orrery.mjs";

const server = await Orrery.start();
try {
  console.log(`On ${cpus().length} cores (${cpus()[0].model.trim()}), everything on one machine.`);
  for (const figure of [bytes, latency, frames, paint]) {
    console.log("");
    await figure(server);
  }
} finally {
  await server.stop();
}
