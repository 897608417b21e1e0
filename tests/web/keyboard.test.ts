import assert from "node:assert/strict";
import test from "node:test";
import { visit } from "./browser";
import { drawnFaces } from "./drawn_faces";
import { Keyboard } from "./keyboard_steps";
import { named } from "./live_steps";
import { startServer } from "./server";
import { shared } from "./stage";
import { pictureShown } from "./stream_steps";

const skip = process.env["MIEN_BINARY"] ? false : "MIEN_BINARY names no program to start";

test("the keyboard alone suffices to reach Live, and to use the camera", async () => {
  const { open } = await shared();
  const { page, end } = await open("/about");
  const keyboard = new Keyboard(page);
  await keyboard.press("Tab");
  assert.equal(await keyboard.focused(), "Skip to content");
  await keyboard.press("Enter");
  assert.equal(await keyboard.focused(), "About Mien");
  await keyboard.press("Shift+Tab");
  await page.reload();
  await page.locator("h1").waitFor();
  await keyboard.tabTo("Live");
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "Live", exact: true }).waitFor();
  await keyboard.tabTo("I agree, start the camera");
  await keyboard.press("Enter");
  await page.locator(".stage[data-state=running]").waitFor();
  assert.equal(await keyboard.focused(), "Pause");
  await named(page, "happy");
  await keyboard.press("Space");
  assert.equal(await keyboard.focused(), "Resume");
  await keyboard.press("Space");
  await keyboard.tabTo("Stop");
  await keyboard.press("Enter");
  assert.equal(await keyboard.focused(), "I agree, start the camera");
  await end();
});

test("the keyboard alone suffices to analyse a picture, choose a face and save", async () => {
  const { media, browser, open } = await shared();
  const { picture } = await drawnFaces(browser, media.folder);
  const { page, end } = await open("/analyze");
  const keyboard = new Keyboard(page);
  await keyboard.tabTo("Choose files");
  await keyboard.pick(picture);
  await page.locator("canvas.picture").waitFor();
  await keyboard.tabTo(/^\d+$/);
  const before = await page.locator(".bars").innerText();
  await keyboard.press("ArrowDown");
  assert.notEqual(await page.locator(".bars").innerText(), before, "another face's probabilities");
  assert.match(await keyboard.focused(), /^\d+$/);
  await keyboard.tabTo("JSON");
  const download = page.waitForEvent("download");
  await keyboard.press("Enter");
  assert.equal((await download).suggestedFilename(), "faces.json");
  await keyboard.tabTo("Remove faces.png", "Shift+Tab");
  await keyboard.press("Enter");
  assert.equal(await page.locator(".result").count(), 0);
  assert.equal(await keyboard.focused(), "Choose files");
  await end();
});

test("the keyboard alone suffices to analyse a video, see a change and delete", async () => {
  const { media, browser, open } = await shared();
  const { video } = await drawnFaces(browser, media.folder);
  const { page, end } = await open("/analyze");
  const keyboard = new Keyboard(page);
  await keyboard.tabTo("Choose files");
  await keyboard.pick(video);
  await page.getByRole("button", { name: "Delete faces.mp4" }).waitFor({ timeout: 60_000 });
  const time = () =>
    page.locator("video").evaluate((player: HTMLVideoElement) => player.currentTime);
  assert.equal(await time(), 0);
  await keyboard.tabTo(/^Show \d:\d\d\.\d in the video$/);
  await keyboard.press("Enter");
  assert.ok((await time()) > 1, "the moment of change is shown");
  await keyboard.tabTo("Delete faces.mp4 from the server", "Shift+Tab");
  await keyboard.press("Enter");
  await page.locator(".result").waitFor({ state: "detached" });
  assert.equal(await keyboard.focused(), "Choose files");
  await end();
});

test("the keyboard alone suffices to choose a model", async () => {
  const { open } = await shared();
  const { page, end } = await open("/models");
  const keyboard = new Keyboard(page);
  const chosen = page.locator(".model-card:has(.use-model :checked)");
  const before = await chosen.getAttribute("aria-label");
  await keyboard.tabTo("Use this model");
  await keyboard.press("ArrowDown");
  const after = (await chosen.getAttribute("aria-label")) ?? "";
  assert.notEqual(after, before);
  await keyboard.tabTo("The recipe that trained it");
  await keyboard.press("Enter");
  assert.equal(await page.locator("details[open]").count(), 1);
  await keyboard.tabTo("Live", "Shift+Tab");
  await keyboard.press("Enter");
  const field = page.getByLabel("Model", { exact: true });
  await field.waitFor();
  assert.equal(await field.inputValue(), after);
  await end();
});

test("the keyboard alone suffices to choose the colours", async () => {
  const { open } = await shared();
  const { page, end } = await open("/about", { colorScheme: "light" });
  const keyboard = new Keyboard(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await keyboard.tabTo("Auto");
  await keyboard.press("ArrowRight", "ArrowRight");
  assert.equal(await keyboard.focused(), "Dark");
  assert.notEqual(await ground(), light);
  const shown = page.locator(".theme-switch span", { hasText: "Dark" });
  assert.equal(
    await shown.evaluate((label) => getComputedStyle(label).outlineStyle),
    "solid",
    "the focus is seen",
  );
  await keyboard.press("ArrowLeft");
  assert.equal(await ground(), light);
  await end();
});

test(
  "the keyboard alone suffices to watch the stream and to pause it",
  { skip },
  async (context) => {
    const { browser, media } = await shared();
    const server = await startServer(["--source", media.longClip]);
    context.after(() => server.stop());
    const { page, end } = await visit(browser, server.address);
    await page.goto(`${server.address}/about`);
    const keyboard = new Keyboard(page);
    await keyboard.tabTo("Stream");
    await keyboard.press("Enter");
    await named(page, "happy");
    await pictureShown(page);
    await keyboard.tabTo("Pause");
    await keyboard.press("Enter");
    assert.equal(await keyboard.focused(), "Resume");
    await page.locator("canvas.stream-picture").waitFor();
    await keyboard.press("Space");
    assert.equal(await keyboard.focused(), "Pause");
    await page.locator("img.stream-picture").waitFor();
    await keyboard.tabTo("Language of labels");
    await keyboard.press("ArrowDown");
    await page.locator(".headline [lang=de]").waitFor();
    await end();
  },
);
