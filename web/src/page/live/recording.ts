import { announce } from "../../app/announcer";
import { info } from "../../app/info";
import { element, fill } from "../../component/element";
import { CheckBox, TextField } from "../../component/input";
import { notice } from "../../component/notice";

const longestName = 40;

interface RecordingEvents {
  /** Whether anything is being recorded has changed. */
  onChange(recording: boolean): void;
  /** Tells the server something; false when there is no connection. */
  tell(message: object): boolean;
}

/** Whether a live session is recorded on the server's machine: chosen before it, and undone in it. */
export class Recording {
  /** Chooses it; empty where the server cannot record. */
  readonly choice = element("div", { class: "field-place" });
  /** Says in the consent what is recorded. */
  readonly statement = element("span", {}, "Nothing is recorded.");
  readonly notices = element("div", { class: "notices" });
  readonly forgetButton = element(
    "button",
    { type: "button", hidden: true, on: { click: () => this.#forget() } },
    "Stop and delete what was recorded",
  );
  readonly #box = new CheckBox("Record this session on the server’s machine", () =>
    this.#explain(),
  );
  readonly #name = new TextField("Name of the recording", { maxlength: longestName });
  readonly #events: RecordingEvents;
  #wantedName = "";
  #sessions: number[] = [];
  #recording = false;
  #forgetting = false;

  constructor(events: RecordingEvents) {
    this.#events = events;
    this.#name.element.hidden = true;
    info().then(
      ({ recording }) =>
        recording && this.choice.replaceChildren(this.#box.element, this.#name.element),
      () => undefined,
    );
  }

  /** Takes the choice over for the session that begins; false when a name is missing. */
  begin(): boolean {
    fill(this.notices);
    this.#sessions = [];
    this.#wantedName = "";
    if (!this.#box.checked) return true;
    if (!this.#name.check("Give the recording a name.")) return false;
    this.#wantedName = this.#name.value;
    return true;
  }

  /** What a connection's address must say. */
  get parameters(): Record<string, string> {
    return this.#wantedName ? { record: this.#wantedName } : {};
  }

  /** The server said something that is about no frame. */
  told(message: { recording?: { session: number }; forgotten?: boolean }): void {
    if (message.recording) {
      this.#sessions.push(message.recording.session);
      this.#set(true);
    }
    if (message.forgotten) this.#forgotten();
  }

  /** The connection is gone; with it, perhaps, the answer to a wish. */
  lost(): void {
    if (!this.#forgetting) return;
    this.#set(false);
    const text = `The connection broke off before the server confirmed it. Delete ${this.#list()} there with mien sessions.`;
    fill(this.notices, notice("error", "Perhaps not deleted", text));
  }

  /** The session is over; says what stays. */
  end(): void {
    this.#wantedName = "";
    if (!this.#recording) return;
    this.#set(false);
    const text = `It stays on the server’s machine as ${this.#list()}. There mien sessions shows, exports and deletes it.`;
    fill(this.notices, notice("info", "The session was recorded", text));
  }

  #explain(): void {
    this.#name.element.hidden = !this.#box.checked;
    this.statement.textContent = this.#box.checked
      ? "For each second the probabilities and the label are recorded on the server’s machine, under the name you give; pictures never are. You can delete it at any time."
      : "Nothing is recorded.";
  }

  #set(recording: boolean): void {
    this.#recording = recording;
    this.#forgetting = false;
    this.forgetButton.hidden = !recording;
    this.forgetButton.disabled = false;
    this.#events.onChange(recording);
  }

  #forget(): void {
    // A connection that is opened anew from now on must not record any more.
    this.#wantedName = "";
    if (this.#events.tell({ forget: true })) {
      this.#forgetting = true;
      this.forgetButton.disabled = true;
      return;
    }
    const text = "There is no connection to the server now. Try again when it is back.";
    fill(this.notices, notice("error", "Not deleted yet", text));
  }

  #forgotten(): void {
    this.#sessions.pop();
    this.#set(false);
    fill(this.notices);
    announce("Deleted. Nothing is recorded any more.");
    if (this.#sessions.length === 0) return;
    const text = `What was recorded before the connection or the model changed is still there as ${this.#list()}. Delete it with mien sessions.`;
    fill(this.notices, notice("warning", "Only the last part was deleted", text));
  }

  /** "session 11" or "sessions 11 and 12". */
  #list(): string {
    const [only] = this.#sessions;
    if (this.#sessions.length === 1) return `session ${only}`;
    return `sessions ${this.#sessions.slice(0, -1).join(", ")} and ${this.#sessions.at(-1)}`;
  }
}
