import { announce } from "../../app/announcer";
import { element, fill } from "../../component/element";
import { expressionName } from "../../component/expression_name";
import { expressions, type Expression } from "../../expression/expression";
import { labelLanguage, labelOf } from "../../expression/label";

const told = 300_000; // milliseconds for which the group counts a mood

/** Seven moods to tap. */
export class MoodButtons {
  readonly element: HTMLElement;
  readonly #buttons = new Map<Expression, HTMLButtonElement>();
  readonly #said = element("p", { class: "quiet" });
  #timer: number | undefined;
  #unfollow: () => void;

  constructor(onTap: (mood: Expression) => void) {
    for (const mood of expressions) {
      const tap = () => onTap(mood);
      const attributes = { type: "button", class: "mood", "aria-pressed": "false" };
      this.#buttons.set(mood, element("button", { ...attributes, on: { click: tap } }));
    }
    this.element = element(
      "section",
      { class: "card", "aria-label": "My mood" },
      element("h2", {}, "My mood"),
      element("p", {}, "Tap what fits, as often as you like."),
      element("div", { class: "moods" }, ...this.#buttons.values()),
      this.#said,
    );
    this.#unfollow = labelLanguage.follow(() => this.#name());
    this.#name();
    this.#mark(undefined);
  }

  /** The server has taken it. */
  taken(mood: Expression): void {
    this.#mark(mood);
    announce(`Taken: ${labelOf(mood)}`);
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#mark(undefined), told);
  }

  /** It was not sent. */
  failed(): void {
    this.#said.textContent = "Not sent, as there is no connection now. Tap again when it is back.";
  }

  destroy(): void {
    window.clearTimeout(this.#timer);
    this.#unfollow();
  }

  #mark(taken: Expression | undefined): void {
    for (const [mood, button] of this.#buttons)
      button.setAttribute("aria-pressed", String(mood === taken));
    this.#said.textContent = taken
      ? "It counts in the group for five minutes."
      : "A mood counts in the group for five minutes.";
  }

  #name(): void {
    for (const [mood, button] of this.#buttons) fill(button, expressionName(mood));
  }
}
