import type { Face } from "../../api/types";
import { percent } from "../../app/format";
import { element, freshId } from "../element";
import { expressionName, uncertainMark } from "../expression_name";

interface Option {
  item: HTMLLabelElement;
  input: HTMLInputElement;
  text: HTMLElement;
}

/** The faces in view, to choose the one whose details are shown: by default the largest. */
export class FaceChooser {
  readonly element: HTMLFieldSetElement;
  /** The chosen face's number; undefined for the largest. */
  chosen: number | undefined;
  readonly #group = freshId("face");
  readonly #list = element("div", { class: "chips" });
  readonly #options = new Map<number, Option>();
  readonly #onChoose: () => void;

  constructor(onChoose: () => void) {
    this.#onChoose = onChoose;
    this.element = element(
      "fieldset",
      { class: "face-chooser" },
      element("legend", {}, "Faces in view"),
      this.#list,
    );
    const largest = this.#makeOption(undefined);
    largest.text.textContent = "Largest";
    largest.input.checked = true;
    this.#list.append(largest.item);
  }

  /** The face that is meant among `faces`. */
  pick(faces: readonly Face[]): Face | undefined {
    if (this.chosen !== undefined) return faces.find(({ track }) => track === this.chosen);
    return largestOf(faces);
  }

  choose(track: number): void {
    const input = this.#options.get(track)?.input;
    if (!input) return;
    input.checked = true;
    this.#take(track);
  }

  show(faces: readonly Face[]): void {
    for (const [track, { item }] of this.#options) {
      // The chosen one stays, so that it is chosen again when it is back in view.
      if (track === this.chosen || faces.some((face) => face.track === track)) continue;
      item.remove();
      this.#options.delete(track);
    }
    for (const face of faces) this.#showFace(face);
    const chosen = this.chosen === undefined ? undefined : this.#options.get(this.chosen);
    chosen?.item.classList.toggle("absent", !faces.some(({ track }) => track === this.chosen));
  }

  reset(): void {
    this.chosen = undefined;
    this.show([]);
    const first = this.#list.querySelector("input");
    if (first) first.checked = true;
  }

  #showFace(face: Face): void {
    let option = this.#options.get(face.track);
    if (!option) {
      option = this.#makeOption(face.track);
      this.#options.set(face.track, option);
      this.#list.append(option.item);
    }
    const { text } = option;
    text.replaceChildren(
      `${face.track} `,
      expressionName(face.expression),
      ` ${percent(face.confidence)} `,
      ...(face.uncertain ? [uncertainMark()] : []),
    );
  }

  #makeOption(track: number | undefined): Option {
    const input = element("input", {
      type: "radio",
      name: this.#group,
      on: { change: () => this.#take(track) },
    });
    const text = element("span", { class: "chip-text" });
    const item = element("label", { class: "chip", "data-track": track }, input, text);
    return { item, input, text };
  }

  #take(track: number | undefined): void {
    this.chosen = track;
    this.#onChoose();
  }
}

export function largestOf(faces: readonly Face[]): Face | undefined {
  const area = ({ box: [, , width, height] }: Face) => width * height;
  return faces.reduce<Face | undefined>(
    (best, face) => (best && area(best) >= area(face) ? best : face),
    undefined,
  );
}
