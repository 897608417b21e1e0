import type { ClassTerms, OpenedClass } from "../../api/class_types";
import { postJson, sentenceOf } from "../../api/request";
import { element, fill } from "../../component/element";
import { button, CheckBox, RadioChoice, TextField } from "../../component/input";
import { lawNotice } from "../../component/law_notice";
import { notice } from "../../component/notice";

const longestTitle = 80;

/** Opens a class; calls `onOpened` with it. */
export class OpenForm {
  readonly element: HTMLElement;
  readonly #title = new TextField("Title", {
    maxlength: longestTitle,
    hint: "Participants see it.",
  });
  readonly #reading = new RadioChoice("What is read", [
    [
      "faces",
      "Read faces",
      "Who agrees to it sends pictures of their camera; others tell their mood.",
    ],
    ["reports", "Self-report only", "No camera is ever read. Participants tap their mood."],
  ]);
  readonly #record = new CheckBox("Record the class on the server’s machine");
  readonly #notices = element("div", { class: "notices" });
  readonly #open = button("Open the class", () => void this.#post(), "primary");
  readonly #onOpened: (opened: OpenedClass) => void;

  constructor(terms: ClassTerms, onOpened: (opened: OpenedClass) => void) {
    this.#onOpened = onOpened;
    this.element = element(
      "div",
      { class: "prose" },
      lawNotice(),
      element(
        "section",
        { class: "card class-form", "aria-label": "Open a class" },
        element("h2", {}, "Open a class"),
        termsList(terms),
        this.#title.element,
        this.#reading.element,
        terms.recording && element("div", {}, this.#record.element, recordMeaning()),
        this.#notices,
        element("div", { class: "toolbar" }, this.#open),
      ),
    );
    this.#title.input.addEventListener("keydown", ({ key }) => {
      if (key === "Enter") void this.#post();
    });
  }

  async #post(): Promise<void> {
    const complete = [this.#title.check("Give the class a title."), this.#reading.check()];
    if (complete.includes(false) || this.#open.disabled) return;
    this.#open.disabled = true;
    fill(this.#notices);
    try {
      const opened = await postJson<OpenedClass>("/api/v1/classes", {
        title: this.#title.value,
        record: this.#record.checked,
        faces: this.#reading.value === "faces",
      });
      this.#onOpened(opened);
    } catch (failure) {
      fill(this.#notices, notice("error", "The class was not opened", sentenceOf(failure)));
    } finally {
      this.#open.disabled = false;
    }
  }
}

function recordMeaning(): HTMLElement {
  return element(
    "p",
    { class: "field-hint" },
    "For each second probabilities and labels, never pictures. Each participant is told before joining, and can take their part back.",
  );
}

function termsList({ purpose, agreed }: ClassTerms): HTMLElement {
  const row = (name: string, text: string) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, text));
  return element("dl", { class: "facts" }, row("Purpose", purpose), row("Agreed by", agreed));
}
