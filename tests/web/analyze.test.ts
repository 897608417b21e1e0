import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import type { Download, Locator, Page } from "playwright-core";
import { visit } from "./browser";
import { drawnFaces } from "./drawn_faces";
import { moment, startProxy } from "./proxy";
import { shared } from "./stage";

const columns =
  "source,frame,time,track,x,y,width,height,score,expression,confidence,uncertain," +
  "angry,disgust,fear,happy,sad,surprise,neutral";

async function drop(page: Page, ...files: string[]): Promise<void> {
  await page.locator("input[type=file]").setInputFiles(files);
}

async function saved(page: Page, name: string): Promise<Download> {
  const download = page.waitForEvent("download");
  await page.locator(".result").getByText(name, { exact: true }).click();
  return download;
}

async function jobsOf(page: Page, address: string): Promise<unknown[]> {
  return (await (await page.request.get(`${address}/api/v1/jobs`)).json()).jobs;
}

/** Waits until the job is done. */
async function done(page: Page, job: string): Promise<void> {
  while ((await (await page.request.get(job)).json()).state !== "done") {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** How much wider than its place a table is. */
function overhang(region: Locator): Promise<number> {
  return region.evaluate((one) => one.scrollWidth - one.clientWidth);
}

/** Scrolls a table to its end, and says how far that was. */
function scrolled(region: Locator): Promise<number> {
  return region.evaluate((one) => {
    one.scrollLeft = one.scrollWidth;
    return one.scrollLeft;
  });
}

/** Of a row: how many lines its looks take, and whether its last cell is in view. */
function measured(row: Element): { lines: number; shown: boolean } {
  const [box, looks] = [...row.children].reverse();
  const tops = [...(looks?.children ?? [])].map((part) => part.getBoundingClientRect().top);
  const right = box?.getBoundingClientRect().right ?? Infinity;
  const edge = row.closest(".table-scroll")?.getBoundingClientRect().right ?? 0;
  return { lines: new Set(tops).size, shown: right <= edge + 1 && edge <= innerWidth };
}

async function textOf(download: Download): Promise<string> {
  return readFileSync(await download.path(), "utf8");
}

test("a picture is analysed, shown and saved", async () => {
  const { media, open } = await shared();
  const { page, end } = await open("/analyze");
  await drop(page, media.portrait);
  await page.locator("canvas.picture").waitFor();
  assert.match(await page.locator("tbody tr").innerText(), /1\s+happy\s+\d+\.\d%/);
  assert.match(await page.locator(".bars .leading").innerText(), /happy/);

  const json = JSON.parse(await textOf(await saved(page, "JSON")));
  assert.equal(json.source, "astronaut.png");
  assert.equal(json.faces[0].expression, "happy");
  const [head, row] = (await textOf(await saved(page, "CSV"))).split("\r\n");
  assert.equal(head, columns);
  assert.match(row ?? "", /^astronaut\.png,0,0,1,.*,happy,/);
  const picture = readFileSync(await (await saved(page, "Annotated picture")).path());
  assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [512, 512]);
  await end();
});

test("several pictures at once, one of them none", async () => {
  const { media, open } = await shared();
  const { page, end } = await open("/analyze", { expected: /400|415|422/ });
  await drop(page, media.portrait, media.noPicture, media.portrait);
  await page.locator("canvas.picture").nth(1).waitFor();
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.innerText(), /This picture could not be analysed/);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "All as JSON" }).click();
  assert.equal(JSON.parse(await textOf(await download)).length, 2);
  await page
    .getByRole("button", { name: /^Remove/ })
    .first()
    .click();
  assert.equal(await page.locator(".result").count(), 2);
  await end();
});

test("what is certainly neither picture nor video is not sent", async () => {
  const { open } = await shared();
  const { page, end } = await open("/analyze");
  const sent: string[] = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  await page.locator("input[type=file]").setInputFiles({
    name: "notes.pdf",
    mimeType: "application/pdf",
    buffer: Buffer.from("%PDF-1.7"),
  });
  const message = page.locator(".notices .notice");
  await message.waitFor();
  assert.match(
    await message.innerText(),
    /notes\.pdf[\s\S]*not a picture or video; choose JPEG, PNG, WebP, TIFF or BMP, or MP4/,
  );
  assert.equal(await page.locator(".result").count(), 0);
  assert.deepEqual(sent, []);
  await end();
});

test("the server's word on a file begins with the file's name", async () => {
  const { media, open } = await shared();
  const { page, end } = await open("/analyze", { expected: /400|415|422/ });
  await drop(page, media.noPicture);
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.innerText(), /\nnoise\.jpg: /);
  await end();
});

