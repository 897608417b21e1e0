import { get } from "../api/request";
import type { Models } from "../api/types";
import { setting } from "./setting";

/** The name of the model in use; empty for the server's default. */
export const chosenModel = setting<string>(
  "model",
  (text) => text,
  () => "",
);

let known: Promise<Models> | undefined;

/** The models at hand. A choice that the server does not have any more is forgotten. */
export function models(): Promise<Models> {
  known ??= get<Models>("/api/v1/models").then(
    (answer) => {
      if (!answer.models.some(({ name }) => name === chosenModel.value)) chosenModel.value = "";
      return answer;
    },
    (failure: unknown) => {
      known = undefined;
      throw failure;
    },
  );
  return known;
}

/** `path` with the chosen model and `parameters` as its query. */
export function withModel(path: string, parameters: Record<string, string> = {}): string {
  const query = new URLSearchParams(parameters);
  if (chosenModel.value) query.set("model", chosenModel.value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}
