import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";

const drawing = fileURLToPath(new URL("../../docs/images/faces.svg", import.meta.url));
const size = { width: 1560, height: 362 };
const twoFaces = "crop=1288:724:22:0,scale=1280:720";

export interface DrawnFaces {
  picture: string;
  camera: string;
}

/** The drawn faces of the README, as a picture, and two of them as what a camera sees. */
export async function drawnFaces(browser: Browser, folder: string): Promise<DrawnFaces> {
  const picture = join(folder, "faces.png");
  const camera = join(folder, "faces.mjpeg");
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: 2 });
  await page.goto(`file://${drawing}`);
  await page.screenshot({ path: picture });
  await page.close();
  const input = ["-loop", "1", "-i", picture, "-t", "1", "-r", "15"];
  const output = ["-vf", twoFaces, "-q:v", "2", "-pix_fmt", "yuvj420p", camera];
  execFileSync("ffmpeg", ["-v", "error", "-y", ...input, ...output]);
  return { picture, camera };
}
