import { mkdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import type { Page } from "playwright-core";
import { startBrowser, visit, type VisitOptions } from "./browser";
import { drawnFaces } from "./drawn_faces";
import { agree, named } from "./live_steps";
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

async function save(page: Page, name: string, fullPage = false): Promise<void> {
  mkdirSync(folder ?? "", { recursive: true });
  await page.screenshot({ path: join(folder ?? "", `${name}.png`), fullPage });
}

for (const [look, options] of Object.entries(looks)) {
  test(`pictures of every page, ${look}`, { skip }, async () => {
    const { open } = await shared();
    for (const path of ["live", "stream", "expressions", "models", "about"]) {
      const { page, end } = await open(`/${path}`, options);
      await page.waitForLoadState("networkidle");
      await save(page, `${path}-${look}`, true);
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
    await named(page, "happy");
    await page.waitForTimeout(6000); // the chart shows some seconds
    await save(page, `live-running-${look}`, true);
    await end();
  });

  test(`pictures of an analysis, ${look}`, { skip }, async () => {
    const { media, browser, open } = await shared();
    const { picture } = await drawnFaces(browser, media.folder);
    const { page, end } = await open("/analyze", options);
    await page.locator("input[type=file]").setInputFiles([picture, media.clip]);
    await page.locator("canvas.picture").waitFor();
    await page.getByRole("button", { name: "Delete clip.mp4" }).waitFor({ timeout: 60_000 });
    await page.waitForTimeout(500);
    await save(page, `analyze-${look}`, true);
    await end();
  });
}
