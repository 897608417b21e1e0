import { mkdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import type { Page, PageScreenshotOptions } from "playwright-core";
import { startBrowser, visit, type VisitOptions } from "./browser";
import { drawnFaces } from "./drawn_faces";
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

/** The README's picture of the web app: all down to the chart. */
async function saveForReadme(page: Page): Promise<void> {
  const { width } = looks.light.viewport;
  const chart = await page.locator(".live > .card").first().boundingBox();
  const height = Math.ceil((chart?.y ?? 0) + (chart?.height ?? 0)) + 12; // the next card begins after 16
  await save(page, "live", { clip: { x: 0, y: 0, width, height } });
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
    if (look === "light") await saveForReadme(page);
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
