import type { OpenedClass } from "../../api/class_types";
import { sentenceOf } from "../../api/request";
import { announce } from "../../app/announcer";
import { info } from "../../app/info";
import type { Page } from "../../app/page";
import { element, fill } from "../../component/element";
import { button } from "../../component/input";
import { lawNotice } from "../../component/law_notice";
import { notice } from "../../component/notice";
import { Dashboard } from "./dashboard";
import { keptClass } from "./kept_class";
import { OpenForm } from "./open_form";

/** A class, for its host. */
export class ClassPage implements Page {
  readonly element: HTMLElement;
  readonly #heading = element("h1", { tabindex: "-1" }, "Class");
  readonly #body = element("div", {});
  #dashboard: Dashboard | undefined;
  #shown = false;

  constructor() {
    this.element = element("div", { class: "class" }, this.#heading, this.#body);
  }

  show(): void {
    this.#shown = true;
    const kept = keptClass.read();
    if (kept) this.#run(kept);
    else void this.#offer();
  }

  hide(): void {
    this.#shown = false;
    this.#closeDashboard();
  }

  /** Offers to open a class, or says how the server comes to take any. */
  async #offer(): Promise<void> {
    this.#closeDashboard();
    this.#heading.textContent = "Class";
    try {
      const terms = (await info()).class;
      if (!this.#shown || this.#dashboard) return;
      if (!terms) return fill(this.#body, lead(), howToStart(), lawNotice());
      const form = new OpenForm(terms, (opened) => this.#opened(opened));
      fill(this.#body, lead(), form.element);
    } catch (failure) {
      const message = notice("error", "A class cannot be opened", sentenceOf(failure));
      fill(this.#body, message, lawNotice());
    }
  }

  #opened(opened: OpenedClass): void {
    keptClass.write(opened);
    if (!this.#shown) return;
    this.#run(opened);
    this.#heading.focus();
    announce("The class is open.");
  }

  #run(opened: OpenedClass): void {
    this.#closeDashboard();
    this.#heading.textContent = opened.title;
    this.#dashboard = new Dashboard(opened, (recorded) => this.#ended(opened, recorded));
    fill(this.#body, this.#dashboard.element);
  }

  #ended({ title }: OpenedClass, recorded: boolean): void {
    keptClass.forget();
    this.#closeDashboard();
    const stays = recorded
      ? "What was recorded is on the server’s machine: mien sessions reports, exports and deletes it."
      : "Nothing was recorded.";
    const message = notice("info", `${title} has ended`, stays);
    const again = button("Open another class", () => void this.#offer(), "primary");
    this.#heading.textContent = "Class";
    fill(this.#body, message, element("div", { class: "toolbar" }, again));
    this.#heading.focus();
  }

  #closeDashboard(): void {
    this.#dashboard?.close();
    this.#dashboard = undefined;
  }
}

function lead(): HTMLElement {
  return element(
    "p",
    { class: "lead" },
    "Others join by a link, on their own devices and by their own choice. You see what the group’s faces show, or what the group tells; by name only those who chose to be shown. ",
    "Mien says what faces show, not what people feel.",
  );
}

function howToStart(): HTMLElement {
  return notice(
    "info",
    "This server takes no classes",
    "Start it with the purpose, and with who agreed to it:",
    element(
      "pre",
      { tabindex: "0" },
      element("code", {}, 'mien serve --class --purpose "..." --agreed "..."'),
    ),
  );
}
