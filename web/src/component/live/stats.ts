import { element } from "../element";

/** A few numbers with names. */
export class Stats {
  readonly element = element("dl", { class: "stats" });
  readonly #values = new Map<string, HTMLElement>();

  /** `names` gives each number's name, and what it means. */
  constructor(names: readonly (readonly [name: string, meaning: string])[]) {
    for (const [name, meaning] of names) {
      const value = element("dd", {}, "–");
      this.#values.set(name, value);
      this.element.append(element("div", { title: meaning }, element("dt", {}, name), value));
    }
  }

  set(name: string, text: string): void {
    const value = this.#values.get(name);
    if (value && value.textContent !== text) value.textContent = text;
  }
}
