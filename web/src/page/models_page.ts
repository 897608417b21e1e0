import { sentenceOf } from "../api/request";
import type { Model, ModelCard } from "../api/types";
import { announce } from "../app/announcer";
import { count, percent } from "../app/format";
import { chosenModel, models } from "../app/model";
import type { Page } from "../app/page";
import { confusionTable } from "../component/confusion_table";
import { element, fill } from "../component/element";
import { notice } from "../component/notice";

/** The models at hand, and the one in use. */
export class ModelsPage implements Page {
  readonly element: HTMLElement;
  readonly #list = element("div", { class: "model-list" });

  constructor() {
    this.element = element(
      "div",
      {},
      element("h1", { tabindex: "-1" }, "Models"),
      element(
        "p",
        { class: "lead" },
        "The models that name expressions on this server, and what is known of each. The one you choose is used on Live and Analyze, and remembered in this browser.",
      ),
      this.#list,
    );
  }

  show(): void {
    models().then(
      (known) => this.#showModels(known.models, known.default),
      (failure: unknown) =>
        fill(this.#list, notice("error", "The models are not known", sentenceOf(failure))),
    );
  }

  hide(): void {}

  #showModels(all: Model[], initial: string): void {
    const inUse = chosenModel.value || initial;
    fill(this.#list, ...all.map((model) => modelCard(model, model.name === inUse)));
  }
}

function modelCard({ name, default: isDefault, card }: Model, inUse: boolean): HTMLElement {
  const input = element("input", {
    type: "radio",
    name: "model",
    value: name,
    checked: inUse,
    on: { change: () => choose(name) },
  });
  return element(
    "article",
    { class: "card model-card", "aria-label": name },
    element(
      "header",
      {},
      element("h2", {}, name),
      isDefault && element("span", { class: "tag" }, "default"),
      element("label", { class: "use-model" }, input, "Use this model"),
    ),
    keyNumbers(card),
    facts(card),
    card.confusion && confusionTable(card.confusion, card.selection_split ?? "the selection split"),
    card.recipe
      ? element(
          "details",
          {},
          element("summary", {}, "The recipe that trained it"),
          element("pre", { tabindex: "0" }, element("code", {}, card.recipe)),
        )
      : null,
  );
}

function choose(name: string): void {
  chosenModel.value = name;
  announce(`${name} is used from now on.`);
}

const keyMetrics: readonly (readonly [name: string, title: string, meaning: string])[] = [
  ["accuracy", "Accuracy", "share of faces named as the label says"],
  ["balanced_accuracy", "Balanced accuracy", "mean over the seven expressions"],
  ["macro_f1", "Macro F1", "mean of precision and recall over the expressions"],
  ["ece", "Calibration error", "how far confidence and accuracy lie apart"],
];

function keyNumbers({ metrics = {} }: ModelCard): HTMLElement {
  const tiles = keyMetrics.map(([name, title, meaning]) => {
    const value = metrics[name];
    const known = typeof value === "number";
    return element(
      "div",
      { class: "tile" },
      element("dt", {}, title),
      element(
        "dd",
        { class: known ? "" : "tile-unknown" },
        known ? percent(value, 1) : "not measured",
      ),
      element("dd", { class: "tile-meaning" }, meaning),
    );
  });
  return element("dl", { class: "tiles" }, ...tiles);
}

function facts(card: ModelCard): HTMLElement {
  const { input, metrics = {} } = card;
  const size = input && `${input["width"]} × ${input["height"]} pixels, gray`;
  const rows: [string, string | undefined][] = [
    ["Meant for", card.intended_use],
    ["Not for", card.misuse],
    [
      "Trained on",
      joined(card.training_data, card.training_split && `split ${card.training_split}`),
    ],
    ["Measured on", card.selection_split && `split ${card.selection_split}, which also chose it`],
    ["About the data", card.data_notice],
    ["Licence", card.licence],
    ["Architecture", card.architecture],
    ["Parameters", counted(card.parameters)],
    ["Multiply-adds for a face", counted(card.multiply_adds)],
    ["A face is read at", size],
    [
      "Uncertain below",
      card.uncertain_below === undefined ? undefined : percent(card.uncertain_below),
    ],
    ["In fewer bits", fewerBits(metrics) ?? "not measured"],
    ["Confusion matrix", card.confusion ? undefined : "not measured"],
  ];
  const shown = rows.filter(([, text]) => text);
  return element(
    "dl",
    { class: "facts" },
    ...shown.map(([name, text]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, text)),
    ),
  );
}

/** Some cards have 0 for what was not counted. */
function counted(number: number | undefined): string {
  return number ? count(number) : "not counted";
}

function fewerBits(metrics: Record<string, unknown>): string | undefined {
  const parts = ["bfloat16", "int8"].flatMap((precision) => {
    const value = metrics[`accuracy_${precision}`];
    return typeof value === "number" ? [`${precision} ${percent(value, 1)}`] : [];
  });
  return parts.length ? `accuracy ${parts.join(", ")}` : undefined;
}

function joined(...parts: (string | undefined)[]): string {
  return parts.filter(Boolean).join(", ");
}
