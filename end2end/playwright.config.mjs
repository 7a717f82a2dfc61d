/**
 * How the browser specs are run. They start the release binary themselves (`support/fixtures.mjs`), one for each worker on
 * a port of its own, so that a spec may kill it.
 */
import { defineConfig } from "@playwright/test";
import { launchOptions } from "./support/browser.mjs";

export default defineConfig({
  testDir: "specs",
  testMatch: "*.spec.mjs",
  workers: 2,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  // A machine that builds something else meanwhile can make a browser late. Tried once more there, and told as flaky.
  retries: process.env.CI ? 1 : 0,
  reporter: [["list"]],
  use: {
    launchOptions,
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
  },
});
