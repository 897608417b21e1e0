import type { Face, FrameResult } from "../../api/types";
import { announce } from "../../app/announcer";
import { percent } from "../../app/format";
import { labelLanguage, labelOf } from "../../expression/label";
import { attributeText } from "../attribute_text";
import { element, fill } from "../element";
import { expressionName, uncertainMark } from "../expression_name";
import { ProbabilityBars } from "../probability_bars";
import { ProbabilityChart } from "../probability_chart";
import { FaceChooser } from "./face_chooser";
import { History, historySeconds } from "./history";

const gap = 120; // milliseconds between changes of what is shown, so that it can be read

/** What is known of the faces of a running video: the chosen one's bars, and its last minute. */
export class FacePanel {
  /** The chosen face's expression and bars. */
  readonly details: HTMLElement;
  /** The faces to choose from, and the chart of the last minute. */
  readonly overTime: HTMLElement;
  readonly chooser: FaceChooser;
  readonly #headline = element("p", { class: "headline" });
  readonly #looks = element("p", { class: "quiet" });
  readonly #bars = new ProbabilityBars();
  readonly #chart: ProbabilityChart;
  readonly #history = new History();
  #result: FrameResult | undefined;
  #painted = 0;
  #said = "";

  constructor() {
    this.chooser = new FaceChooser(() => this.#paint());
    this.#chart = new ProbabilityChart({
      label: "The chosen face's probabilities over the last minute",
      timeText: (time) => (time > -0.5 ? "now" : `${Math.round(time)} s`),
    });
    this.details = element(
      "section",
      { class: "card face-details", "aria-label": "Chosen face" },
      this.#headline,
      this.#looks,
      this.#bars.element,
    );
    this.overTime = element(
      "section",
      { class: "card", "aria-label": "Over time" },
      this.chooser.element,
      element("h2", {}, `The last ${historySeconds} seconds`),
      this.#chart.element,
    );
    labelLanguage.follow(() => {
      this.#bars.rename();
      this.#paint();
    });
    this.#paint();
  }

  /** The chosen face's number. */
  get chosen(): number | undefined {
    return this.chooser.pick(this.#result?.faces ?? [])?.track;
  }

  show(result: FrameResult): void {
    const now = performance.now();
    this.#result = result;
    this.#history.add(now / 1000, result);
    if (now - this.#painted < gap) return;
    this.#painted = now;
    this.#paint();
  }

  clear(): void {
    this.#result = undefined;
    this.#history.clear();
    this.chooser.reset();
    this.#paint();
  }

  #paint(): void {
    const faces = this.#result?.faces ?? [];
    const face = this.chooser.pick(faces);
    this.chooser.show(faces);
    this.#showHeadline(face);
    this.#showLooks(face);
    this.#bars.show(face?.probabilities);
    const choose = (some: Face[]) => this.chooser.pick(some);
    this.#chart.show(this.#history.content(performance.now() / 1000, choose));
    this.#announce(face);
  }

  #showHeadline(face: Face | undefined): void {
    if (!face) {
      fill(
        this.#headline,
        element("span", { class: "quiet" }, this.#result ? "No face in view" : "Nothing seen yet"),
      );
      return;
    }
    fill(
      this.#headline,
      element("span", { class: "track-number" }, `Face ${face.track}`),
      expressionName(face.expression),
      element("span", { class: "confidence" }, percent(face.confidence)),
      face.uncertain && uncertainMark(),
    );
  }

  #showLooks(face: Face | undefined): void {
    const text = attributeText(face?.attributes);
    this.#looks.hidden = text === "";
    this.#looks.textContent = text && `Looks ${text}`;
  }

  #announce(face: Face | undefined): void {
    if (!this.#result) return;
    const doubt = face?.uncertain ? `, ${labelOf("uncertain")}` : "";
    const sentence = face
      ? `Face ${face.track}: ${labelOf(face.expression)}${doubt}`
      : "No face in view";
    if (sentence === this.#said) return;
    this.#said = sentence;
    announce(sentence);
  }
}
