import { after } from "node:test";
import type { Browser } from "playwright-core";
import { startBrowser, visit, type Visit, type VisitOptions } from "./browser";
import { Media } from "./media";
import { type Server, startServer } from "./server";

/** What all tests share: the server, a browser with a camera, and the files. */
export interface Stage {
  media: Media;
  server: Server;
  browser: Browser;
  open(path: string, options?: VisitOptions): Promise<Visit>;
}

/** How a phone shows pages. */
export const phone = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
};

let stage: Promise<Stage> | undefined;

async function setStage(): Promise<Stage> {
  const media = new Media();
  const server = await startServer();
  const browser = await startBrowser(media.camera);
  const open = async (path: string, options?: VisitOptions) => {
    const made = await visit(browser, server.address, options);
    await made.page.goto(server.address + path);
    await made.page.locator("h1").waitFor();
    return made;
  };
  return { media, server, browser, open };
}

/** The stage, set when a test first asks for it. */
export function shared(): Promise<Stage> {
  stage ??= setStage();
  return stage;
}

after(async () => {
  const set = await stage;
  await set?.browser.close();
  await set?.server.stop();
  set?.media.remove();
});
