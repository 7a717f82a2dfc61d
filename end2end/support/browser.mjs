/** How Chromium is started, by the specs, the figures and the pictures alike. */

const quiet = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
];

/** Chromium refuses to run its sandbox as root, as in a container. */
const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

/** For Playwright's `launch`. `CHROMIUM_PATH` is set by `cargo xtask`. */
export const launchOptions = {
  executablePath: process.env.CHROMIUM_PATH || undefined,
  args: [...quiet, ...asRoot],
};
