/** The telemetry tape: what it says is true. */
import { expect, test } from "../support/fixtures.mjs";
import { RoomPage } from "../support/room-page.mjs";

test("the tape names the instance, the mode and the transport", async ({ arrive, server }) => {
  const ann = await arrive();
  const { instance, mode } = await server.json("/healthz");
  await expect(ann.tape("instance")).toContainText(instance);
  await expect(ann.tape("mode")).toContainText(mode);
  await expect(ann.tape("transport")).toContainText("websocket");
  await expect(ann.tape("reconnects")).toContainText("0");
});

test("the tape measures the way to the server and back", async ({ arrive }) => {
  const ann = await arrive();
  await expect(ann.tape("rtt")).toContainText(/\d/);
});

test("the tape counts people and messages", async ({ arrive }) => {
  const ann = await arrive();
  await expect(ann.tape("people")).toContainText("1");
  const bob = await arrive();
  await expect(ann.tape("people")).toContainText("2");

  await bob.pointAt(10, 10);
  await ann.pointAt(10, 10);
  await expect(ann.tape("in")).toContainText(/[1-9]/);
  await expect(ann.tape("out")).toContainText(/[1-9]/);
});

test("a server by itself has no bus to tell of", async ({ arrive }) => {
  const ann = await arrive();
  await expect(ann.tape("rtt")).toContainText(/\d/);
  await expect(ann.tape("bus")).toBeHidden();
});

test("a server that is cut off from the others is told of within two seconds, and on the tape", async ({ visit, room }) => {
  const page = await visit();
  const ann = new RoomPage(page);
  let bus = { bus: "up", busLagMs: 0.44 };
  // What the tape reads is changed on the way, so that no other server is needed to be cut off from.
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      const [, ack, reading] = /^(43\d+)(\[.*"transport".*)$/.exec(message) ?? [];
      socket.send(reading ? ack + JSON.stringify([{ ...JSON.parse(reading)[0], ...bus }]) : message);
    });
  });
  await ann.open(room);
  await expect(ann.tape("bus")).toHaveText("0.4 ms");
  await expect(ann.cutOff).toHaveCount(0);

  bus = { bus: "away" };
  await expect(ann.cutOff).toBeVisible({ timeout: 2_000 });
  await expect(ann.tape("bus")).toHaveText("away");
  await expect(ann.connection).toHaveAttribute("data-bus", "away");

  bus = { bus: "up", busLagMs: 3 };
  await expect(ann.cutOff).toHaveCount(0, { timeout: 2_000 });
  await expect(ann.tape("bus")).toHaveText("3.0 ms");
});
