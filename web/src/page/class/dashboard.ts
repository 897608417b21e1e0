import type { HostMoment, HostStart, Mark, OpenedClass } from "../../api/class_types";
import { HostConnection } from "../../api/host_connection";
import { confirmed } from "../../component/confirm";
import { element, fill } from "../../component/element";
import { languageField } from "../../component/field";
import { button } from "../../component/input";
import { NamedList } from "../../component/class/named_list";
import { notice } from "../../component/notice";
import { GroupCard } from "./group_card";
import { Invitation } from "./invitation";
import { MarkField } from "./mark_field";
import { RoomCamera } from "./room_camera";

/** What the host of a running class sees. */
export class Dashboard {
  readonly element: HTMLElement;
  readonly #group = new GroupCard();
  readonly #named = new NamedList();
  readonly #marks = new MarkField((text) => this.#checked(this.#connection.mark(text)));
  readonly #camera: RoomCamera;
  readonly #facts = element("p", { class: "lead" });
  readonly #notices = element("div", { class: "notices" });
  readonly #connection: HostConnection;
  #set: Mark[] = [];

  constructor(opened: OpenedClass, onEnded: (recorded: boolean) => void) {
    this.#camera = new RoomCamera(opened);
    this.#camera.element.hidden = true;
    this.element = this.#layOut(new Invitation(opened).element);
    let recorded = false;
    this.#connection = new HostConnection(opened, {
      onStart: (start) => {
        recorded = start.class.recording;
        this.#start(start);
      },
      onMoment: (moment) => this.#show(moment),
      onMark: (mark) => this.#addMark(mark),
      onLost: (why, pause) => this.#lost(why, pause),
      onEnded: () => onEnded(recorded),
    });
  }

  close(): void {
    this.#connection.close();
    this.#camera.close();
    this.#group.destroy();
  }

  #layOut(invitation: HTMLElement): HTMLElement {
    return element(
      "div",
      { class: "dashboard" },
      this.#facts,
      this.#notices,
      element(
        "div",
        { class: "dashboard-grid" },
        element("div", { class: "dashboard-first" }, this.#group.stats.element, invitation),
        element(
          "div",
          { class: "dashboard-main" },
          this.#group.element,
          this.#marks.element,
          this.#camera.element,
        ),
        element("div", { class: "dashboard-last" }, this.#makeNamed(), ...this.#makeEnd()),
      ),
    );
  }

  #makeNamed(): HTMLElement {
    return element(
      "section",
      { class: "card", "aria-label": "Shown by name" },
      element("h2", {}, "Shown by name"),
      this.#named.element,
    );
  }

  #makeEnd(): HTMLElement[] {
    return [
      element("div", { class: "class-options" }, languageField()),
      button("End class", () => void this.#askToEnd(), "end-class"),
    ];
  }

  #start(start: HostStart): void {
    const { purpose, agreed, recording, faces } = start.class;
    fill(this.#notices);
    const reading = faces ? "" : " Self-report only: no camera is read.";
    const kept = recording ? "It is recorded." : "It is not recorded.";
    this.#facts.textContent = `${sentence(purpose)} Agreed by ${sentence(agreed)} ${kept}${reading}`;
    this.#camera.element.hidden = !faces;
    this.#group.start(start);
    this.#set = [...start.marks];
    this.#marks.show(this.#set);
  }

  #show(moment: HostMoment): void {
    this.#group.show(moment);
    this.#named.show(moment.named);
  }

  #addMark(mark: Mark): void {
    this.#set.push(mark);
    this.#group.setMarks(this.#set);
    this.#marks.show(this.#set);
    this.#marks.said(mark);
  }

  #lost(why: string, pause: number): void {
    const seconds = Math.max(1, Math.round(pause / 1000));
    const text = `${why} Trying again in ${seconds} s.`;
    fill(this.#notices, notice("warning", "No connection", text));
  }

  async #askToEnd(): Promise<void> {
    const text = "It ends for all who take part, and cannot be opened again.";
    if (!(await confirmed("End this class?", text, "End it for all"))) return;
    this.#checked(this.#connection.end());
  }

  /** Says so when something was not sent. */
  #checked(sent: boolean): boolean {
    const text = "Try again when it is back.";
    if (!sent) fill(this.#notices, notice("error", "No connection to the server", text));
    return sent;
  }
}

/** `words` with one full stop at the end. */
function sentence(words: string): string {
  return `${words.replace(/[.\s]+$/, "")}.`;
}
