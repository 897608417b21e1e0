import type { FrameResult } from "../../api/types";
import { choice, setting } from "../../app/setting";
import { element } from "../../component/element";
import { closeCamera, openCamera } from "./camera";
import { Overlay } from "./overlay";

export const mirror = choice("mirror", ["yes", "no"], "yes");
export const camera = setting<string>(
  "camera",
  (text) => text,
  () => "",
);

export type StageState = "idle" | "starting" | "running" | "paused";

/** A camera's picture, with the faces outlined over it. */
export class CameraStage {
  readonly element = element("div", { class: "stage" });
  readonly video = element("video", {
    class: "stage-video",
    playsinline: true,
    "aria-hidden": "true",
  });
  readonly overlay = new Overlay(
    element("canvas", { class: "stage-overlay", "aria-hidden": "true" }),
  );
  /** Stands in the stage until the camera runs. */
  readonly cover = element("div", { class: "stage-cover" });
  readonly #badge = element("p", { class: "stage-badge" }, "Paused");
  readonly #recording = element("p", { class: "stage-badge recording-badge" }, "Recording");
  readonly #onGone: () => void;
  #stream: MediaStream | undefined;

  /** `onGone`: the camera was unplugged, or taken by the system. */
  constructor(onGone: () => void) {
    this.#onGone = onGone;
    this.video.muted = true;
    this.element.append(this.video, this.overlay.canvas, this.#badge, this.#recording, this.cover);
    this.video.addEventListener("resize", () => this.#applyShape());
    this.recording = false;
  }

  set state(state: StageState) {
    const active = state === "running" || state === "paused";
    this.element.dataset["state"] = state;
    this.cover.hidden = active;
    this.#badge.hidden = state !== "paused";
    if (state === "starting") {
      this.cover.replaceChildren(element("p", { class: "quiet", role: "status" }, "Starting…"));
    }
  }

  set recording(recording: boolean) {
    this.#recording.hidden = !recording;
  }

  set mirrored(mirrored: boolean) {
    this.overlay.mirrored = mirrored;
    this.video.classList.toggle("mirrored", mirrored);
  }

  /** Shows a camera's picture; false if `isWanted` says no any more, as it is asked for meanwhile. */
  async open(device: string, isWanted: () => boolean): Promise<boolean> {
    const stream = await openCamera(device);
    if (!isWanted()) {
      closeCamera(stream);
      return false;
    }
    this.#stream = stream;
    this.video.srcObject = stream;
    await this.video.play();
    if (!isWanted()) return false;
    stream.getVideoTracks()[0]?.addEventListener("ended", () => this.#onGone());
    this.overlay.start();
    return true;
  }

  show(result: FrameResult | undefined): void {
    this.overlay.show(result);
  }

  /** Gives the camera back. */
  close(): void {
    if (this.#stream) closeCamera(this.#stream);
    this.#stream = undefined;
    this.video.srcObject = null;
    this.overlay.stop();
  }

  /** A phone that is turned gives another shape of picture. */
  #applyShape(): void {
    const { videoWidth, videoHeight } = this.video;
    if (videoWidth === 0) return;
    this.element.style.setProperty("--ratio", String(videoWidth / videoHeight));
  }
}
