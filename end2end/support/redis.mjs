/** A redis-server of one test's own, on a free port and without persistence. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { freePort } from "./orrery.mjs";

const PROGRAM = process.env.REDIS_SERVER || "redis-server";

export class Redis {
  #process;

  /** Starts one and waits until it is ready. */
  static async start() {
    const redis = new Redis();
    redis.port = await freePort();
    redis.url = `redis://127.0.0.1:${redis.port}`;
    await redis.start();
    return redis;
  }

  constructor() {
    // Nothing is left behind, however the tests end.
    process.once("exit", () => this.#process?.kill("SIGKILL"));
  }

  /** Starts it, or starts it again, empty, on the same port. */
  async start() {
    const options = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", ""];
    this.#process = spawn(PROGRAM, options, { stdio: ["ignore", "pipe", "inherit"] });
    for await (const chunk of this.#process.stdout.iterator({ destroyOnReturn: false })) {
      if (String(chunk).includes("Ready to accept")) break;
    }
    this.#process.stdout.resume();
  }

  /** Stops its clock, or lets it run on: connections stay open, nothing is answered meanwhile. */
  freeze() {
    this.#process.kill("SIGSTOP");
  }

  thaw() {
    this.#process.kill("SIGCONT");
  }

  async kill() {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }
}
