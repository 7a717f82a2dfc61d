/** What a browser must load to be live in a room, in bytes as they cross the wire. */
import { get } from "node:http";

/** The most that it may be, in bytes: 220 KB for rooms with chat and cursors, 60 more for the document, notes and
 * offline work, 15 for tokens that end and for access. */
export const BUDGET = (220 + 60 + 15) * 1024;

/**
 * Of that, the WASM: 191 KB before the document came, 60 more with it, 5 for notifications and the bus (reading both off the
 * wire, the toasts, and Unicode's tables of letters and digits, by which a page finds the same names as the server), 3 for
 * tokens that end: being told, taking another, saying why not; 8 for reading off the wire who may do what; and 9 for the
 * dialog about it and all that is different for whoever only looks.
 */
export const WASM_BUDGET = (191 + 60 + 5 + 3 + 8 + 9) * 1024;

/** How a page names what it needs: preloads, scripts, style sheets, and what the hydration script imports. */
const NAMED = /["'](\/[^"'\s]+\.(?:css|js|wasm))["']/g;

/**
 * Fetches a room as a browser that accepts brotli, then every style sheet, script and module it names, and what those name.
 *
 * @returns {Promise<{ path: string, kind: string, bytes: number }[]>}
 */
export async function weigh(url, path = "/r/observatory") {
  const page = await fetchEncoded(url + path);
  const loads = [{ path, kind: "html", bytes: page.bytes }];
  const html = await (await fetch(url + path, { headers: { accept: "text/html" } })).text();
  const paths = new Set([...html.matchAll(NAMED)].map(([, asset]) => asset));
  for (const asset of paths) {
    const { bytes } = await fetchEncoded(url + asset);
    loads.push({ path: asset, kind: asset.split(".").at(-1), bytes });
  }
  return loads;
}

/** `fetch` would decode; the plain client gives the bytes as they came. */
function fetchEncoded(url) {
  const headers = { "accept-encoding": "br", accept: "text/html, */*" };
  return new Promise((resolve, reject) => {
    get(url, { headers }, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk) => (bytes += chunk.length));
      answer.on("end", () =>
        answer.statusCode === 200 ? resolve({ bytes }) : reject(new Error(`${url}: ${answer.statusCode}`)),
      );
    }).on("error", reject);
  });
}
