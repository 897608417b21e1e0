import assert from "node:assert/strict";
import test from "node:test";
import { visit } from "./browser";
import { stat } from "./live_steps";
import { freePort, startServer } from "./server";
import { shared } from "./stage";
import { pictureShown } from "./stream_steps";

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
    await pictureShown(page);
    await stat(page, "Viewers")
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

test(
  "a server that was started anew is shown again, as long as it is watched",
  { skip },
  async (context) => {
    const { browser, media } = await shared();
    const port = await freePort();
    const start = () => startServer(["--source", media.longClip], port);
    const first = await start();
    context.after(() => first.stop());
    // The browser itself notes each connection that is refused.
    const { page, end } = await visit(browser, first.address, { expected: /ERR_|503/ });
    await page.goto(`${first.address}/stream`);
    await pictureShown(page);
    await first.stop();
    const message = page.locator(".notices .notice", { hasText: "No connection" });
    await message.waitFor();
    const events = page.waitForResponse(/stream\/events/, { timeout: 30_000 });
    const second = await start();
    context.after(() => second.stop());
    await message.waitFor({ state: "detached", timeout: 30_000 });
    assert.equal((await events).status(), 200);
    // Those who watch the picture are counted.
    await stat(page, "Viewers")
      .getByText(/^[1-9]/)
      .waitFor();
    await pictureShown(page);
    await end();
  },
);

const told = [
  ["of a server without token", {}, "", /was started with --allow-embedding/],
  ["of a server with a token", { token: true }, "?token=TOKEN", /in place of TOKEN/],
  ["for pages of other sites", { embedding: true }, "", /another site shows it, too\./],
] as const;
for (const [which, said, query, text] of told) {
  test(`the stream's address is told as it can be used, ${which}`, { skip }, async (context) => {
    const { browser, media } = await shared();
    const server = await startServer(["--source", media.longClip]);
    context.after(() => server.stop());
    const { page, end } = await visit(browser, server.address);
    await page.route("**/api/v1/info", async (route) => {
      const response = await route.fetch();
      const { token, embedding, ...older } = await response.json();
      await route.fulfill({ response, json: { ...older, ...said } });
    });
    await page.goto(`${server.address}/stream`);
    const elsewhere = page.getByRole("region", { name: "Elsewhere" });
    const address = `${server.address}/stream.mjpg${query}`;
    assert.equal(await elsewhere.locator("code.address").innerText(), address);
    assert.match(await elsewhere.innerText(), text);
    assert.equal(/token/i.test(await elsewhere.innerText()), query !== "");
    await end();
  });
}
