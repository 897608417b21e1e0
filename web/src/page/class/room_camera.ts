import type { OpenedClass } from "../../api/class_types";
import { JoinConnection } from "../../api/join_connection";
import { announce } from "../../app/announcer";
import { element, fill } from "../../component/element";
import { button } from "../../component/input";
import { notice } from "../../component/notice";
import { adviceFor, obstacle, type Advice } from "../live/camera";
import { CameraField } from "../live/camera_field";
import { camera, CameraStage } from "../live/camera_stage";
import { FramePump } from "../live/frame_pump";

export const classRate = 2; // pictures a second at most

/** The host's own camera on the room: each face counts as one anonymous member. */
export class RoomCamera {
  readonly element: HTMLElement;
  readonly #stage = new CameraStage(() => this.#cameraGone());
  readonly #field = new CameraField(camera, () => this.#changeCamera());
  readonly #notices = element("div", { class: "notices" });
  readonly #start = button("Use this computer’s camera for the room", () => void this.#open());
  readonly #stop = button("Stop the room’s camera", () => this.#stopByUser());
  readonly #opened: OpenedClass;
  #wanted = false;
  #pump: FramePump | undefined;
  #connection: JoinConnection | undefined;

  constructor(opened: OpenedClass) {
    this.#opened = opened;
    this.element = element(
      "section",
      { class: "card room-camera", "aria-label": "The room’s camera" },
      element("h2", {}, "The room’s camera"),
      element(
        "p",
        {},
        "Every face in view counts as one anonymous member, and is never shown by name. All who are in view must have agreed.",
      ),
      this.#stage.element,
      this.#notices,
      element("div", { class: "toolbar" }, this.#start, this.#stop),
      this.#field.element,
    );
    this.#show(false);
    const advice = obstacle();
    if (advice) {
      this.#start.hidden = true;
      this.#tell(advice);
    }
  }

  /** Gives the camera back. */
  close(): void {
    this.#wanted = false;
    this.#pump?.stop();
    this.#connection?.close();
    this.#stage.close();
    this.#show(false);
  }

  #show(running: boolean): void {
    this.#stage.state = running ? "running" : "idle";
    this.#stage.element.hidden = !running;
    this.#start.hidden = running;
    this.#stop.hidden = !running;
    this.#field.element.hidden = !running;
  }

  async #open(): Promise<void> {
    this.close();
    this.#wanted = true;
    fill(this.#notices);
    try {
      if (!(await this.#stage.open(camera.value, () => this.#wanted))) return;
    } catch (failure) {
      if (this.#wanted) this.#tell(adviceFor(failure));
      return;
    }
    this.#show(true);
    this.#connect();
    this.#stop.focus();
    announce("The room’s camera runs.");
    void this.#field.refresh();
  }

  #connect(): void {
    const { code, key } = this.#opened;
    const wish = () => ({ shown: false, room: key });
    this.#connection = new JoinConnection(code, wish, {
      onResult: (result) => {
        fill(this.#notices);
        this.#stage.show(result);
      },
      onLost: (why) => {
        this.#stage.show(undefined);
        fill(this.#notices, notice("warning", "No connection", why));
      },
      onFailing: (why) => fill(this.#notices, notice("warning", "No result", why)),
      onEnded: () => this.close(),
    });
    this.#pump = new FramePump(this.#stage.video, classRate, () => this.#connection);
  }

  #changeCamera(): void {
    if (this.#wanted) void this.#open();
  }

  #stopByUser(): void {
    this.close();
    this.#start.focus();
    announce("The room’s camera is off.");
  }

  #cameraGone(): void {
    this.close();
    this.#tell({
      title: "The camera went away",
      text: "It was unplugged or taken by the system. Connect it and start again.",
    });
  }

  #tell({ title, text }: Advice): void {
    fill(this.#notices, notice("warning", title, text));
  }
}
