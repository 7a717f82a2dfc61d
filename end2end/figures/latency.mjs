/**
 * How long after it was sent another person's cursor is seen: a client in node sends, a page in Chromium looks at the pixels
 * of its canvas in every frame. Sender, server and browser share one clock. The cursor glides, so there are two moments: when
 * it is seen to leave its old place, and when it has come to the new one.
 */
import { chromium } from "@playwright/test";
import { launchOptions } from "../support/browser.mjs";
import { ask, connect } from "../support/client.mjs";
import { RoomPage } from "../support/room-page.mjs";
import { now, quantile } from "./numbers.mjs";

const TRIALS = 40;
const room = "figure-latency";

export async function latency(server) {
  const browser = await chromium.launch(launchOptions);
  const here = new RoomPage(await browser.newPage({ baseURL: server.url, viewport: { width: 1280, height: 800 } }));
  await here.open(room);
  await here.page.evaluate(teach);
  const sender = await connect(server.url, await server.token("sender"));
  const { tickMs } = await ask(sender, "room.join", { room });

  const places = [
    { x: -150, y: -100 },
    { x: 150, y: 100 },
  ];
  sender.emit("cursor", { room, ...places[1] });
  await here.seesCursors(1);
  const left = [];
  const arrived = [];
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const [to, from] = trial % 2 ? [places[1], places[0]] : places;
    await here.bodies.evaluate(rest, from);
    await here.bodies.evaluate(watch, { from, to });
    const sent = now();
    sender.emit("cursor", { room, ...to });
    const { gone, come } = await here.page.evaluate(() => globalThis.seen);
    left.push(gone - sent);
    arrived.push(come - sent);
  }
  sender.close();
  await browser.close();
  console.log(`From sending a cursor to its pixels in another browser, ${TRIALS} times, a tick being ${tickMs} ms:`);
  for (const [moment, times] of [["sets off", left], ["has come", arrived]]) {
    for (const [name, share] of [["median", 0.5], ["9 of 10", 0.9], ["slowest", 1]]) {
      const time = quantile(times, share);
      console.log(`  ${time.toFixed(1).padStart(7)} ms  ${moment}, ${name} (${(time / tickMs).toFixed(2)} ticks)`);
    }
  }
}

/** Runs in the page: gives it `pixels`, which reads a small square of the canvas, its place counted from the middle. */
function teach() {
  globalThis.pixels = (canvas, { x, y }) => {
    const { width, height, clientWidth } = canvas;
    const scale = width / clientWidth;
    return canvas.getContext("2d").getImageData(width / 2 + x * scale, height / 2 + y * scale, 12, 12).data.join();
  };
}

/** Runs in the page: waits until a square was painted the same in ten frames. */
function rest(canvas, place) {
  return new Promise((resolve) => {
    let [before, same] = [globalThis.pixels(canvas, place), 0];
    const frame = () => {
      const after = globalThis.pixels(canvas, place);
      same = after === before ? same + 1 : 0;
      before = after;
      if (same < 10) requestAnimationFrame(frame);
      else resolve();
    };
    requestAnimationFrame(frame);
  });
}

/** Runs in the page: begins to look at two squares; `seen` will hold the times at which each is next painted differently. */
function watch(canvas, { from, to }) {
  const changed = (place) => {
    const before = globalThis.pixels(canvas, place);
    return new Promise((resolve) => {
      const frame = () => {
        if (globalThis.pixels(canvas, place) === before) requestAnimationFrame(frame);
        else resolve(performance.timeOrigin + performance.now());
      };
      requestAnimationFrame(frame);
    });
  };
  globalThis.seen = Promise.all([changed(from), changed(to)]).then(([gone, come]) => ({ gone, come }));
}
