import { models, chosenModel } from "../app/model";
import type { Setting } from "../app/setting";
import { labelLanguage, languages, type LanguageCode } from "../expression/label";
import { element, freshId } from "./element";

/** A labelled list to choose from. */
export function selectField(
  label: string,
  options: readonly (readonly [value: string, text: string, language?: string])[],
  value: string,
  onChange: (value: string) => void,
): HTMLElement {
  const id = freshId("field");
  const select = element(
    "select",
    { id, on: { change: () => onChange(select.value) } },
    ...options.map(([key, text, lang]) => element("option", { value: key, lang }, text)),
  );
  select.value = value;
  return element("div", { class: "field" }, element("label", { for: id }, label), select);
}

export function checkField(setting: Setting<"yes" | "no">, label: string): HTMLElement {
  const id = freshId("field");
  const box = element("input", {
    id,
    type: "checkbox",
    on: { change: () => (setting.value = box.checked ? "yes" : "no") },
  });
  box.checked = setting.value === "yes";
  return element("div", { class: "field-check" }, box, element("label", { for: id }, label));
}

/** Chooses the language in which expressions are named. */
export function languageField(): HTMLElement {
  const field = selectField(
    "Language of labels",
    Object.entries(languages).map(([code, { name }]) => [code, name, code] as const),
    labelLanguage.value,
    (code) => (labelLanguage.value = code as LanguageCode),
  );
  follow(field, labelLanguage);
  return field;
}

/** Chooses the model in use; empty while the models are not known. */
export function modelField(): HTMLElement {
  const place = element("div", { class: "field-place" });
  models().then(
    (known) => {
      const field = selectField(
        "Model",
        known.models.map(({ name }) => [name, name] as const),
        chosenModel.value || known.default,
        (name) => (chosenModel.value = name),
      );
      follow(field, chosenModel, known.default);
      place.replaceChildren(field);
    },
    () => place.replaceChildren(),
  );
  return place;
}

/** Has a field show what is chosen elsewhere. */
function follow(field: HTMLElement, setting: Setting<string>, initial = ""): void {
  const select = field.querySelector("select");
  setting.follow((value) => {
    if (select) select.value = value || initial;
  });
}
