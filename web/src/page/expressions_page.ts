import { get } from "../api/request";
import type { Gallery } from "../api/types";
import type { Page } from "../app/page";
import { element } from "../component/element";
import { descriptions } from "../expression/description";
import { drawnFace } from "../expression/drawn_face";
import { expressions, type Expression } from "../expression/expression";
import { languages } from "../expression/label";

const samplesAtOnce = 12;

/** The seven expressions, and what each looks like. */
export class ExpressionsPage implements Page {
  readonly element: HTMLElement;
  readonly #samples = new Map<Expression, HTMLElement>();
  #asked = false;

  constructor() {
    this.element = element(
      "div",
      {},
      element("h1", { tabindex: "-1" }, "Expressions"),
      element(
        "p",
        { class: "lead" },
        "The seven expressions that Mien tells apart, and what each one looks like. Faces show them in many strengths and mixtures, and an expression does not tell what a person feels.",
      ),
      element(
        "div",
        { class: "expression-list" },
        ...expressions.map((one) => this.#describe(one)),
      ),
      element(
        "p",
        { class: "quiet" },
        "Action units are the visible movements of the Facial Action Coding System by Ekman and Friesen. The faces here are drawn.",
      ),
    );
  }

  show(): void {
    if (this.#asked) return;
    this.#asked = true;
    get<Gallery>("/api/v1/gallery").then(
      (gallery) => this.#showSamples(gallery),
      () => (this.#asked = false),
    );
  }

  hide(): void {}

  #describe(expression: Expression): HTMLElement {
    const { brows, eyes, mouth, actionUnits, mistakenFor } = descriptions[expression];
    const samples = element("div", { class: "samples", hidden: true });
    this.#samples.set(expression, samples);
    return element(
      "article",
      { class: "card expression-card", "data-expression": expression },
      drawnFace(expression, `Drawn face: ${expression}`),
      element(
        "div",
        { class: "expression-words" },
        element("h2", {}, expression),
        otherNames(expression),
        element(
          "dl",
          { class: "facts" },
          ...row("Brows", brows),
          ...row("Eyes", eyes),
          ...row("Mouth", mouth),
          ...row("Action units", actionUnits),
          ...row("Easily mistaken", mistakenFor),
        ),
      ),
      samples,
    );
  }

  #showSamples(gallery: Gallery): void {
    if (!gallery.available) return;
    for (const [expression, place] of this.#samples) {
      const count = gallery.expressions[expression] ?? 0;
      if (count > 0) fillSamples(place, expression, count);
    }
  }
}

/** What the other languages of labels call it. */
function otherNames(expression: Expression): HTMLElement {
  const names = Object.entries(languages)
    .filter(([code]) => code !== "en")
    .map(([code, { words }]) => element("li", { lang: code }, words[expression]));
  return element("ul", { class: "other-names", "aria-label": "In other languages" }, ...names);
}

function row(name: string, text: string): HTMLElement[] {
  return [element("div", {}, element("dt", {}, name), element("dd", {}, text))];
}

function fillSamples(place: HTMLElement, expression: Expression, count: number): void {
  const list = element("ul", { class: "sample-list", role: "list" });
  const more = element("button", { type: "button", on: { click: () => add() } }, "More");
  let shown = 0;
  const add = () => {
    const until = Math.min(count, shown + samplesAtOnce);
    for (; shown < until; shown += 1) {
      const picture = element("img", {
        src: `/api/v1/gallery/${expression}/${shown}`,
        alt: `Sample ${shown + 1}, labelled ${expression}`,
        loading: "lazy",
        width: 48,
        height: 48,
      });
      list.append(element("li", {}, picture));
    }
    more.hidden = shown >= count;
  };
  add();
  place.append(element("h3", {}, "From this server's data set, as people labelled it"), list, more);
  place.hidden = false;
}
