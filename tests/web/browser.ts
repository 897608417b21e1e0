import assert from "node:assert/strict";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const program = process.env["MIEN_CHROMIUM"] ?? "/usr/bin/chromium";

/** Chromium, whose only camera is the file `camera`; without one it has none. It takes `host` for this machine. */
export function startBrowser(camera?: string, host?: string): Promise<Browser> {
  const fake = camera
    ? ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${camera}`]
    : [];
  const named = host ? [`--host-resolver-rules=MAP ${host} 127.0.0.1`] : [];
  return chromium.launch({
    executablePath: program,
    args: ["--use-fake-ui-for-media-stream", "--no-first-run", ...fake, ...named],
  });
}

/** What a visit must be free of. */
export interface Visit {
  page: Page;
  /** Fails if the console had an error, or another host was asked for anything. */
  end(): Promise<void>;
}

export interface VisitOptions extends BrowserContextOptions {
  /** Errors in the console that belong to the test. */
  expected?: RegExp;
}

/** A new page, in a context of its own. */
export async function visit(
  browser: Browser,
  address: string,
  { expected, ...options }: VisitOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    acceptDownloads: true,
    locale: "en-GB",
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const complain = (text: string) => {
    if (!expected?.test(text)) complaints.push(text);
  };
  page.on("console", (message) => {
    if (message.type() === "error") complain(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complain(`page: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== address) complain(`asked ${url.href}`);
  });
  page.setDefaultTimeout(15_000);
  return {
    page,
    end: async () => {
      await context.close();
      assert.deepEqual(complaints, []);
    },
  };
}
