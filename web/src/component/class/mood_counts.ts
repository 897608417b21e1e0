import type { Reports } from "../../api/class_types";
import { percent } from "../../app/format";
import { expressions } from "../../expression/expression";
import { labelLanguage, labelOf } from "../../expression/label";
import { element, fill } from "../element";
import { expressionName } from "../expression_name";

/** How many told each mood. */
export class MoodCounts {
  readonly element = element("ul", { class: "mood-counts", role: "list" });
  #shown = "";

  show(reports: Reports | null, hidden: string): void {
    const key = JSON.stringify([reports, labelLanguage.value]);
    if (key === this.#shown) return;
    this.#shown = key;
    if (!reports) return fill(this.element, element("li", { class: "quiet" }, hidden));
    const items = expressions.flatMap((expression) => {
      const number = reports[expression] ?? 0;
      if (number === 0) return [];
      const count = element("span", { class: "number mood-count" }, String(number));
      return [element("li", {}, expressionName(expression), count)];
    });
    fill(this.element, ...items);
  }
}

/** Counts as shares of all that were told. */
export function sharesOf(reports: Reports | null): Reports | null {
  if (!reports) return null;
  const all = Object.values(reports).reduce((sum, number) => sum + number, 0);
  if (all === 0) return null;
  return Object.fromEntries(Object.entries(reports).map(([mood, number]) => [mood, number / all]));
}

/** "happy 40%, neutral 60%" of shares, for those who do not see a chart. */
export function sharesInWords(shares: Reports | null): string {
  return expressions
    .filter((expression) => (shares?.[expression] ?? 0) >= 0.005)
    .map((expression) => `${labelOf(expression)} ${percent(shares?.[expression] ?? 0)}`)
    .join(", ");
}
