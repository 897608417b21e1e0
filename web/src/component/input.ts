import { element, freshId } from "./element";

interface TextOptions {
  maxlength: number;
  /** Said below the field. */
  hint?: string;
  autocomplete?: string;
}

/** A labelled line of text. */
export class TextField {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  readonly #complaint: HTMLElement;

  constructor(label: string, { maxlength, hint, autocomplete = "off" }: TextOptions) {
    const id = freshId("field");
    const hintId = `${id}-hint`;
    this.input = element("input", {
      id,
      type: "text",
      maxlength,
      autocomplete,
      "aria-describedby": hint ? `${hintId} ${id}-complaint` : `${id}-complaint`,
      on: { input: () => this.#complain("") },
    });
    this.#complaint = element("p", { id: `${id}-complaint`, class: "complaint", role: "alert" });
    this.element = element(
      "div",
      { class: "field" },
      element("label", { for: id }, label),
      this.input,
      hint && element("p", { id: hintId, class: "field-hint" }, hint),
      this.#complaint,
    );
  }

  get value(): string {
    return this.input.value.trim();
  }

  set value(value: string) {
    this.input.value = value;
  }

  /** Whether there is something in it; complains and goes there otherwise. */
  check(complaint: string): boolean {
    if (this.value) return true;
    this.#complain(complaint);
    this.input.focus();
    return false;
  }

  #complain(complaint: string): void {
    this.#complaint.textContent = complaint;
    if (complaint) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }
}

/** A labelled box to tick. */
export class CheckBox {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;

  constructor(label: string, onChange: () => void = () => undefined) {
    const id = freshId("field");
    this.#input = element("input", { id, type: "checkbox", on: { change: onChange } });
    const text = element("label", { for: id }, label);
    this.element = element("div", { class: "field-check" }, this.#input, text);
  }

  get checked(): boolean {
    return this.#input.checked;
  }

  set checked(checked: boolean) {
    this.#input.checked = checked;
  }
}

/** One of a few, each with a word on what it means; none is chosen beforehand. */
export class RadioChoice<T extends string> {
  readonly element: HTMLFieldSetElement;
  readonly #inputs = new Map<T, HTMLInputElement>();
  readonly #complaint = element("p", { class: "complaint", role: "alert" });

  constructor(
    legend: string,
    options: readonly (readonly [value: T, label: string, meaning?: string])[],
    onChange: () => void = () => undefined,
  ) {
    const name = freshId("choice");
    const change = () => {
      this.#complaint.textContent = "";
      onChange();
    };
    const rows = options.map(([value, label, meaning]) => {
      const input = element("input", { type: "radio", name, on: { change } });
      this.#inputs.set(value, input);
      const text = element(
        "span",
        {},
        element("span", { class: "radio-label" }, label),
        meaning && element("span", { class: "field-hint" }, meaning),
      );
      return element("label", { class: "radio-row" }, input, text);
    });
    this.element = element(
      "fieldset",
      { class: "radios" },
      element("legend", {}, legend),
      ...rows,
      this.#complaint,
    );
  }

  get value(): T | undefined {
    for (const [value, input] of this.#inputs) if (input.checked) return value;
    return undefined;
  }

  disable(value: T): void {
    const input = this.#inputs.get(value);
    if (input) input.disabled = true;
  }

  /** Whether one is chosen; complains and goes there otherwise. */
  check(): boolean {
    if (this.value !== undefined) return true;
    this.#complaint.textContent = "Choose one of these.";
    [...this.#inputs.values()].find(({ disabled }) => !disabled)?.focus();
    return false;
  }
}

export function button(text: string, onClick: () => void, kind = ""): HTMLButtonElement {
  const look = kind ? { class: kind } : {};
  return element("button", { type: "button", ...look, on: { click: onClick } }, text);
}
