import { percent } from "../app/format";
import { expressions } from "../expression/expression";
import { element } from "./element";

/** The counts of a card, a row for each label, as a table in which a darker cell is a larger share of its row. */
export function confusionTable(confusion: number[][], split: string): HTMLElement {
  const head = element(
    "tr",
    {},
    element("th", { scope: "col" }, "Labelled"),
    ...expressions.map((name) => element("th", { scope: "col" }, name)),
  );
  const rows = expressions.map((name, index) => {
    const row = confusion[index] ?? [];
    const total = Math.max(
      1e-9,
      row.reduce((sum, value) => sum + value, 0),
    );
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, name),
      ...row.map((value) => cell(value / total)),
    );
  });
  return element(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Confusion matrix" },
    element(
      "table",
      { class: "confusion" },
      element("caption", {}, `How faces of ${split} with each label were named, in % of the label`),
      element("thead", {}, head),
      element("tbody", {}, ...rows),
    ),
  );
}

function cell(share: number): HTMLElement {
  const made = element("td", { title: percent(share, 1) }, (100 * share).toFixed(0));
  made.style.setProperty("--share", share.toFixed(3));
  made.classList.toggle("strong", share >= 0.5);
  return made;
}