for (const [mimeType, name] of [
  ["application/x-matroska", "clip.mkv"],
  ["application/octet-stream", "clip.mp4"],
] as const) {
  test(`a video that the browser takes for ${mimeType} is sent as one`, async () => {
    const { open } = await shared();
    const { page, end } = await open("/analyze", { expected: /400|415|422/ });
    const request = page.waitForRequest(/api\/v1\/jobs\?/);
    const buffer = Buffer.from("no video");
    await page.locator("input[type=file]").setInputFiles({ name, mimeType, buffer });
    await request;
    await page.getByRole("alert").waitFor();
    await end();
  });
}

test("who can see the list of videos is told", async () => {
  const { open } = await shared();
  const { page, end } = await open("/analyze");
  assert.match(
    await page.locator(".drop-zone").innerText(),
    /Whoever can open this server's address can see the list of videos/,
  );
  await end();
});

const looks = { gender: { label: "female", confidence: 0.9 }, age: 34 };
for (const width of [390, 1280]) {
  test(`a table with looks is seen or can be scrolled, and a video's fits, at ${width} pixels`, async () => {
    const { media, browser, open } = await shared();
    const { picture, video } = await drawnFaces(browser, media.folder);
    const { page, end } = await open("/analyze", { viewport: { width, height: 800 } });
    await page.route("**/api/v1/analyze?*", async (route) => {
      const response = await route.fetch();
      const result = await response.json();
      for (const face of result.faces) face.attributes = looks;
      await route.fulfill({ response, json: result });
    });
    await drop(page, picture, video);
    const faces = page.getByRole("region", { name: "Faces" });
    await faces.waitFor();
    assert.equal(await overhang(faces), width === 390 ? await scrolled(faces) : 0);
    const { lines, shown } = await faces.getByRole("row").nth(1).evaluate(measured);
    assert.ok(lines <= 2, `${lines} lines of looks`);
    assert.ok(shown, "the box can be seen");
    const shares = page.getByRole("region", { name: "Shares of each face" });
    await shares.waitFor({ timeout: 60_000 });
    assert.equal(await overhang(shares), 0);
    await page.getByRole("button", { name: "Delete faces.mp4" }).click();
    await shares.waitFor({ state: "detached" });
    await end();
  });
}

test("a picture is pasted, another one dropped", async () => {
  const { media, open } = await shared();
  const { page, end } = await open("/analyze");
  const content = readFileSync(media.portrait).toString("base64");
  for (const [kind, target] of [
    ["paste", "body"],
    ["drop", ".drop-zone"],
  ] as const) {
    await page.locator(target).evaluate(
      (element, { kind, content }) => {
        const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
        const carrier = new DataTransfer();
        carrier.items.add(new File([bytes], `${kind}.png`, { type: "image/png" }));
        const options = { bubbles: true, cancelable: true };
        element.dispatchEvent(
          kind === "paste"
            ? new ClipboardEvent("paste", {
                ...options,
                clipboardData: carrier,
              })
            : new DragEvent("drop", { ...options, dataTransfer: carrier }),
        );
      },
      { kind, content },
    );
    await page
      .getByRole("article", { name: `${kind}.png` })
      .locator("canvas.picture")
      .waitFor();
  }
  await end();
});

test("the chosen model analyses", async () => {
  const { media, open } = await shared();
  const { page, end } = await open("/analyze");
  await page.getByLabel("Model").selectOption("mini-xception");
  const request = page.waitForRequest(/api\/v1\/analyze/);
  await drop(page, media.portrait);
  assert.match((await request).url(), /model=mini-xception/);
  await page.locator("canvas.picture").waitFor();
  await end();
});

test("a video is analysed, shown over time, saved and deleted", async () => {
  const { media, open, server } = await shared();
  const { page, end } = await open("/analyze");
  await drop(page, media.clip);
  await page.locator("progress").waitFor();
  await page.getByRole("button", { name: "Delete clip.mp4" }).waitFor({ timeout: 60_000 });
  await page.locator(".uplot canvas").waitFor();
  assert.match(await page.locator("table.tracks").innerText(), /happy \d+%/);
  await page.getByRole("heading", { name: "Moments of change" }).waitFor();
  await page.waitForFunction(
    () => (document.querySelector("video.player") as HTMLVideoElement).readyState >= 1,
  );

  assert.ok(JSON.parse(await textOf(await saved(page, "JSON"))));
  const lines = (await textOf(await saved(page, "JSON Lines"))).trim().split("\n");
  assert.equal(lines.length, 30);
  assert.equal((await textOf(await saved(page, "CSV"))).split("\r\n")[0], columns);
  const video = readFileSync(await (await saved(page, "Annotated video")).path());
  assert.equal(video.toString("latin1", 4, 8), "ftyp");

  await page.reload();
  const remove = page.getByRole("button", { name: "Delete clip.mp4" });
  await remove.waitFor();
  const jobs = async () => (await jobsOf(page, server.address)).length;
  const before = await jobs();
  await remove.click();
  await page.locator(".result").waitFor({ state: "detached" });
  assert.equal(await jobs(), before - 1);
  await end();
});

