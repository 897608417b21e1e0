import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { startBrowser, visit } from "./browser";
import { agree, countFrames, frameCounts, named, outlined, stat } from "./live_steps";
import { startServer } from "./server";
import { shared } from "./stage";

test("no camera is asked for, and nothing sent, before consent", async () => {
  const { open } = await shared();
  const { page, end } = await open("/live");
  const sockets: string[] = [];
  page.on("websocket", (socket) => sockets.push(socket.url()));
  const consent = page.locator(".consent");
  assert.match(await consent.innerText(), /analysed in memory and dropped/);
  assert.match(await consent.innerText(), /Nothing is recorded/);
  await page.waitForTimeout(500);
  assert.deepEqual(sockets, []);
  assert.equal(
    await page.locator("video").evaluate((video: HTMLVideoElement) => video.srcObject),
    null,
  );
  await end();
});

const estimates = [
  [["gender", "age"], /This server also estimates gender and age, as the face looks\./],
  [["age"], /This server also estimates age, as the face looks\./],
  [[], undefined],
  [undefined, undefined], // an older server
] as const;
for (const [attributes, told] of estimates) {
  const which = attributes?.join(" and ") ?? "nothing";
  test(`consent tells what else is estimated: ${which || "none"}`, async () => {
    const { browser, server } = await shared();
    const { page, end } = await visit(browser, server.address);
    await page.route("**/api/v1/info", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), attributes } });
    });
    const answered = page.waitForResponse("**/api/v1/info");
    await page.goto(`${server.address}/live`);
    await (await answered).finished();
    const consent = page.locator(".consent");
    if (told) await consent.getByText(told).waitFor();
    await page.waitForTimeout(100); // the page takes the answer
    assert.equal(await consent.getByText(/also estimates/).isVisible(), told !== undefined);
    await end();
  });
}

test("a face is outlined and named happy within two seconds after consent", async () => {
  const { open } = await shared();
  const { page, end } = await open("/");
  await agree(page);
  const start = Date.now();
  await named(page, "happy", 2000);
  await page.waitForTimeout(100); // the next drawn frame
  assert.ok((await outlined(page)) > 500, "nothing is drawn over the video");
  assert.ok(Date.now() - start < 2300);
  assert.match(await page.locator(".headline").innerText(), /Face \d+\s+happy\s+\d+%/);
  assert.match(await page.locator(".bars .leading").innerText(), /happy\s+\d+%/);
  await end();
});

test("the rate and the delay are shown, and the chart has a line", async () => {
  const { open } = await shared();
  const { page, end } = await open("/live");
  await agree(page);
  await named(page, "happy");
  await page.waitForTimeout(2500);
  assert.ok(Number(await stat(page, "Frames/s").innerText()) > 1);
  assert.match(await stat(page, "Delay").innerText(), /^\d+ ms$/);
  assert.match(await stat(page, "Dropped").innerText(), /^\d+$/);
  await page.locator(".uplot canvas").waitFor();
  await end();
});

test("at most three frames are unanswered", async () => {
  const { open } = await shared();
  const { page, end } = await open("/live");
  await countFrames(page);
  await agree(page);
  await page.waitForTimeout(3000);
  const { sent, mostUnanswered } = await frameCounts(page);
  assert.ok(sent > 3 && mostUnanswered <= 3, `${sent} sent, ${mostUnanswered} unanswered`);
  await end();
});

test("pausing sends nothing, and resuming goes on", async () => {
  const { open } = await shared();
  const { page, end } = await open("/live");
  await countFrames(page);
  await agree(page);
  await named(page, "happy");
  await page.getByRole("button", { name: "Pause" }).click();
  await page.waitForTimeout(300); // what was being encoded
  const before = (await frameCounts(page)).sent;
  await page.waitForTimeout(700);
  assert.equal((await frameCounts(page)).sent, before);
  assert.ok((await outlined(page)) > 500, "the outline stays while paused");
  const badge = page.locator(".stage").getByText("Paused");
  assert.equal(await badge.isVisible(), true);
  for (const name of ["Frames/s", "Delay", "Dropped"]) {
    assert.equal(await stat(page, name).innerText(), "–");
  }
  await page.getByRole("button", { name: "Resume" }).click();
  await page.waitForTimeout(1000);
  assert.ok((await frameCounts(page)).sent > before);
  assert.equal(await badge.isVisible(), false);
  assert.match(await stat(page, "Delay").innerText(), /^\d+ ms$/);
  await end();
});

test("the picture begins where the heading and the buttons do", async () => {
  const { open } = await shared();
  for (const height of [600, 800, 900]) {
    const { page, end } = await open("/live", { viewport: { width: 1280, height } });
    await agree(page);
    const lefts = await page
      .locator("h1, .stage, .toolbar")
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().left));
    assert.equal(new Set(lefts).size, 1, `${lefts}`);
    await end();
  }
});

