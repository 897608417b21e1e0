import type { Page } from "playwright-core";

/** Waits until the stream's picture has arrived. */
export async function pictureShown(page: Page): Promise<void> {
  await page.waitForFunction(
    () => (document.querySelector("img.stream-picture") as HTMLImageElement)?.naturalWidth > 0,
  );
}
