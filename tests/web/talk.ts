import assert from "node:assert/strict";
import type { JSHandle, Page } from "playwright-core";

interface Ears {
  socket: WebSocket;
  heard: string[];
}

/** A WebSocket of a page, message by message. */
export class Talk {
  readonly #page: Page;
  readonly #ears: JSHandle<Ears>;

  private constructor(page: Page, ears: JSHandle<Ears>) {
    this.#page = page;
    this.#ears = ears;
  }

  /** From a page of the server. */
  static async begin(page: Page, path: string): Promise<Talk> {
    const ears = await page.evaluateHandle(async (path) => {
      const socket = new WebSocket(location.origin.replace("http", "ws") + path);
      const heard: string[] = [];
      socket.onmessage = ({ data }) => heard.push(String(data));
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = () => reject(new Error(`no connection to ${path}`));
      });
      return { socket, heard };
    }, path);
    return new Talk(page, ears);
  }

  /** A text, or a picture. */
  async send(message: object | Buffer): Promise<void> {
    const picture = Buffer.isBuffer(message) ? message.toString("base64") : undefined;
    await this.#ears.evaluate(
      ({ socket }, { picture, text }) => {
        if (picture === undefined) return socket.send(text);
        socket.send(Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0)));
      },
      { picture, text: JSON.stringify(message) },
    );
  }

  /** The next answer. */
  async next(): Promise<any> {
    await this.#page.waitForFunction(({ heard }) => heard.length > 0, this.#ears);
    const text = await this.#ears.evaluate(({ heard }) => heard.shift());
    return JSON.parse(text ?? "");
  }

  /** The next answer of that kind. */
  async until(isIt: (message: any) => boolean): Promise<any> {
    for (let tries = 0; tries < 30; tries += 1) {
      const message = await this.next();
      if (isIt(message)) return message;
    }
    assert.fail("it was never told");
  }
}
