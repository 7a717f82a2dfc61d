/** The telemetry tape: what it says is true. */
import { expect, test } from "../support/fixtures.mjs";

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
