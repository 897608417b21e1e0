import assert from "node:assert/strict";
import test from "node:test";
import type { Page } from "playwright-core";
import { visit } from "./browser";
import { agree, named } from "./live_steps";
import { startServer } from "./server";
import { phone, shared } from "./stage";
import { pictureShown } from "./stream_steps";

const skip = process.env["MIEN_BINARY"] ? false : "MIEN_BINARY names no program to start";
const token = "a-token-for-the-phone";

async function choose(page: Page, title: string): Promise<void> {
  await page.getByRole("button", { name: "Menu" }).tap();
  await page.getByRole("link", { name: title, exact: true }).tap();
}

test(
  "a phone opens the printed address, and all works by https and token",
  { skip },
  async (context) => {
    const { browser, media } = await shared();
    const open = ["--listen", "0.0.0.0", "--token", token, "--tls-self-signed"];
    const server = await startServer([...open, "--source", media.longClip]);
    context.after(() => server.stop());
    const { page, end } = await visit(browser, server.address, {
      ...phone,
      ignoreHTTPSErrors: true,
    });
    assert.equal(server.url, `${server.address}/?token=${token}`);
    assert.match(server.address, /^https:/);
    await page.goto(server.url);
    await agree(page);
    assert.equal(page.url(), `${server.address}/`, "the token does not stay in the address");
    await named(page, "happy");

    await choose(page, "Analyze");
    await page.locator("input[type=file]").setInputFiles([media.portrait, media.clip]);
    await page.locator("canvas.picture").waitFor();
    await page.getByRole("button", { name: "Delete clip.mp4" }).waitFor({ timeout: 60_000 });

    await choose(page, "Stream");
    await named(page, "happy");
    await pictureShown(page);
    await page.getByText(`${server.address}/stream.mjpg?token=TOKEN`).waitFor();
    await end();
  },
);
