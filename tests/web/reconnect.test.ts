import assert from "node:assert/strict";
import test from "node:test";
import { visit } from "./browser";
import { agree, named } from "./live_steps";
import { shared } from "./stage";
import { startServer } from "./server";

const skip = process.env["MIEN_BINARY"] ? false : "MIEN_BINARY names no program to stop";

test(
  "a server that goes away is told of, and joined again when it is back",
  { skip },
  async (context) => {
    const { browser } = await shared();
    const port = 20_000 + (process.pid % 20_000);
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
