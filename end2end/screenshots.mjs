/** `cargo xtask screenshots`: makes the pictures in docs/, with people who talk and move. */
import { mkdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium, expect } from "@playwright/test";
import { launchOptions } from "./support/browser.mjs";
import { ask, connect } from "./support/client.mjs";
import { Orrery } from "./support/orrery.mjs";
import { RoomPage } from "./support/room-page.mjs";

const DOCS = fileURLToPath(new URL("../docs/", import.meta.url));

/** Committed pictures stay small, in bytes. */
const LARGEST = 150 * 1024;

const desktop = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const PICTURES = {
  "room-night.png": { ...desktop, colorScheme: "dark" },
  "room-day.png": { ...desktop, colorScheme: "light", tab: "document" },
  "room-phone.png": { ...phone, colorScheme: "dark", tab: "chat" },
};

const CAST = [
  { sub: "vera", name: "Vera Rubin", x: -210, y: -90 },
  { sub: "henrietta", name: "Henrietta Leavitt", x: 120, y: -170 },
  { sub: "tycho", name: "Tycho Brahe", x: 40, y: 150 },
  { sub: "cecilia", name: "Cecilia Payne", x: -120, y: 80 },
];
const NOTES = [
  { sub: "vera", note: "plates", x: -330, y: 40, hue: 45, text: "Plates are in the\nsecond drawer." },
  { sub: "henrietta", note: "clouds", x: 200, y: 60, hue: 200, text: "Clouds after two, says the almanac." },
];
const TEXT = `What we saw

Jupiter, low in the east, with all four moons.
Delta Cephei at magnitude 3.5, just past its maximum.
Two satellites and a fox.

For next time: the good sextant, and somebody who can read it.
`;
/** What somebody has selected in it. */
const FOX = "Two satellites and a fox";
const TALK = [
  ["vera", "Clear skies tonight. Who takes the first plate?"],
  ["tycho", "I brought the good sextant."],
  ["henrietta", "Delta Cephei is just past its maximum, have a look before it fades."],
  ["cecilia", "On it. Mostly hydrogen, I should say."],
];

const server = await Orrery.start();
const browser = await chromium.launch(launchOptions);
try {
  await mkdir(DOCS, { recursive: true });
  for (const [file, options] of Object.entries(PICTURES)) await picture(file, options);
} finally {
  await browser.close();
  await server.stop();
}

async function picture(file, { tab, ...options }) {
  const room = "observatory";
  const context = await browser.newContext({ baseURL: server.url, ...options });
  const here = new RoomPage(await context.newPage());
  await here.open(room);
  const cast = await enter(room, options.viewport);
  await here.seesCursors(CAST.length);
  await here.page.waitForFunction(() => /\d/.test(document.querySelector("[data-testid=tape-rtt]")?.textContent ?? ""));
  if (tab) {
    await here.tab(tab).click();
    await expect(tab === "document" ? here.carets : here.messages).not.toHaveCount(0);
  }
  await here.page.evaluate(() => Promise.all(document.getAnimations().map((moving) => moving.finished)));
  await here.page.evaluate(() => new Promise((settled) => requestAnimationFrame(() => requestAnimationFrame(settled))));
  await here.page.screenshot({ path: DOCS + file });
  cast.forEach((socket) => socket.close());
  await context.close();
  const { size } = await stat(DOCS + file);
  console.log(`docs/${file}  ${(size / 1024).toFixed(0)} KB`);
  if (size > LARGEST) throw new Error(`docs/${file} is larger than ${LARGEST / 1024} KB`);
}

/** Everybody comes in, moves to their place, and says what they have to say, once for all pictures. */
async function enter(room, { width }) {
  const sockets = new Map();
  for (const { sub, name, x, y } of CAST) {
    const socket = await connect(server.url, await server.token(sub, name));
    await ask(socket, "room.join", { room });
    socket.emit("cursor", { room, x: x * Math.min(1, width / 900), y });
    sockets.set(sub, socket);
  }
  for (const [n, [sub, text]] of TALK.entries()) {
    await ask(sockets.get(sub), "chat", { room, text, id: `line-${n}` });
  }
  for (const { sub, ...make } of NOTES) {
    const x = make.x * Math.min(1, width / 900);
    await ask(sockets.get(sub), "note.change", { room, change: { make: { ...make, x } }, id: `note-${make.note}` });
  }
  const { document } = await ask(sockets.get("cecilia"), "room.join", { room });
  if (!document.snapshot) {
    await ask(sockets.get("cecilia"), "document.edit", { room, base: document.position, operation: [TEXT] });
  }
  const [anchor, head] = [TEXT.indexOf(FOX), TEXT.indexOf(FOX) + FOX.length];
  sockets.get("tycho").emit("document.caret", { room, caret: { seq: 1, anchor, head } });
  return [...sockets.values()];
}
