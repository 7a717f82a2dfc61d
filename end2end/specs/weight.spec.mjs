/** What a browser must load to be live in a room stays small, and is loaded once. */
import { expect, test } from "../support/fixtures.mjs";
import { BUDGET, WASM_BUDGET, weigh } from "../support/weight.mjs";

test("a room is live within the budget", async ({ server }) => {
  const loads = await weigh(server.url);
  const total = loads.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(loads.map(({ kind }) => kind).sort()).toEqual(expect.arrayContaining(["css", "html", "js", "wasm"]));
  expect(total, JSON.stringify(loads)).toBeLessThanOrEqual(BUDGET);
  expect(loads.find(({ kind }) => kind === "wasm").bytes).toBeLessThanOrEqual(WASM_BUDGET);
});

for (const encoding of ["br", "gzip"]) {
  test(`every asset is ready-made in ${encoding}, and kept for good`, async ({ server }) => {
    for (const { path, kind } of await weigh(server.url)) {
      if (kind === "html") continue;
      const answer = await fetch(server.url + path, { headers: { "accept-encoding": encoding } });
      expect(answer.headers.get("content-encoding"), path).toBe(encoding);
      expect(answer.headers.get("cache-control"), path).toContain("immutable");
    }
  });
}
