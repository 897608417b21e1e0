import type { Probabilities } from "../api/types";
import { percent } from "../app/format";
import { expressions, type Expression } from "../expression/expression";
import { element } from "./element";
import { expressionName } from "./expression_name";

interface Row {
  item: HTMLLIElement;
  name: HTMLElement;
  bar: HTMLElement;
  number: HTMLElement;
}

/** Seven bars, one for each expression, that follow what they are shown. */
export class ProbabilityBars {
  readonly element = element("ul", { class: "bars", role: "list" });
  readonly #rows = new Map<Expression, Row>();

  constructor() {
    for (const expression of expressions) this.#rows.set(expression, this.#makeRow(expression));
  }

  show(probabilities: Probabilities | undefined): void {
    const leading = probabilities && leader(probabilities);
    for (const [expression, { item, bar, number }] of this.#rows) {
      const share = probabilities?.[expression] ?? 0;
      bar.style.setProperty("--share", String(share));
      number.textContent = probabilities ? percent(share) : "–";
      item.classList.toggle("leading", expression === leading);
    }
  }

  /** Names the expressions anew, in the language chosen since. */
  rename(): void {
    for (const [expression, { name }] of this.#rows)
      name.replaceChildren(expressionName(expression));
  }

  #makeRow(expression: Expression): Row {
    const name = element("span", { class: "bar-name" }, expressionName(expression));
    const bar = element("span", { class: "bar-fill", "data-expression": expression });
    const number = element("span", { class: "bar-number" }, "–");
    const track = element("span", { class: "bar-track", "aria-hidden": "true" }, bar);
    const item = element("li", {}, name, track, number);
    this.element.append(item);
    return { item, name, bar, number };
  }
}

export function leader(probabilities: Probabilities): Expression {
  return expressions.reduce((best, next) =>
    probabilities[next] > probabilities[best] ? next : best,
  );
}
