import type { RestState } from "../../api/class_types";
import type { Probabilities } from "../../api/types";
import { announce } from "../../app/announcer";
import { element, freshId } from "../../component/element";
import { button } from "../../component/input";
import { expressions } from "../../expression/expression";
import { labelOf } from "../../expression/label";

const length = 30; // seconds
const shownFrom = 0.05; // of differences from the rest

/** Records the face at rest, and says how far it is from there now. */
export class RestField {
  readonly element: HTMLElement;
  readonly #start: HTMLButtonElement;
  readonly #progress: HTMLProgressElement;
  readonly #state: HTMLElement;
  readonly #relative = element("p", { class: "relative" });
  #timer: number | undefined;

  constructor(onStart: () => boolean) {
    this.#start = button("Record my face at rest", () => this.#begin(onStart()));
    const id = freshId("rest");
    this.#state = element("p", { class: "quiet", id }, restMeaning);
    this.#progress = element("progress", { max: length, value: 0, "aria-labelledby": id });
    this.#progress.hidden = true;
    this.element = element(
      "section",
      { class: "card", "aria-label": "My face at rest" },
      element("h2", {}, "My face at rest"),
      this.#state,
      this.#progress,
      this.#relative,
      element("div", { class: "toolbar" }, this.#start),
    );
    this.showRelative(undefined);
  }

  told(state: RestState): void {
    if (state === "running") return this.#run();
    this.#stop();
    this.#say(
      state === "done"
        ? "Your rest is recorded. Results now also say how far you are from it."
        : "No face was seen for long enough. Look at the camera and try again.",
    );
  }

  /** The connection broke off, and with it the recording. */
  lost(): void {
    if (this.#timer === undefined) return;
    this.#stop();
    this.#say("The connection broke off. Record your rest again.");
  }

  showRelative(relative: Probabilities | undefined): void {
    this.#relative.hidden = !relative;
    if (!relative) return;
    const words = expressions
      .filter((expression) => Math.abs(relative[expression]) >= shownFrom)
      .sort((one, other) => Math.abs(relative[other]) - Math.abs(relative[one]))
      .map((expression) => `${labelOf(expression)} ${signed(relative[expression])}`);
    const text = `Against my rest: ${words.join(", ") || "no difference"}`;
    if (this.#relative.textContent !== text) this.#relative.textContent = text;
  }

  destroy(): void {
    window.clearInterval(this.#timer);
  }

  #begin(sent: boolean): void {
    if (!sent) this.#say("There is no connection now. Try again when it is back.");
  }

  #run(): void {
    this.#stop();
    const began = performance.now();
    this.#start.disabled = true;
    this.#progress.hidden = false;
    this.#progress.value = 0;
    this.#say("Look at the camera with a face at rest, for 30 seconds.");
    this.#timer = window.setInterval(() => {
      this.#progress.value = Math.min(length, (performance.now() - began) / 1000);
    }, 250);
  }

  #stop(): void {
    window.clearInterval(this.#timer);
    this.#timer = undefined;
    this.#start.disabled = false;
    this.#progress.hidden = true;
  }

  #say(text: string): void {
    this.#state.textContent = text;
    announce(text);
  }
}

const restMeaning =
  "Faces differ when nothing moves them. Record yours for 30 seconds, and results also say how far you are from it.";

/** 0.12 as +12%. */
function signed(difference: number): string {
  const points = Math.round(100 * difference);
  return points < 0 ? `−${-points}%` : `+${points}%`;
}
