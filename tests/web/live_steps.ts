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
