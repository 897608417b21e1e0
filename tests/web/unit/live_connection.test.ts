import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { LiveConnection } from "../../../web/src/api/live_connection";
import { type Clock, FakeSocket, fakeBrowser } from "./fake_browser";

interface Scene {
  clock: Clock;
  connection: LiveConnection;
  said: string[];
  /** As the live page does, now and then. */
  watchFor(seconds: number): void;
  newest(): FakeSocket;
}

function scene(context: TestContext): Scene {
  const clock = fakeBrowser(context);
  const said: string[] = [];
  const connection = new LiveConnection("/api/v1/live", 3, {
    onResult: ({ frame }) => said.push(`result ${frame}`),
    onConnected: () => said.push("connected"),
    onLost: (why) => said.push(`lost: ${why}`),
    onFailing: (why) => said.push(`failing: ${why}`),
  });
  const watchFor = (seconds: number) => {
    for (let ticks = 0; ticks < 5 * seconds; ticks += 1) {
      clock.pass(200);
      connection.watch();
      assert.ok(FakeSocket.alive.length <= 1, "two connections at once");
    }
  };
  const newest = () => FakeSocket.all.at(-1) ?? assert.fail("no connection");
  return { clock, connection, said, watchFor, newest };
}

const frame = new Blob(["a picture"]);
const stopped = "lost: The server stopped answering.";

/** What was promised is done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a server that falls silent is left for one new connection, which goes on", async (context) => {
  const { connection, said, watchFor, newest } = scene(context);
  const first = newest();
  first.open();
  connection.send(frame, performance.now());
  watchFor(12);
  await settled();
  assert.deepEqual(said, ["connected", stopped]);
  assert.equal(FakeSocket.all.length, 2);

  const second = newest();
  second.open();
  // What is late from the first one is not heard.
  first.say({ frame: 0, dropped: 0, delay: 1 });
  first.onclose?.({ reason: "late" });
  watchFor(3);
  await settled();
  assert.deepEqual(said, ["connected", stopped, "connected"]);
  assert.equal(FakeSocket.all.length, 2);

  assert.equal(connection.maySend, true);
  connection.send(frame, performance.now());
  second.say({ frame: 0, dropped: 0, delay: 1 });
  assert.equal(said.at(-1), "result 0");
  watchFor(30);
  assert.equal(FakeSocket.all.length, 2);
  connection.close();
});

test("a server that does not even open a connection is asked anew, ever more seldom", async (context) => {
  const { connection, said, watchFor, newest } = scene(context);
  watchFor(60);
  await settled();
  assert.ok(FakeSocket.all.length >= 4 && FakeSocket.all.length <= 6, `${FakeSocket.all.length}`);
  assert.ok(said.every((one) => one === stopped));
  while (newest().readyState !== FakeSocket.CONNECTING) watchFor(1);
  newest().open();
  assert.equal(said.at(-1), "connected");
  connection.close();
  watchFor(30);
  assert.deepEqual(FakeSocket.alive, []);
});

test("a server that cannot analyse is told of, and sent a frame now and then", (context) => {
  const { clock, connection, said, newest } = scene(context);
  const socket = newest();
  socket.open();
  const fail = (frame: number, status: number) =>
    socket.say({ frame, dropped: 0, error: { status, message: "no model" } });
  for (let sent = 0; sent < 3; sent += 1) connection.send(new Blob(), performance.now());
  fail(0, 400);
  assert.deepEqual(said, ["connected"]);
  assert.equal(connection.maySend, true);
  fail(1, 500);
  fail(2, 500);
  assert.deepEqual(said.slice(1), ["failing: no model", "failing: no model"]);
  assert.equal(connection.maySend, false);
  clock.pass(500);
  assert.equal(connection.maySend, true);
  connection.send(frame, performance.now());
  fail(3, 500);
  clock.pass(500);
  assert.equal(connection.maySend, false, "the pause grows");
  clock.pass(500);
  connection.send(frame, performance.now());
  socket.say({ frame: 4, dropped: 0, delay: 1 });
  assert.equal(said.at(-1), "result 4");
  assert.equal(connection.maySend, true);
  connection.close();
});
