import { after, before } from "node:test";
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

let stage: Stage | undefined;

before(async () => {
  const media = new Media();
  const server = await startServer();
  const browser = await startBrowser(media.camera);
  const open = async (path: string, options?: VisitOptions) => {
    const made = await visit(browser, server.address, options);
    await made.page.goto(server.address + path);
    await made.page.locator("h1").waitFor();
    return made;
  };
  stage = { media, server, browser, open };
});

after(async () => {
  await stage?.browser.close();
  await stage?.server.stop();
  stage?.media.remove();
});

export function shared(): Stage {
  if (!stage) throw new Error("the stage is set before the first test");
  return stage;
}
