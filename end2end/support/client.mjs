/** Somebody who speaks to Orrery through the official Socket.IO client, as an existing application would. */
import { io } from "socket.io-client";

/** How long to wait for what must come, in milliseconds. */
const PATIENCE = 10_000;

/** Connects with the given token and the client's own default options (polling, then upgrade), and waits until it is in. */
export async function connect(url, token, options = {}) {
  const socket = dial(url, token, options);
  await next(socket, "connect");
  return socket;
}

/** Begins to connect; what comes of it is for the caller to await. Every caller gets a connection of its own. */
export function dial(url, token, options = {}) {
  const auth = token === undefined ? {} : { token };
  return io(url, { auth, forceNew: true, reconnection: false, ...options });
}

/** Sends and waits for the ack. */
export function ask(socket, event, payload) {
  return socket.timeout(PATIENCE).emitWithAck(event, payload);
}

/** The next event of that name whose payload fits. Call it before what causes the event. */
export function next(socket, event, fits = () => true) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(() => reject(new Error(`no fitting \`${event}\` came`))), PATIENCE);
    const hear = (payload) => fits(payload) && settle(() => resolve(payload));
    const settle = (how) => {
      clearTimeout(timer);
      socket.off(event, hear);
      how();
    };
    socket.on(event, hear);
  });
}

/** Waits until the server has taken in everything that this socket sent before. */
export const settled = (socket) => ask(socket, "tape", {});
