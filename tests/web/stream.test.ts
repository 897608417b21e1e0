import assert from "node:assert/strict";
import test from "node:test";
import { visit } from "./browser";
import { shared } from "./stage";
import { startServer } from "./server";

const skip = process.env["MIEN_BINARY"] ? false : "MIEN_BINARY names no program to start";

test("without a source the page says how to give one", async () => {
  const { open } = await shared();
  const { page, end } = await open("/stream");
  await page.getByText("This server has no stream").waitFor();
  assert.match(await page.locator("pre").innerText(), /mien serve --source/);
  await end();
});

test(
  "the server's stream is shown, with its chart, and can be paused",
  { skip },
  async (context) => {
    const { browser, media } = await shared();
    const server = await startServer(["--source", media.longClip]);
    context.after(() => server.stop());
    const { page, end } = await visit(browser, server.address);
    await page.goto(`${server.address}/stream`);
    await page.locator(".headline [data-expression=happy]").waitFor();
    await page.waitForFunction(
      () => (document.querySelector("img.stream-picture") as HTMLImageElement).naturalWidth > 0,
    );
    await page
      .locator(".stats > div", { hasText: "Viewers" })
      .getByText(/^[1-9]/)
      .waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    assert.equal(await page.locator("img.stream-picture").isVisible(), false);
    assert.ok((await page.locator("canvas.stream-picture").getAttribute("width")) !== "0");
    await page.getByRole("button", { name: "Resume" }).click();
    await page.locator("img.stream-picture").waitFor();
    await end();
  },
);
