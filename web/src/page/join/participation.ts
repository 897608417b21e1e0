import type { ClassState, Membership } from "../../api/class_types";
import { JoinConnection } from "../../api/join_connection";
import type { LiveResult } from "../../api/types";
import { announce } from "../../app/announcer";
import { confirmed } from "../../component/confirm";
import { element, fill } from "../../component/element";
import { checkField, languageField } from "../../component/field";
import { button, CheckBox } from "../../component/input";
import { FacePanel } from "../../component/live/face_panel";
import { notice } from "../../component/notice";
import { CameraField } from "../live/camera_field";
import { camera, mirror, type CameraStage } from "../live/camera_stage";
import { FramePump } from "../live/frame_pump";
import type { Consent } from "./consent_form";
import { MoodButtons } from "./mood_buttons";
import { RestField } from "./rest_field";

const rate = 2; // pictures a second at most

export interface ParticipationEvents {
  onJoined(membership: Membership): void;
  onLeave(takeBack: boolean): void;
  onEnded(): void;
  /** Another camera was chosen. */
  onCamera(): void;
}

/** Taking part in a class. */
export class Participation {
  readonly element: HTMLElement;
  readonly #consent: Consent;
  readonly #stage: CameraStage;
  readonly #events: ParticipationEvents;
  readonly #panel = new FacePanel();
  readonly #moods = new MoodButtons((mood) => {
    if (!this.#connection.tell({ mood })) this.#moods.failed();
  });
  readonly #rest = new RestField(() => this.#connection.tell({ rest: true }));
  readonly #shown: CheckBox;
  readonly #pause = button("Pause", () => this.#togglePause());
  readonly #status = element("p", { class: "join-status", role: "status" });
  readonly #notices = element("div", { class: "notices" });
  readonly #cameraField = new CameraField(camera, () => this.#events.onCamera());
  readonly #connection: JoinConnection;
  readonly #pump: FramePump | undefined;
  readonly #unfollow: () => void;
  #paused = false;

  constructor(
    code: string,
    state: ClassState,
    consent: Consent,
    stage: CameraStage,
    events: ParticipationEvents,
  ) {
    this.#consent = consent;
    this.#stage = stage;
    this.#events = events;
    this.#shown = new CheckBox("Show my name and result to the host", () => this.#tellShown());
    this.#shown.checked = consent.shown;
    this.#unfollow = mirror.follow(() => this.#applyMirror());
    this.#applyMirror();
    this.element = this.#layOut(state);
    const wish = () => ({ ...consent, shown: this.#shown.checked });
    this.#connection = new JoinConnection(code, wish, {
      onJoined: (membership) => this.#joined(membership),
      onResult: (result) => this.#take(result),
      onMood: (mood) => this.#moods.taken(mood),
      onRest: (rest) => this.#rest.told(rest),
      onLost: (why, pause) => this.#lost(why, pause),
      onFailing: (why) => this.#failing(why),
      onEnded: () => events.onEnded(),
    });
    if (consent.camera) this.#pump = new FramePump(stage.video, rate, () => this.#connection);
    this.#showState();
    void this.#cameraField.refresh();
  }

  close(): void {
    this.#pump?.stop();
    this.#connection.close();
    this.#moods.destroy();
    this.#rest.destroy();
    this.#unfollow();
  }

  #layOut({ recording }: ClassState): HTMLElement {
    const leave = button("Leave", () => this.#events.onLeave(!recording));
    const undo = button("Leave and take back what was recorded of me", () => void this.#takeBack());
    const controls = element(
      "div",
      { class: "toolbar", role: "group", "aria-label": "Taking part" },
      this.#pause,
      leave,
      recording && undo,
    );
    const { camera } = this.#consent;
    return element(
      "div",
      { class: "participation" },
      element("div", { class: "join-head" }, this.#status, this.#shown.element),
      this.#notices,
      element(
        "div",
        { class: camera ? "live-main" : "join-plain" },
        element("div", { class: "live-stage" }, camera && this.#stage.element, controls),
        element("div", { class: "live-side" }, camera && this.#panel.details, this.#moods.element),
      ),
      camera && this.#rest.element,
      element(
        "section",
        { class: "card options", "aria-label": "Options" },
        element("h2", {}, "Options"),
        element(
          "div",
          { class: "fields" },
          camera && this.#cameraField.element,
          languageField(),
          camera && checkField(mirror, "Mirror my picture"),
        ),
      ),
    );
  }

  #joined(membership: Membership): void {
    fill(this.#notices);
    // It is another stay after a break, of which the server knows only what stands in the address.
    if (this.#paused) this.#connection.tell({ pause: true });
    this.#events.onJoined(membership);
  }

  #take(result: LiveResult): void {
    if (this.#paused) return;
    fill(this.#notices);
    this.#panel.show(result);
    this.#stage.overlay.chosen = this.#panel.chosen;
    this.#stage.show(result);
    this.#rest.showRelative(result.relative);
  }

  #lost(why: string, pause: number): void {
    this.#stage.show(undefined);
    this.#rest.lost();
    const seconds = Math.max(1, Math.round(pause / 1000));
    fill(this.#notices, notice("warning", "No connection", `${why} Trying again in ${seconds} s.`));
  }

  #failing(why: string): void {
    const text = `${why}. Trying again now and then.`;
    // The same notice anew would be read out again.
    if (this.#notices.textContent?.endsWith(text)) return;
    fill(this.#notices, notice("warning", "The server cannot analyse the pictures", text));
  }

  async #takeBack(): Promise<void> {
    const text = "You leave the class, and all that was recorded of you is erased for good.";
    if (await confirmed("Take it back?", text, "Erase it")) this.#events.onLeave(true);
  }

  #togglePause(): void {
    this.#paused = !this.#paused;
    this.#connection.tell({ pause: this.#paused });
    if (this.#consent.camera) {
      if (this.#paused) this.#stage.video.pause();
      else void this.#stage.video.play();
    }
    this.#showState();
  }

  #showState(): void {
    const { name, camera } = this.#consent;
    this.#pause.textContent = this.#paused ? "Resume" : "Pause";
    if (camera) this.#stage.state = this.#paused ? "paused" : "running";
    const how = this.#paused
      ? "Paused: no picture of you is sent, and you are not counted."
      : camera
        ? "Your camera is read."
        : "No camera is read.";
    this.#status.textContent = `You take part as ${name}. ${how}`;
  }

  #tellShown(): void {
    const shown = this.#shown.checked;
    this.#connection.tell({ shown });
    announce(shown ? "The host sees your name and result." : "The host does not see your name.");
  }

  #applyMirror(): void {
    this.#stage.mirrored = mirror.value === "yes";
  }
}
