import { element, freshId } from "./element";

/** Asks before something that cannot be undone; true when `action` was chosen. */
export function confirmed(title: string, text: string, action: string): Promise<boolean> {
  const id = freshId("dialog");
  const choose = (answer: string) => () => dialog.close(answer);
  const dialog: HTMLDialogElement = element(
    "dialog",
    { class: "dialog", "aria-labelledby": id },
    element("h2", { id }, title),
    element("p", {}, text),
    element(
      "div",
      { class: "toolbar" },
      element("button", { type: "button", on: { click: choose("") } }, "Cancel"),
      element("button", { type: "button", class: "primary", on: { click: choose("yes") } }, action),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
