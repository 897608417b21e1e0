import { classState, takeBack } from "../../api/class_paths";
import type { Membership } from "../../api/class_types";
import { RequestError, sentenceOf } from "../../api/request";
import { element, fill } from "../../component/element";
import { button } from "../../component/input";
import { notice } from "../../component/notice";
import type { Stay } from "./kept_stay";

/** What remains of a stay, and the way to take it back. */
export class Departure {
  readonly element = element("div", { class: "departure" });
  readonly #code: string;
  readonly #onChange: (stay: Stay) => void;
  #stay: Stay;

  /** `onChange` is told what is left to be taken back. */
  constructor(code: string, stay: Stay, onChange: (stay: Stay) => void) {
    this.#code = code;
    this.#stay = stay;
    this.#onChange = onChange;
    this.#offer();
  }

  /** Erases all that the server has of the stay. */
  async takeBack(): Promise<void> {
    fill(this.element, notice("info", "Taking back…", "The server is asked to erase it."));
    const left: Membership[] = [];
    let failed: unknown;
    for (const membership of this.#stay.memberships) {
      try {
        await this.#erase(membership);
      } catch (failure) {
        failed = failure;
        left.push(membership);
      }
    }
    this.#stay = { ...this.#stay, memberships: left };
    this.#onChange(this.#stay);
    if (left.length > 0) return this.#fail(failed);
    const text = this.#stay.recording
      ? "All that was recorded of you is erased. Nothing of you remains on the server."
      : "Nothing of you remains on the server.";
    fill(this.element, notice("info", "Taken back", text));
  }

  async #erase(membership: Membership): Promise<void> {
    try {
      await takeBack(this.#code, membership);
    } catch (failure) {
      if (!isUnknown(failure)) throw failure;
      // A class that the server knows has nothing of them; one of before its last start may have.
      if (this.#stay.recording) await classState(this.#code);
    }
  }

  #offer(): void {
    const { recording } = this.#stay;
    const text = recording
      ? "What was recorded of you until now is on the server’s machine: for each second the probabilities and the label, and the moods you tapped, under a number, and your name if you chose to show it. No pictures. You can take it back here as long as this tab is open and the server runs; after that, ask the host to delete it."
      : "Nothing was recorded. What you added to the group’s shares cannot be told apart from the others’.";
    fill(
      this.element,
      notice("info", "What remains", text),
      element("div", { class: "toolbar" }, this.#button("Take back what is left of me")),
    );
  }

  #fail(failure: unknown): void {
    const text = isUnknown(failure)
      ? "The server does not know this class any more; it was started anew. Ask the host to delete what was recorded of you."
      : sentenceOf(failure);
    fill(
      this.element,
      notice("error", "Not taken back yet", text),
      element("div", { class: "toolbar" }, this.#button("Try again")),
    );
  }

  #button(text: string): HTMLButtonElement {
    return button(text, () => void this.takeBack());
  }
}

function isUnknown(failure: unknown): boolean {
  return failure instanceof RequestError && failure.status === 404;
}
