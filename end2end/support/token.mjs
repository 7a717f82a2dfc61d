/** Tokens (JWT, HS256) made by hand, for those that a server must refuse. */
import { createHmac } from "node:crypto";
import { SECRET } from "./orrery.mjs";

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A signed token with any claims, any key, any header. */
export function sign(claims, { secret = SECRET, header = { alg: "HS256", typ: "JWT" } } = {}) {
  const head = `${part(header)}.${part(claims)}`;
  const signature = createHmac("sha256", secret).update(head).digest("base64url");
  return `${head}.${signature}`;
}

/** Seconds since 1970, `after` seconds from now. */
export const inSeconds = (after) => Math.floor(Date.now() / 1000) + after;
