import { element } from "./element";

/** Where the law of the European Union forbids what a class does. */
export function lawNotice(): HTMLElement {
  return element(
    "aside",
    { class: "notice notice-warning", "aria-label": "The law" },
    element("p", { class: "notice-title" }, "The law"),
    element(
      "p",
      {},
      "In the European Union inferring emotions of people at work or in education is forbidden (AI Act, Article 5(1)(f)) except for medical or safety reasons. Use self-report there.",
    ),
  );
}