test("stopping gives the camera back", async () => {
  const { open } = await shared();
  const { page, end } = await open("/live");
  await agree(page);
  const track = await page
    .locator("video")
    .evaluateHandle((video: HTMLVideoElement) => (video.srcObject as MediaStream).getTracks()[0]);
  await page.getByRole("button", { name: "Stop" }).click();
  assert.equal(await track.evaluate((one) => one?.readyState), "ended");
  await page.getByRole("button", { name: "I agree, start the camera" }).waitFor();
  await end();
});

test("leaving the page gives the camera back", async () => {
  const { open } = await shared();
  const { page, end } = await open("/live");
  await agree(page);
  const track = await page
    .locator("video")
    .evaluateHandle((video: HTMLVideoElement) => (video.srcObject as MediaStream).getTracks()[0]);
  await page.getByRole("link", { name: "About", exact: true }).click();
  await page.getByRole("heading", { name: "About Mien" }).waitFor();
  assert.equal(await track.evaluate((one) => one?.readyState), "ended");
  await end();
});

test("a snapshot is a picture of the camera's size, saved by the browser", async () => {
  const { open } = await shared();
  const { page, end } = await open("/live");
  await agree(page);
  await named(page, "happy");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Snapshot" }).click();
  const saved = await download;
  assert.match(saved.suggestedFilename(), /^mien-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d\.png$/);
  const picture = readFileSync(await saved.path());
  assert.equal(picture.toString("latin1", 1, 4), "PNG");
  assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [640, 480]);
  await end();
});

test("labels follow the chosen language, and the choice is kept", async () => {
  const { open } = await shared();
  const { page, end } = await open("/live");
  await page.getByLabel("Language of labels").selectOption("de");
  await agree(page);
  await page.locator(".headline", { hasText: "Freude" }).waitFor();
  await page.reload();
  assert.match(await page.locator(".bars").innerText(), /Überraschung/);
  assert.equal(await page.locator(".bars span[lang=de]").count(), 7);
  await end();
});

test("the picture is mirrored, or not", async () => {
  const { open } = await shared();
  const { page, end } = await open("/live");
  await agree(page);
  const mirrored = () => page.locator("video.mirrored").count();
  assert.equal(await mirrored(), 1);
  await page.getByLabel("Mirror my picture").uncheck();
  assert.equal(await mirrored(), 0);
  await end();
});

test("the chosen model is asked for, and another one at once", async () => {
  const { open } = await shared();
  const { page, end } = await open("/live");
  const sockets: string[] = [];
  page.on("websocket", (socket) => sockets.push(socket.url()));
  await agree(page);
  await named(page, "happy");
  await page.getByLabel("Model").selectOption("mini-xception");
  await named(page, "happy");
  assert.equal(sockets.length, 2);
  assert.match(sockets[1] ?? "", /model=mini-xception/);
  await end();
});

test("without a camera the page says what to do", async (context) => {
  const { server } = await shared();
  const browser = await startBrowser();
  context.after(() => browser.close());
  const { page, end } = await visit(browser, server.address);
  await page.goto(server.address);
  await page.getByRole("button", { name: "I agree, start the camera" }).click();
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.innerText(), /No camera was found[\s\S]*Connect a camera/);
  await end();
});

test("a page that came by plain http from another host says that the camera needs https", async (context) => {
  const { media } = await shared();
  const server = await startServer(["--allow-host", "mien.example"]);
  context.after(() => server.stop());
  const browser = await startBrowser(media.camera, "mien.example");
  context.after(() => browser.close());
  const address = server.address.replace("localhost", "mien.example");
  // What the browser itself remarks of a page that came like that.
  const expected = /Cross-Origin-Opener-Policy header has been ignored/;
  const { page, end } = await visit(browser, address, { expected });
  await page.goto(`${address}/live`);
  const stage = page.locator(".stage-cover");
  await stage.getByText("This page needs https for your camera").waitFor();
  assert.match(await stage.innerText(), /mien serve --tls-self-signed/);
  assert.equal(await page.locator(".consent").count(), 0, "it cannot be agreed to");
  await page.getByRole("link", { name: "Analyze" }).click();
  await page.locator("input[type=file]").setInputFiles(media.portrait);
  await page.locator("canvas.picture").waitFor(); // the rest works
  await end();
});

test("a refused camera is explained", async () => {
  const { open } = await shared();
  const { page, end } = await open("/live");
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
  });
  await page.getByRole("button", { name: "I agree, start the camera" }).click();
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.innerText(), /The camera was not allowed[\s\S]*Allow it/);
  await page.getByRole("button", { name: "I agree, start the camera" }).waitFor();
  await end();
});
