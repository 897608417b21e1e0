import assert from "node:assert/strict";
import test from "node:test";
import type { Page } from "playwright-core";
import { startBrowser } from "./browser";
import {
  classScene,
  endClass,
  openClass,
  participants,
  takePart,
  visitAsHost,
  visitAsParticipant,
} from "./class_steps";
import { named, stat } from "./live_steps";
import { shared } from "./stage";

const skip = process.env["MIEN_BINARY"] ? false : "MIEN_BINARY names no program to start";

/** Has the page count how often it asks for a camera. */
async function countCameras(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (wish) => {
      document.documentElement.dataset["asked"] = "yes";
      return ask(wish);
    };
  });
  await page.reload();
  return () => page.locator("html[data-asked]").count();
}

test("a server without classes says how to start one, and leads nobody there", async () => {
  const { open } = await shared();
  const { page, end } = await open("/class");
  await page.getByText("This server takes no classes").waitFor();
  assert.match(await page.locator("main").innerText(), /mien serve --class --purpose/);
  assert.match(await page.locator("main").innerText(), /Article 5\(1\)\(f\)/);
  assert.equal(await page.getByRole("link", { name: "Class", exact: true }).count(), 0);
  await end();
});

test("the form says what for, who agreed and what the law is", { skip }, async (context) => {
  const { browser, server } = await classScene(context);
  const { page, end } = await visitAsHost(browser, server);
  await page.getByRole("link", { name: "Class", exact: true }).waitFor();
  const text = await page.locator("main").innerText();
  for (const said of [/Test of the class page/, /the testers/, /Article 5\(1\)\(f\)/]) {
    assert.match(text, said);
  }
  await page.getByRole("button", { name: "Open the class" }).click();
  await page.getByText("Give the class a title.").waitFor();
  await page.getByText("Choose one of these.").waitFor();
  await end();
});

test(
  "before they agree nobody's camera is asked for, and nothing sent",
  { skip },
  async (context) => {
    const { browser, server } = await classScene(context);
    const host = await openClass(browser, server, { record: true });
    const { page, end } = await visitAsParticipant(browser, server, host.link);
    const cameras = await countCameras(page);
    const sockets: string[] = [];
    page.on("websocket", (socket) => sockets.push(socket.url()));
    const text = await page.locator(".class-form").innerText();
    for (const said of [
      /Test of the class page/,
      /the testers/,
      /only from five on/,
      /Never pictures/,
    ]) {
      assert.match(text, said);
    }
    assert.match(text, /Article 5\(1\)\(f\)/);
    assert.ok(text.includes(new URL(server.address).host));
    assert.equal(await page.getByLabel("Show my name").isChecked(), false);
    assert.equal(await page.getByRole("navigation").count(), 0);
    await page.getByRole("button", { name: "I do not agree" }).click();
    await page.getByText("You did not join").waitFor();
    await page.waitForTimeout(500);
    assert.deepEqual(sockets, []);
    assert.equal(await cameras(), 0);
    assert.deepEqual(await page.evaluate(() => Object.keys(sessionStorage)), []);
    await participants(host.page, 0);
    await end();
    await host.end();
  },
);

test(
  "two join; the group stays hidden, and only who chose so is named",
  { skip },
  async (context) => {
    const { browser, server } = await classScene(context);
    const host = await openClass(browser, server);
    const first = await visitAsParticipant(browser, server, host.link);
    const second = await visitAsParticipant(browser, server, host.link);
    await takePart(first.page, "Ada", { shown: true });
    await takePart(second.page, "Grace");
    await named(first.page, "happy");
    await named(second.page, "happy");
    await participants(host.page, 2);
    await stat(host.page, "Faces seen").getByText("2").waitFor();
    await host.page.getByText("The group is shown from five faces on.").waitFor();
    const list = host.page.getByRole("region", { name: "Shown by name" });
    await list.locator("li", { hasText: "Ada" }).locator("[data-expression=happy]").waitFor();
    assert.equal(await host.page.getByText("Grace").count(), 0);

    await second.page.getByLabel("Show my name").check();
    await list.getByText("Grace").waitFor();
    await first.page.getByLabel("Show my name").uncheck();
    await list.getByText("Ada").waitFor({ state: "detached" });
    await first.end();
    await second.end();
    await participants(host.page, 0);
    await host.end();
  },
);

test("a mood is tapped, and the host reads it of who is shown", { skip }, async (context) => {
  const { browser, server } = await classScene(context);
  const host = await openClass(browser, server, { faces: false });
  assert.equal(await host.page.getByRole("region", { name: "The room’s camera" }).count(), 0);
  const { page, end } = await visitAsParticipant(browser, server, host.link);
  assert.equal(await page.getByLabel("With my camera").count(), 0);
  await takePart(page, "Ada", { shown: true });
  assert.equal(await page.locator("video").count(), 0);
  const sad = page.getByRole("button", { name: "sad" });
  await sad.click();
  await page.locator(".mood[aria-pressed=true]", { hasText: "sad" }).waitFor();
  await host.page.locator(".named [data-expression=sad]").waitFor();
  await host.page.getByText("Moods are shown from five on who told theirs.").waitFor();
  await end();
  await host.end();
});

test("a mark is set, and stays after a reload", { skip }, async (context) => {
  const { browser, server } = await classScene(context);
  const { page, end } = await openClass(browser, server);
  await participants(page, 0);
  const marks = page.locator(".marks");
  await page.getByLabel("Mark this moment as").fill("Pendulum");
  await page.getByRole("button", { name: "Set mark" }).click();
  await marks.getByText("Pendulum").waitFor();
  await page.getByRole("button", { name: "Question" }).click();
  await marks.getByText("Question").waitFor();
  await page.reload();
  await marks.getByText("Pendulum").waitFor();
  await marks.getByText("Question").waitFor();
  await participants(page, 0);
  await end();
});

