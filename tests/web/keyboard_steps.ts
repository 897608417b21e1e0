import assert from "node:assert/strict";
import type { Page } from "playwright-core";

const mostSteps = 80;

/** A user who has a keyboard alone. */
export class Keyboard {
  constructor(readonly page: Page) {
    // Whoever waits for a picker only just before Enter may come too late for the browser.
    page.on("filechooser", () => undefined);
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** The name of what has the focus, as it is read out. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const focused = document.activeElement as HTMLInputElement | null;
      const label = focused?.labels?.[0] ?? focused;
      return focused?.ariaLabel ?? label?.textContent?.trim() ?? "";
    });
  }

  /** Goes on to what is named so; with `key` "Shift+Tab" back to it. */
  async tabTo(name: string | RegExp, key = "Tab"): Promise<void> {
    const passed = [];
    while (passed.length < mostSteps) {
      await this.press(key);
      const focused = await this.focused();
      if (typeof name === "string" ? focused === name : name.test(focused)) return;
      passed.push(focused);
    }
    assert.fail(`${key} does not reach ${name}, but ${passed.join(", ")}`);
  }

  /** Gives files to the picker that Enter opens. */
  async pick(files: string | string[]): Promise<void> {
    const picker = this.page.waitForEvent("filechooser");
    await this.press("Enter");
    await (await picker).setFiles(files);
  }
}
