import type { Locator, Page } from "playwright-core";

/** Agrees to the camera, and waits until it runs. */
export async function agree(page: Page): Promise<void> {
  await page.getByRole("button", { name: "I agree, start the camera" }).click();
  await page.locator(".stage[data-state=running]").waitFor();
}

/** The chosen face's headline, once it names `expression`. */
export async function named(page: Page, expression: string, timeout = 15_000): Promise<Locator> {
  const headline = page.locator(`.headline [data-expression=${expression}]`);
  await headline.waitFor({ timeout });
  return headline;
}

/** How many pixels of the overlay are drawn on. */
export function outlined(page: Page): Promise<number> {
  return page.locator("canvas.stage-overlay").evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, width, height).data ?? [];
    let drawn = 0;
    for (let index = 3; index < pixels.length; index += 4) drawn += pixels[index] ? 1 : 0;
    return drawn;
  });
}

/** The value of one of the numbers below the bars. */
export function stat(page: Page, name: string): Locator {
  return page.locator(".stats > div", { hasText: name }).locator("dd");
}

interface FrameCounts {
  sent: number;
  mostUnanswered: number;
}

type Counting = Window & typeof globalThis & { frameCounts: FrameCounts };

/** Has the page count its frames from now on; Chromium's own events leave out what blobs hold. */
export async function countFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const counts = ((window as Counting).frameCounts = {
      sent: 0,
      mostUnanswered: 0,
    });
    const { send } = WebSocket.prototype;
    let answered = 0;
    WebSocket.prototype.send = function (this: WebSocket, data) {
      if (counts.sent === 0) {
        this.addEventListener("message", ({ data }) => (answered = JSON.parse(data).frame + 1));
      }
      counts.sent += 1;
      counts.mostUnanswered = Math.max(counts.mostUnanswered, counts.sent - answered);
      send.call(this, data);
    };
  });
}

export function frameCounts(page: Page): Promise<FrameCounts> {
  return page.evaluate(() => (window as Counting).frameCounts);
}
