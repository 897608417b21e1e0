import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { visit } from "./browser";
import { agree, countFrames, frameCounts, named } from "./live_steps";
import { shared } from "./stage";
import { freePort, startServer } from "./server";

const shippedModels = fileURLToPath(new URL("../../models", import.meta.url));
const skip = process.env["MIEN_BINARY"] ? false : "MIEN_BINARY names no program to stop";

test(
  "a server that goes away is told of, and joined again when it is back",
  { skip },
  async (context) => {
    const { browser } = await shared();
    const port = await freePort();
    const first = await startServer([], port);
    context.after(() => first.stop());
    // The browser itself notes each connection that is refused.
    const { page, end } = await visit(browser, first.address, {
      expected: /ERR_|WebSocket/,
    });
    await page.goto(first.address);
    await agree(page);
    await named(page, "happy");
    await first.stop();
    const message = page.locator(".notices .notice");
    await message.waitFor();
    assert.match(await message.innerText(), /No connection[\s\S]*Trying again in \d+ s/);
    const second = await startServer([], port);
    context.after(() => second.stop());
    await message.waitFor({ state: "detached", timeout: 20_000 });
    await named(page, "happy");
    await end();
  },
);

test("a server that falls silent is left after ten seconds, and joined anew once", async () => {
  const { open, server } = await shared();
  const { page, end } = await open("/about");
  let [connections, silent] = [0, true];
  await page.routeWebSocket(/api\/v1\/live/, (socket) => {
    connections += 1;
    if (!silent) socket.connectToServer();
  });
  await page.goto(`${server.address}/live`); // from now on its sockets are routed
  await agree(page);
  const message = page.locator(".notices .notice");
  await message.waitFor();
  assert.match(await message.innerText(), /No connection[\s\S]*stopped answering/);
  silent = false;
  await named(page, "happy");
  await message.waitFor({ state: "detached" });
  await page.waitForTimeout(1500);
  assert.equal(connections, 2);
  await end();
});

test(
  "a model that cannot be loaded is told of, and used as soon as it can be",
  { skip },
  async (context) => {
    const { browser, media } = await shared();
    const models = join(media.folder, "models");
    mkdirSync(models);
    const model = join(models, "changing.onnx");
    copyFileSync(join(shippedModels, "mini-xception.onnx"), model);
    const server = await startServer(["--workers", "1"], 0, {
      MIEN_MODELS: `${models}:${shippedModels}`,
    });
    context.after(() => server.stop());
    const { page, end } = await visit(browser, server.address);
    await page.goto(`${server.address}/live`);
    await countFrames(page);
    await page.getByLabel("Model").selectOption("changing");
    const whole = readFileSync(model);
    writeFileSync(model, whole.subarray(0, whole.length / 2));
    await agree(page);
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), /The server cannot analyse the pictures/);
    const before = (await frameCounts(page)).sent;
    await page.waitForTimeout(3000);
    const sent = (await frameCounts(page)).sent - before;
    assert.ok(sent <= 4, `a server that fails was sent ${sent} frames`);
    writeFileSync(model, whole);
    await named(page, "happy");
    await alert.waitFor({ state: "detached" });
    await end();
  },
);
