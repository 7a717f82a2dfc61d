/** The release binary as a child process: started on a free port, killed, started again on the same port. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { setTimeout as pause } from "node:timers/promises";

const BINARY = process.env.ORRERY_BIN || fileURLToPath(new URL("../../target/release/orrery", import.meta.url));

/** Shared with the tests, so that they can sign tokens of their own, good and bad. */
export const SECRET = "a secret of the tests, longer than thirty-two bytes";

/** How long a start may take on a busy machine, in milliseconds. */
const PATIENCE = 20_000;

export class Orrery {
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #process;
  #log = "";

  constructor(port, settings = {}) {
    this.port = port;
    this.settings = settings;
    this.url = `http://127.0.0.1:${port}`;
    // Nothing is left behind, however the tests end.
    process.once("exit", () => this.#process?.kill("SIGKILL"));
  }

  /** Starts one on a free port and waits until it takes people in. `settings` are variables of its environment. */
  static async start(settings) {
    const orrery = new Orrery(await freePort(), settings);
    await orrery.start();
    return orrery;
  }

  /** Starts it, or starts it again on the same port. */
  async start() {
    const env = {
      ...process.env,
      HOST: "127.0.0.1",
      PORT: String(this.port),
      ORRERY_ENV: "development",
      JWT_SECRET: SECRET,
      ...this.settings,
    };
    this.#process = spawn(BINARY, { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#process.on("error", (error) => (this.#log += `could not start ${BINARY}: ${error.message}\n`));
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.on("data", (chunk) => (this.#log += chunk));
    }
    await this.#ready();
  }

  /** Ends it as a crash would: nobody is told. */
  async kill() {
    await this.#end("SIGKILL");
  }

  /** Ends it as an operator would, with time to say goodbye. */
  async stop() {
    await this.#end("SIGTERM");
  }

  /** Stops its clock: connections stay open, nothing is answered. Waits until each of its threads stands still. */
  async freeze() {
    this.#process.kill("SIGSTOP");
    while (!(await stopped(this.#process.pid))) await pause(1);
  }

  /** Lets it go on after `freeze`. */
  thaw() {
    this.#process.kill("SIGCONT");
  }

  /** Whether it runs. */
  get alive() {
    return this.#process?.exitCode === null && this.#process.signalCode === null;
  }

  /** Panics it wrote to its log; there must never be one. */
  get panics() {
    return this.#log.split("\n").filter((line) => line.includes("panicked at"));
  }

  /** A token as an application would get one for its user. */
  async token(sub, name) {
    const answer = await this.json(`/dev/token?${new URLSearchParams(name ? { sub, name } : { sub })}`);
    return answer.token;
  }

  /** What a path answers, as JSON. */
  async json(path) {
    return (await fetch(this.url + path)).json();
  }

  /** One metric's value, or the sum over the labels that contain `label`. 0 when it does not exist. */
  async metric(name, label = "") {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const lines = text.split("\n").filter((line) => line.startsWith(name) && line.includes(label));
    return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  }

  async #ready() {
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline && this.alive) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      await pause(20);
    }
    throw new Error(`orrery did not come up at ${this.url}:\n${this.#log}`);
  }

  async #end(signal) {
    if (!this.alive) return;
    const gone = once(this.#process, "exit");
    this.#process.kill("SIGCONT");
    this.#process.kill(signal);
    await gone;
  }
}

/** Whether all threads of a process are stopped, as Linux tells it; elsewhere the signal is all there is to know. */
async function stopped(pid) {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const states = threads.map(async (thread) => {
    const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, "utf8").catch(() => ") T");
    return stat.slice(stat.lastIndexOf(")") + 2)[0];
  });
  return (await Promise.all(states)).every((state) => state === "T");
}

/** A port nobody listens on at the moment. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
