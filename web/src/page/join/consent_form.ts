import type { ClassState } from "../../api/class_types";
import { element } from "../../component/element";
import { button, CheckBox, RadioChoice, TextField } from "../../component/input";
import { lawNotice } from "../../component/law_notice";
import { notice } from "../../component/notice";
import { obstacle } from "../live/camera";
import { termsOf } from "./terms";

const longestName = 40;

/** What somebody agreed to. */
export interface Consent {
  name: string;
  shown: boolean;
  camera: boolean;
}

/** Says what is shared with whom, and asks. Nothing is sent before the answer. */
export class ConsentForm {
  readonly element: HTMLElement;
  readonly #name = new TextField("Your name here", {
    maxlength: longestName,
    hint: "Choose any; it need not be your real one.",
  });
  readonly #camera: RadioChoice<"camera" | "none"> | undefined;
  readonly #shown = new CheckBox("Show my name and result to the host");
  readonly #next = element(
    "p",
    { class: "quiet", hidden: true },
    "Your browser asks for the camera next.",
  );
  readonly #onAgree: (consent: Consent) => void;

  constructor(state: ClassState, onAgree: (consent: Consent) => void, onRefuse: () => void) {
    this.#onAgree = onAgree;
    const agree = button("I agree, join the class", () => this.#take(), "primary");
    this.#camera = state.faces ? cameraChoice(() => this.#sayNext()) : undefined;
    const advice = state.faces ? obstacle() : undefined;
    if (advice) this.#camera?.disable("camera");
    this.element = element(
      "section",
      { class: "card class-form", "aria-label": "Before you join" },
      element("h2", {}, "Before you join"),
      termsOf(state),
      lawNotice(),
      this.#name.element,
      this.#camera?.element,
      advice && notice("warning", advice.title, "You can take part without a camera."),
      this.#shown.element,
      this.#next,
      element("div", { class: "toolbar" }, agree, button("I do not agree", onRefuse)),
    );
  }

  #sayNext(): void {
    this.#next.hidden = this.#camera?.value !== "camera";
  }

  #take(): void {
    const checks = [this.#name.check("Choose a name."), this.#camera?.check() ?? true];
    if (checks.includes(false)) return;
    this.#onAgree({
      name: this.#name.value,
      shown: this.#shown.checked,
      camera: this.#camera?.value === "camera",
    });
  }
}

function cameraChoice(onChange: () => void): RadioChoice<"camera" | "none"> {
  return new RadioChoice(
    "How you take part",
    [
      ["camera", "With my camera", "Mien reads what my face shows. I can also tap my mood."],
      ["none", "Without camera, I tap my mood", "No picture of me is taken."],
    ],
    onChange,
  );
}
