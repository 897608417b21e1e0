import assert from "node:assert/strict";
import test from "node:test";
import { visit } from "./browser";
import { drawnFaces } from "./drawn_faces";
import { agree, named } from "./live_steps";
import { findings, paths } from "./page_checks";
import { startServer } from "./server";
import { shared } from "./stage";
import { pictureShown } from "./stream_steps";

const skip = process.env["MIEN_BINARY"] ? false : "MIEN_BINARY names no program to start";

for (const colorScheme of ["light", "dark"] as const) {
  for (const path of paths) {
    test(`${path} has no serious accessibility finding, ${colorScheme}`, async () => {
      const { open } = await shared();
      const { page, end } = await open(`/${path}`, { colorScheme });
      await page.waitForLoadState("networkidle");
      assert.deepEqual(await findings(page), []);
      await end();
    });
  }

  test(`live at work and a result have no serious finding, ${colorScheme}`, async () => {
    const { media, open } = await shared();
    const { page, end } = await open("/live", { colorScheme });
    await agree(page);
    await named(page, "happy");
    await page.getByRole("button", { name: "Pause" }).click();
    assert.deepEqual(await findings(page), []);
    await page.getByRole("link", { name: "Analyze" }).click();
    await page.locator("input[type=file]").setInputFiles(media.portrait);
    await page.locator("canvas.picture").waitFor();
    assert.deepEqual(await findings(page), []);
    await end();
  });

  test(`faces and a video with changes have no serious finding, ${colorScheme}`, async () => {
    const { media, browser, open } = await shared();
    const { picture, video } = await drawnFaces(browser, media.folder);
    const { page, end } = await open("/analyze", { colorScheme });
    await page.locator("input[type=file]").setInputFiles([picture, video]);
    await page.getByRole("region", { name: "Faces" }).getByRole("radio").nth(1).check();
    const remove = page.getByRole("button", { name: "Delete faces.mp4" });
    await remove.waitFor({ timeout: 60_000 });
    await page.locator(".changes li").first().waitFor();
    assert.deepEqual(await findings(page), []);
    await remove.click();
    await page.locator(".player").waitFor({ state: "detached" });
    assert.deepEqual(await findings(page), []);
    await end();
  });

  test(`all that is said of models has no serious finding, ${colorScheme}`, async () => {
    const { open } = await shared();
    const { page, end } = await open("/models", { colorScheme });
    await page.getByLabel("Use this model").last().check();
    for (const summary of await page.locator("summary").all()) await summary.click();
    assert.ok((await page.locator("details[open]").count()) > 0);
    assert.deepEqual(await findings(page), []);
    await end();
  });

  test(`colours that are chosen have no serious finding, ${colorScheme}`, async () => {
    const { open } = await shared();
    const { page, end } = await open("/about", { colorScheme });
    for (const theme of ["Light", "Dark"]) {
      await page.getByText(theme, { exact: true }).click();
      assert.deepEqual(await findings(page), []);
    }
    await end();
  });

  test(`a stream has no serious finding, ${colorScheme}`, { skip }, async (context) => {
    const { browser, media } = await shared();
    const server = await startServer(["--source", media.longClip]);
    context.after(() => server.stop());
    const expected = /ERR_|503/; // what the browser says of a server that is gone
    const { page, end } = await visit(browser, server.address, { colorScheme, expected });
    await page.goto(`${server.address}/stream`);
    await named(page, "happy");
    await pictureShown(page);
    assert.deepEqual(await findings(page), []);
    await page.getByRole("button", { name: "Pause" }).click();
    assert.deepEqual(await findings(page), []);
    await page.getByRole("button", { name: "Resume" }).click();
    await server.stop();
    await page.getByText("No connection").waitFor();
    assert.deepEqual(await findings(page), []);
    await end();
  });
}
