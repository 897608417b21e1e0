import { element } from "../../component/element";

/** Takes files that are dropped, pasted or picked. */
export class DropZone {
  readonly element: HTMLElement;
  readonly #onFiles: (files: File[]) => void;

  constructor(text: string, hint: string, onFiles: (files: File[]) => void) {
    this.#onFiles = onFiles;
    const input = element("input", {
      type: "file",
      multiple: true,
      accept: "image/*,video/*",
      class: "visually-hidden",
      tabindex: "-1",
      "aria-label": "Pictures or videos",
      on: {
        change: () => {
          this.#take(input.files);
          input.value = "";
        },
      },
    });
    this.element = element(
      "div",
      { class: "drop-zone" },
      element("p", { class: "drop-text" }, text),
      element(
        "button",
        { type: "button", class: "primary", on: { click: () => input.click() } },
        "Choose files",
      ),
      input,
      element("p", { class: "quiet" }, hint),
    );
    this.#listen();
  }

  /** Files in the clipboard, wherever on the page they are pasted. */
  readonly paste = (event: ClipboardEvent): void => this.#take(event.clipboardData?.files);

  #listen(): void {
    const zone = this.element;
    const over = (inside: boolean) => (event: DragEvent) => {
      event.preventDefault();
      zone.classList.toggle("drop-over", inside);
    };
    zone.addEventListener("dragenter", over(true));
    zone.addEventListener("dragover", over(true));
    zone.addEventListener("dragleave", over(false));
    zone.addEventListener("drop", (event) => {
      over(false)(event);
      this.#take(event.dataTransfer?.files);
    });
  }

  #take(files: FileList | null | undefined): void {
    if (files && files.length > 0) this.#onFiles([...files]);
  }
}
