import { faceSign } from "../expression/drawn_face";
import type { Expression } from "../expression/expression";
import { labelLanguage, labelOf } from "../expression/label";
import { element } from "./element";

/** An expression's sign and its name in the chosen language. */
export function expressionName(expression: Expression): HTMLSpanElement {
  return element(
    "span",
    { class: "expression-name", "data-expression": expression },
    faceSign(expression),
    element("span", { lang: labelLanguage.value }, labelOf(expression)),
  );
}

/** The word that marks a face whose confidence is below the model's threshold. */
export function uncertainMark(): HTMLSpanElement {
  return element("span", { class: "uncertain", lang: labelLanguage.value }, labelOf("uncertain"));
}
