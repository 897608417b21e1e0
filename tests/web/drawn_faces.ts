import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";

const drawing = fileURLToPath(new URL("../../docs/images/faces.svg", import.meta.url));
const size = { width: 1560, height: 362 };
/** The first two, happy and surprised, as far from the left as from the right. */
const twoFaces = "crop=1209:680:62:0,scale=1280:720";

export interface DrawnFaces {
  picture: string;
  camera: string;
  video: string;
}

/**
 * The drawn faces of the README, as a picture, and two of them as what a camera sees, again and
 * again, and as a short video. In both they change places, so that each place changes its
 * expression.
 */
export async function drawnFaces(browser: Browser, folder: string): Promise<DrawnFaces> {
  const faces = {
    picture: join(folder, "faces.png"),
    camera: join(folder, "faces.mjpeg"),
    video: join(folder, "faces.mp4"),
  };
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: 2 });
  await page.goto(`file://${drawing}`);
  await page.screenshot({ path: faces.picture });
  await page.close();
  const jpeg = ["-q:v", "3", "-pix_fmt", "yuvj420p", faces.camera];
  changePlaces(faces.picture, [5, 3], 30, jpeg); // Chromium shows 30 a second, whatever the file says
  const quick = ["-preset", "ultrafast", "-pix_fmt", "yuv420p", faces.video];
  changePlaces(faces.picture, [2, 2], 10, quick);
  return faces;
}

/** `seconds` before and after the change. */
function changePlaces(
  picture: string,
  seconds: [number, number],
  rate: number,
  output: string[],
): void {
  const inputs = seconds.flatMap((time) => {
    return ["-loop", "1", "-framerate", `${rate}`, "-t", `${time}`, "-i", picture];
  });
  const change = `[0]${twoFaces}[a];[1]${twoFaces},hflip[b];[a][b]concat`;
  const options = ["-v", "error", "-y", ...inputs, "-filter_complex", change, ...output];
  execFileSync("ffmpeg", options);
}
