import type { Mark } from "../../api/class_types";
import { announce } from "../../app/announcer";
import { wholeClock } from "../../app/format";
import { element, fill } from "../../component/element";
import { button, TextField } from "../../component/input";

const longestMark = 80;
const quick = ["Slide", "Question"];

/** Sets marks on the time line, and lists them. */
export class MarkField {
  readonly element: HTMLElement;
  readonly #text = new TextField("Mark this moment as", { maxlength: longestMark });
  readonly #list = element("ol", { class: "marks", role: "list" });
  readonly #onMark: (text: string) => boolean;

  /** `onMark` says whether the mark could be sent. */
  constructor(onMark: (text: string) => boolean) {
    this.#onMark = onMark;
    this.#text.input.addEventListener("keydown", ({ key }) => {
      if (key === "Enter") this.#setTyped();
    });
    this.element = element(
      "section",
      { class: "card", "aria-label": "Marks" },
      element("h2", {}, "Marks"),
      element(
        "div",
        { class: "mark-row" },
        this.#text.element,
        button("Set mark", () => this.#setTyped()),
        ...quick.map((word) => button(word, () => onMark(word))),
      ),
      this.#list,
    );
    this.show([]);
  }

  /** The newest is on top. */
  show(marks: readonly Mark[]): void {
    const items = [...marks].reverse().map(({ time, text }) => {
      const when = element("span", { class: "number quiet" }, wholeClock(time));
      return element("li", {}, when, " ", text);
    });
    if (items.length > 0) fill(this.#list, ...items);
    else fill(this.#list, element("li", { class: "quiet" }, "None yet"));
  }

  said(mark: Mark): void {
    announce(`Mark set: ${mark.text}`);
  }

  #setTyped(): void {
    if (!this.#text.check("Write what happens now.")) return;
    if (this.#onMark(this.#text.value)) this.#text.value = "";
  }
}
