import type { NamedParticipant } from "../../api/class_types";
import { percent } from "../../app/format";
import { labelLanguage } from "../../expression/label";
import { element, fill } from "../element";
import { expressionName } from "../expression_name";

/** Those who chose to be shown by name. */
export class NamedList {
  readonly element = element("ul", { class: "named", role: "list" });
  #shown = "";

  show(named: readonly NamedParticipant[]): void {
    const key = JSON.stringify([named, labelLanguage.value]);
    if (key === this.#shown) return;
    this.#shown = key;
    if (named.length > 0) fill(this.element, ...named.map(itemOf));
    else fill(this.element, element("li", { class: "quiet" }, "Nobody chose to be shown by name."));
  }
}

function itemOf({ name, expression, confidence, reported }: NamedParticipant): HTMLElement {
  const seen = expression
    ? element("span", {}, expressionName(expression), ` ${percent(confidence)}`)
    : element("span", { class: "quiet" }, "not seen");
  return element(
    "li",
    {},
    element("span", { class: "named-name" }, name),
    seen,
    reported && element("span", { class: "named-told" }, "told ", expressionName(reported)),
  );
}
