import type { OpenedClass } from "../../api/class_types";
import { announce } from "../../app/announcer";
import { element } from "../../component/element";
import { button } from "../../component/input";
import { notice } from "../../component/notice";
import { qrCode } from "../../component/qr_code";

const confirmedFor = 2500; // milliseconds

/** The link by which others join. */
export class Invitation {
  readonly element: HTMLElement;
  readonly #field: HTMLInputElement;
  readonly #copy = button("Copy link", () => void this.#copyLink());

  constructor({ link, local }: OpenedClass) {
    this.#field = element("input", {
      type: "text",
      readonly: true,
      value: link,
      class: "join-link",
      "aria-label": "Link to join",
      on: { focus: () => this.#field.select() },
    });
    this.element = element(
      "section",
      { class: "card invitation", "aria-label": "Invitation" },
      element("h2", {}, "Join here"),
      qrCode(link, `QR code of ${link}`),
      this.#field,
      element(
        "div",
        { class: "toolbar" },
        this.#copy,
        button("Show large", () => showLarge(link)),
      ),
      local && onlyHere(),
    );
  }

  async #copyLink(): Promise<void> {
    const done = await copied(this.#field);
    this.#copy.textContent = done ? "Copied" : "Press Ctrl+C";
    announce(done ? "Link copied" : "The link is selected. Press Ctrl+C.");
    window.setTimeout(() => (this.#copy.textContent = "Copy link"), confirmedFor);
  }
}

async function copied(field: HTMLInputElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Pages that came by plain http have no clipboard, and a browser may refuse it.
    field.focus();
    return document.execCommand("copy");
  }
}

function onlyHere(): HTMLElement {
  const box = notice(
    "warning",
    "Only this machine can open the link",
    "To let others in, start the server so that they reach it:",
    element(
      "pre",
      { tabindex: "0" },
      element("code", {}, "mien serve --class … --listen 0.0.0.0 --tls-self-signed"),
    ),
  );
  box.classList.add("only-here");
  return box;
}

/** For a projector: nothing but the code and the link. */
function showLarge(link: string): void {
  const dialog = element(
    "dialog",
    { class: "dialog qr-dialog", "aria-label": "Join here" },
    qrCode(link, `QR code of ${link}`),
    element("p", { class: "address" }, link),
    button("Close", () => dialog.close()),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
