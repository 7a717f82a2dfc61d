/** How many frames a second a page paints while 200 cursors move on it, and how evenly. */
import { chromium } from "@playwright/test";
import { launchOptions } from "../support/browser.mjs";
import { RoomPage } from "../support/room-page.mjs";
import { gather } from "./crowd.mjs";
import { quantile } from "./numbers.mjs";

const CURSORS = 200;
const SECONDS = 5;
const room = "figure-paint";

export async function paint(server) {
  const browser = await chromium.launch(launchOptions);
  const here = new RoomPage(await browser.newPage({ baseURL: server.url, viewport: { width: 1280, height: 800 } }));
  await here.open(room);
  const idle = await here.page.evaluate(countFrames, SECONDS);
  const crowd = await gather(server, room, CURSORS);
  await here.seesCursors(CURSORS);
  const busy = await here.page.evaluate(countFrames, SECONDS);
  crowd.leave();
  await browser.close();
  console.log(`Painting ${CURSORS} moving cursors on 1280 by 800, without a graphics card, for ${SECONDS} s:`);
  for (const [name, gaps] of [["nobody else in the room", idle], [`${CURSORS} cursors moving`, busy]]) {
    const rate = (gaps.length / SECONDS).toFixed(1);
    console.log(`  ${rate.padStart(7)}     frames a second, 95 of 100 within ${quantile(gaps, 0.95).toFixed(1)} ms  (${name})`);
  }
}

/** Runs in the page: the times between its frames, in milliseconds. */
function countFrames(seconds) {
  return new Promise((resolve) => {
    const gaps = [];
    const began = performance.now();
    let last = began;
    const frame = (time) => {
      gaps.push(time - last);
      last = time;
      if (time - began < seconds * 1000) requestAnimationFrame(frame);
      else resolve(gaps);
    };
    requestAnimationFrame(frame);
  });
}