test("the newest video is the first, also after a reload", async () => {
  const { media, open } = await shared();
  const { page, end } = await open("/analyze");
  const buffer = readFileSync(media.clip);
  const names = ["first.mp4", "second.mp4", "third.mp4"];
  for (const name of names) {
    await page.locator("input[type=file]").setInputFiles({ name, mimeType: "video/mp4", buffer });
    await page.getByRole("button", { name: `Delete ${name}` }).waitFor({ timeout: 60_000 });
  }
  const shown = () => page.locator(".result h3").allInnerTexts();
  assert.deepEqual(await shown(), [...names].reverse());
  await page.reload();
  for (const name of names) await page.getByRole("button", { name: `Delete ${name}` }).waitFor();
  assert.deepEqual(await shown(), [...names].reverse());
  for (const name of names) await page.getByRole("button", { name: `Delete ${name}` }).click();
  await page.locator(".result").first().waitFor({ state: "detached" });
  await end();
});

test("a video's analysis is cancelled", async () => {
  const { media, open } = await shared();
  const { page, end } = await open("/analyze");
  await drop(page, media.longClip);
  await page.locator(".stage-name", { hasText: "Analysing, frame" }).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator(".notice", { hasText: "Cancelled" }).waitFor();
  await page.getByRole("button", { name: "Remove" }).click();
  await page.locator(".result").waitFor({ state: "detached" });
  await end();
});

for (const first of ["the answer", "the result"] as const) {
  test(`a video that ends when it is cancelled shows its result, ${first} first`, async () => {
    const { media, open, server } = await shared();
    const { page, end } = await open("/analyze", { expected: /409/ });
    let told = false; // that the video is done
    await page.route(/\/api\/v1\/jobs\/\w+$/, async (route) => {
      const response = await route.fetch();
      const job = await response.json();
      await route.fulfill({ response, json: told ? job : { ...job, state: "running" } });
    });
    const remove = page.getByRole("button", { name: "Delete clip.mp4" });
    await page.route("**/cancel", async (route) => {
      const job = new URL(route.request().url()).pathname.replace("/cancel", "");
      await done(page, server.address + job);
      told = first === "the result";
      if (told) await remove.waitFor();
      await route.continue();
    });
    await drop(page, media.clip);
    await page.locator(".stage-name", { hasText: "Analysing, frame" }).waitFor();
    const answer = page.waitForResponse(/cancel$/, { timeout: 60_000 });
    await page.getByRole("button", { name: "Cancel" }).click();
    assert.equal((await answer).status(), 409);
    await page.waitForTimeout(200); // the page takes the answer
    told = true;
    await remove.waitFor();
    assert.match(await page.locator("table.tracks").innerText(), /happy \d+%/);
    assert.equal(await page.getByRole("alert").count(), 0);
    await page.unroute(/\/api\/v1\/jobs\/\w+$/);
    await remove.click();
    await page.locator(".result").waitFor({ state: "detached" });
    await end();
  });
}

test("a video that is cancelled when all of it is sent is deleted", async (context) => {
  const { media, browser, server } = await shared();
  const [taken, told] = [moment(), moment()];
  const proxy = await startProxy(server.address, ({ method, url }) => {
    if (method !== "POST" || !url?.startsWith("/api/v1/jobs?")) return undefined;
    taken.now();
    return told.come;
  });
  context.after(() => proxy.stop());
  const { page, end } = await visit(browser, proxy.address);
  await page.goto(`${proxy.address}/analyze`);
  const before = (await jobsOf(page, server.address)).length;
  await drop(page, media.clip);
  await page.locator(".stage-name", { hasText: "Sending, 100%" }).waitFor();
  await taken.come;
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator(".stage-name", { hasText: "Cancelling" }).waitFor();
  told.now();
  const cancelled = page.locator(".notice", { hasText: "Cancelled" });
  await cancelled.waitFor();
  assert.match(await cancelled.innerText(), /The server deleted the video/);
  assert.equal((await jobsOf(page, server.address)).length, before);
  await page.reload();
  await page.locator("h1").waitFor();
  assert.equal(await page.locator(".result").count(), 0);
  await end();
});

test("what is no video is said to be none", async () => {
  const { open } = await shared();
  const { page, end } = await open("/analyze", { expected: /400|415|422/ });
  await page.locator("input[type=file]").setInputFiles({
    name: "noise.mp4",
    mimeType: "video/mp4",
    buffer: Buffer.from("no video"),
  });
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.innerText(), /This video could not be/);
  await end();
});