test("pausing sends nothing more, and the face is not counted", { skip }, async (context) => {
  const { browser, server } = await classScene(context);
  const host = await openClass(browser, server);
  const { page, end } = await visitAsParticipant(browser, server, host.link);
  await takePart(page, "Ada");
  await named(page, "happy");
  const seen = stat(host.page, "Faces seen");
  await seen.getByText("1").waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.locator(".stage").getByText("Paused").waitFor();
  await seen.getByText("0").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await seen.getByText("1").waitFor();
  await end();
  await host.end();
});

test("at most two pictures a second are sent", { skip }, async (context) => {
  const { browser, server } = await classScene(context);
  const host = await openClass(browser, server);
  const { page, end } = await visitAsParticipant(browser, server, host.link);
  await page.evaluate(() => {
    const counting = window as Window & typeof globalThis & { pictures: number };
    counting.pictures = 0;
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (this: WebSocket, data) {
      if (data instanceof Blob) counting.pictures += 1;
      send.call(this, data);
    };
  });
  await takePart(page, "Ada");
  await named(page, "happy");
  const pictures = () => page.evaluate(() => (window as Window & { pictures?: number }).pictures);
  const before = (await pictures()) ?? 0;
  await page.waitForTimeout(3000);
  const sent = ((await pictures()) ?? 0) - before;
  assert.ok(sent >= 2 && sent <= 7, `${sent} in three seconds`);
  await end();
  await host.end();
});

test("the end of a class is told to all, after it was confirmed", { skip }, async (context) => {
  const { browser, server } = await classScene(context);
  const host = await openClass(browser, server);
  const { page, end } = await visitAsParticipant(browser, server, host.link);
  await takePart(page, "Ada");
  await named(page, "happy");
  await host.page.getByRole("button", { name: "End class" }).click();
  await host.page.getByRole("button", { name: "Cancel" }).click();
  await participants(host.page, 1);
  const track = await page
    .locator("video")
    .evaluateHandle((video: HTMLVideoElement) => (video.srcObject as MediaStream).getTracks()[0]);
  await endClass(host.page);
  await page.getByText("The class has ended").first().waitFor();
  assert.equal(await track.evaluate((one) => one?.readyState), "ended");
  const late = await visitAsParticipant(browser, server, host.link);
  await late.page.getByText("The class has ended").first().waitFor();
  await late.end();
  await end();
  await host.end();
});

test("a host whose connection breaks off goes on by itself", { skip }, async (context) => {
  const { browser, server } = await classScene(context);
  const { page, end, link } = await openClass(browser, server);
  const breaks: (() => Promise<void>)[] = [];
  await page.routeWebSocket(/\/host\?/, (socket) => {
    const onward = socket.connectToServer();
    breaks.push(async () => {
      await onward.close();
      await socket.close();
    });
  });
  await page.reload(); // from now on its socket is routed
  await participants(page, 0);
  await breaks[0]?.();
  await page.getByText("No connection").waitFor();
  await page.getByText("No connection").waitFor({ state: "detached" });
  const other = await visitAsParticipant(browser, server, link);
  await takePart(other.page, "Ada", { camera: false });
  await participants(page, 1);
  await other.end();
  await end();
});

test("a wrong link is explained", { skip }, async (context) => {
  const { browser, server } = await classScene(context);
  const link = `${server.address}/join/nosuchone`;
  const { page, end } = await visitAsParticipant(browser, server, link, { expected: /404/ });
  const alert = page.getByRole("alert");
  await alert.getByText("There is no such class").waitFor();
  assert.match(await alert.innerText(), /Ask the host for the link/);
  await end();
});

test("who has no camera is told so, and joins without it", { skip }, async (context) => {
  const { browser: usual, server } = await classScene(context);
  const browser = await startBrowser();
  context.after(() => browser.close());
  const host = await openClass(usual, server);
  const { page, end } = await visitAsParticipant(browser, server, host.link);
  await page.getByLabel("Your name here").fill("Ada");
  await page.getByLabel("With my camera").check();
  await page.getByRole("button", { name: "I agree, join the class" }).click();
  await page.getByRole("alert").getByText("No camera was found").waitFor();
  await takePart(page, "Ada", { camera: false });
  await page.getByText("No camera is read.").waitFor();
  await participants(host.page, 1);
  await end();
  await host.end();
});

test(
  "the room's camera adds faces without names, and no participant",
  { skip },
  async (context) => {
    const { browser, server } = await classScene(context);
    const { page, end } = await openClass(browser, server);
    await page.getByRole("button", { name: "Use this computer’s camera for the room" }).click();
    await stat(page, "Faces seen").getByText("1").waitFor();
    await page.getByText("Nobody chose to be shown by name.").waitFor();
    await page.getByRole("button", { name: "Stop the room’s camera" }).click();
    await stat(page, "Faces seen").getByText("0").waitFor();
    await end();
  },
);

test("a rest is recorded, and results are compared with it", { skip }, async (context) => {
  const { browser, server } = await classScene(context);
  const host = await openClass(browser, server);
  const { page, end } = await visitAsParticipant(browser, server, host.link);
  await takePart(page, "Ada");
  await named(page, "happy");
  await page.getByRole("button", { name: "Record my face at rest" }).click();
  await page.getByText("with a face at rest, for 30 seconds").first().waitFor();
  await page.getByText("Your rest is recorded.").first().waitFor({ timeout: 45_000 });
  await page.getByText("Against my rest:").waitFor();
  await end();
  await host.end();
});
