import { mkdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import type { Locator, Page, PageScreenshotOptions } from "playwright-core";
import { startBrowser, visit, type VisitOptions } from "./browser";
import { classScene, openClass, participants, takePart, visitAsParticipant } from "./class_steps";
import { screening, seatAudience } from "./drawn_class";
import { drawnFaces } from "./drawn_faces";
import { drawnReport } from "./drawn_session";
import { agree, named } from "./live_steps";
import { startServer } from "./server";
import { shared } from "./stage";

const folder = process.env["MIEN_SCREENSHOTS"];
const skip = folder ? false : "MIEN_SCREENSHOTS names no folder";
const looks = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  phone: {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
  },
} satisfies Record<string, VisitOptions>;

async function save(page: Page, name: string, more: PageScreenshotOptions = {}): Promise<void> {
  mkdirSync(folder ?? "", { recursive: true });
  await page.screenshot({ path: join(folder ?? "", `${name}.png`), fullPage: true, ...more });
}

/** A picture for the README, down to the end of `last`. */
async function saveForReadme(page: Page, name: string, last: Locator): Promise<void> {
  const { width } = looks.light.viewport;
  await page.evaluate(() => scrollTo(0, 0)); // boxes count from what is in view
  const box = await last.boundingBox();
  const height = Math.ceil((box?.y ?? 0) + (box?.height ?? 0)) + 12; // the next card begins after 16
  await save(page, name, { clip: { x: 0, y: 0, width, height } });
}

for (const [look, options] of Object.entries(looks)) {
  test(`pictures of every page, ${look}`, { skip }, async () => {
    const { open } = await shared();
    for (const path of ["live", "stream", "expressions", "models", "about"]) {
      const { page, end } = await open(`/${path}`, options);
      await page.waitForLoadState("networkidle");
      await save(page, `${path}-${look}`);
      await end();
    }
  });

  test(`pictures of the live page at work, ${look}`, { skip }, async (context) => {
    const { media, server, browser: usual } = await shared();
    const browser = await startBrowser((await drawnFaces(usual, media.folder)).camera);
    context.after(() => browser.close());
    const { page, end } = await visit(browser, server.address, options);
    await page.goto(server.address);
    await agree(page);
    await page.locator(".chip", { has: page.locator("[data-expression=happy]") }).click();
    await page.waitForTimeout(look === "light" ? 52_000 : 8_000); // what the chart shows
    await named(page, "surprise");
    await named(page, "happy");
    await page.waitForTimeout(1500); // it is sure again
    await save(page, `live-running-${look}`);
    if (look === "light") await saveForReadme(page, "live", page.locator(".live > .card").first());
    await end();
  });

  test(`pictures of a stream, ${look}`, { skip }, async (context) => {
    const { media, browser } = await shared();
    const { video } = await drawnFaces(browser, media.folder);
    const server = await startServer(["--source", video]);
    context.after(() => server.stop());
    const expected = /ERR_/; // what the browser says of a server that is gone
    const { page, end } = await visit(browser, server.address, { ...options, expected });
    await page.goto(`${server.address}/stream`);
    await page.waitForTimeout(8000); // what the chart shows
    await save(page, `stream-running-${look}`);
    await server.stop();
    await page.getByText("No connection").waitFor();
    await save(page, `stream-gone-${look}`);
    await end();
  });

  test(`pictures of an analysis, ${look}`, { skip }, async () => {
    const { media, browser, open } = await shared();
    const { picture, video } = await drawnFaces(browser, media.folder);
    const { page, end } = await open("/analyze", options);
    await page.locator("input[type=file]").setInputFiles([picture, video]);
    await page.locator("canvas.picture").waitFor();
    await page.getByRole("button", { name: "Delete faces.mp4" }).waitFor({ timeout: 60_000 });
    await page.waitForFunction(
      () => (document.querySelector("video.player") as HTMLVideoElement).readyState >= 3,
    );
    await page.waitForTimeout(500);
    await save(page, `analyze-${look}`);
    await end();
  });
}

/** As if the server listened to its network, whose address is no secret then. */
async function seemReachable(page: Page): Promise<void> {
  await page.evaluate(() => {
    const opened = JSON.parse(sessionStorage.getItem("mien.class") ?? "{}");
    const link = `https://192.168.1.20:5000/join/${opened.code}`;
    sessionStorage.setItem("mien.class", JSON.stringify({ ...opened, link, local: false }));
  });
  await page.reload();
  await participants(page, 0);
}

for (const [look, options] of Object.entries(looks)) {
  test(`pictures of a class, ${look}`, { skip }, async (context) => {
    const { statement, title, marks, end } = screening;
    const { browser, server } = await classScene(context, statement);
    const host = await openClass(browser, server, { title, record: true }, options);
    await seemReachable(host.page);
    await seatAudience(browser, host.link);
    const begun = Date.now();
    const until = (second: number) =>
      host.page.waitForTimeout(Math.max(0, 1000 * second - (Date.now() - begun)));
    const guest = await visitAsParticipant(browser, server, host.link, options);
    await save(guest.page, `class-consent-${look}`);
    await takePart(guest.page, "Rosalind");
    await named(guest.page, "happy");
    await save(guest.page, `class-member-${look}`);
    for (const [at, text] of look === "light" ? marks : []) {
      await until(at);
      await host.page.getByLabel("Mark this moment as").fill(text);
      await host.page.getByRole("button", { name: "Set mark" }).click();
    }
    await until(look === "light" ? end : 20);
    await save(host.page, `class-host-${look}`);
    const { page } = host;
    if (look === "light") await saveForReadme(page, "class", page.locator(".room-camera"));
    await guest.end();
    await host.end();
  });
}

test("a picture of a session's report", { skip }, async () => {
  const { media, browser } = await shared();
  const page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
  await page.goto(`file://${await drawnReport(browser, media.folder)}`);
  const person = page.locator("section", { has: page.getByRole("heading", { name: "Ada" }) });
  const box = await person.boundingBox();
  const clip = { x: 0, y: (box?.y ?? 0) - 12, width: 1000, height: (box?.height ?? 0) + 24 };
  await save(page, "session", { clip });
  await page.close();
});
