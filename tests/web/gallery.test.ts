import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { visit } from "./browser";
import { shared } from "./stage";
import { startServer } from "./server";

const skip = process.env["MIEN_BINARY"] ? false : "MIEN_BINARY names no program to start";

test(
  "sample pictures stand beside the expression they are labelled with",
  { skip },
  async (context) => {
    const { browser, media } = await shared();
    const folder = join(media.folder, "gallery");
    mkdirSync(join(folder, "happy"), { recursive: true });
    for (let number = 0; number < 15; number += 1) {
      copyFileSync(media.portrait, join(folder, "happy", `${number}.png`));
    }
    const server = await startServer(["--gallery", folder]);
    context.after(() => server.stop());
    const { page, end } = await visit(browser, server.address);
    await page.goto(`${server.address}/expressions`);
    const happy = page.locator("article[data-expression=happy]");
    const samples = happy.locator(".sample-list img");
    await samples.first().scrollIntoViewIfNeeded();
    await samples.first().evaluate((picture: HTMLImageElement) => picture.decode());
    assert.equal(await samples.count(), 12);
    await happy.getByRole("button", { name: "More" }).click();
    assert.equal(await samples.count(), 15);
    assert.equal(await page.locator("article[data-expression=sad] .sample-list").count(), 0);
    await end();
  },
);
