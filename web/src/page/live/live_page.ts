import { LiveConnection } from "../../api/live_connection";
import type { LiveResult } from "../../api/types";
import { announce } from "../../app/announcer";
import { info } from "../../app/info";
import { chosenModel, withModel } from "../../app/model";
import type { Page } from "../../app/page";
import { choice, setting } from "../../app/setting";
import { element } from "../../component/element";
import { checkField, languageField, modelField } from "../../component/field";
import { FacePanel } from "../../component/live/face_panel";
import { Meter } from "../../component/live/meter";
import { Stats } from "../../component/live/stats";
import { notice } from "../../component/notice";
import { adviceFor, closeCamera, obstacle, openCamera, type Advice } from "./camera";
import { CameraField } from "./camera_field";
import { consentCard } from "./consent";
import { FramePump } from "./frame_pump";
import { Overlay } from "./overlay";
import { saveSnapshot } from "./snapshot";

const usualRate = 30;
const usualInFlight = 3;

const mirror = choice("mirror", ["yes", "no"], "yes");
const camera = setting<string>(
  "camera",
  (text) => text,
  () => "",
);

type State = "idle" | "starting" | "running" | "paused";

/** The browser's own camera. */
export class LivePage implements Page {
  readonly element: HTMLElement;
  readonly #video = element("video", {
    class: "stage-video",
    playsinline: true,
    "aria-hidden": "true",
  });
  readonly #overlay = new Overlay(
    element("canvas", { class: "stage-overlay", "aria-hidden": "true" }),
  );
  readonly #cover = element("div", { class: "stage-cover" });
  readonly #badge = element("p", { class: "stage-badge" }, "Paused");
  readonly #stage = element("div", { class: "stage" });
  readonly #notices = element("div", { class: "notices" });
  readonly #panel = new FacePanel();
  readonly #stats = new Stats([
    ["Frames/s", "Pictures that were analysed in the last two seconds, for each second"],
    ["Delay", "From the moment a picture was taken to its result, with the way there and back"],
    ["Dropped", "Pictures that the server passed over, because newer ones were there"],
  ]);
  readonly #pause = button("Pause", () => this.#togglePause());
  readonly #snapshot = button("Snapshot", () => this.#saveSnapshot());
  readonly #stop = button("Stop", () => this.#stopByUser());
  readonly #controls = element(
    "div",
    { class: "toolbar", role: "group", "aria-label": "Camera" },
    this.#pause,
    this.#snapshot,
    this.#stop,
  );
  readonly #cameraField = new CameraField(camera, () => void this.#start());
  #meter = new Meter();
  #state: State = "idle";
  #stream: MediaStream | undefined;
  #pump: FramePump | undefined;
  #connection: LiveConnection | undefined;
  #timer: number | undefined;

  constructor() {
    this.#video.muted = true;
    this.#stage.append(this.#video, this.#overlay.canvas, this.#badge, this.#cover);
    this.element = element(
      "div",
      { class: "live" },
      element("h1", { tabindex: "-1" }, "Live"),
      element(
        "div",
        { class: "live-main" },
        element("div", { class: "live-stage" }, this.#stage, this.#notices, this.#controls),
        element("div", { class: "live-side" }, this.#panel.details, this.#stats.element),
      ),
      this.#panel.overTime,
      this.#makeOptions(),
    );
    this.#overlay.canvas.addEventListener("click", (event) => this.#chooseAt(event));
    this.#video.addEventListener("resize", () => this.#applyShape());
    mirror.follow(() => this.#applyMirror());
    chosenModel.follow(() => this.#reconnect());
    this.#applyMirror();
    this.#setState("idle");
  }

  show(): void {
    void this.#cameraField.refresh();
  }

  hide(): void {
    this.#end();
  }

  #makeOptions(): HTMLElement {
    return element(
      "section",
      { class: "card options", "aria-label": "Options" },
      element("h2", {}, "Options"),
      element(
        "div",
        { class: "fields" },
        this.#cameraField.element,
        modelField(),
        languageField(),
        checkField(mirror, "Mirror my picture"),
      ),
    );
  }

  #setState(state: State): void {
    this.#state = state;
    const active = state === "running" || state === "paused";
    this.#controls.hidden = !active;
    this.#panel.overTime.hidden = !active;
    this.#pause.textContent = state === "paused" ? "Resume" : "Pause";
    this.#stage.dataset["state"] = state;
    this.#cover.hidden = active;
    this.#badge.hidden = state !== "paused";
    if (state === "paused") this.#clearStats();
    if (state === "starting") {
      this.#cover.replaceChildren(element("p", { class: "quiet", role: "status" }, "Starting…"));
    }
    if (state === "idle") this.#showStart();
  }

  #showStart(): void {
    const advice = obstacle();
    if (advice) this.#cover.replaceChildren(notice("warning", advice.title, advice.text));
    else this.#cover.replaceChildren(consentCard(() => void this.#start()));
  }

  async #start(): Promise<void> {
    if (this.#state === "starting") return;
    this.#release();
    this.#notices.replaceChildren();
    this.#setState("starting");
    try {
      const stream = await openCamera(camera.value);
      // The page may have been left, or stopped, while the browser asked.
      if (!this.#isStarting()) return closeCamera(stream);
      this.#stream = stream;
      this.#video.srcObject = stream;
      await this.#video.play();
      if (this.#isStarting()) await this.#run(stream);
    } catch (failure) {
      if (this.#isStarting()) this.#fail(adviceFor(failure));
    }
  }

  #isStarting(): boolean {
    return this.#state === "starting";
  }

  async #run(stream: MediaStream): Promise<void> {
    const limits = await info().then(
      (known) => known.limits,
      () => undefined,
    );
    if (!this.#isStarting()) return;
    stream.getVideoTracks()[0]?.addEventListener("ended", () => this.#cameraGone());
    this.#meter = new Meter();
    this.#connect(limits?.live_in_flight ?? usualInFlight);
    this.#pump = new FramePump(this.#video, limits?.live_rate ?? usualRate, () => this.#connection);
    this.#timer = window.setInterval(() => this.#tick(), 500);
    this.#overlay.start();
    this.#setState("running");
    // The button that was pressed is gone. Whoever chose another camera stays where they are.
    if (document.activeElement === document.body) this.#pause.focus();
    announce("The camera runs.");
    void this.#cameraField.refresh();
  }

  #connect(inFlight: number): void {
    this.#connection = new LiveConnection(withModel("/api/v1/live"), inFlight, {
      onConnected: () => this.#notices.replaceChildren(),
      onResult: (result, delay) => this.#take(result, delay),
      onLost: (why, pause) => this.#lost(why, pause),
      onFailing: (why) => this.#failing(why),
    });
  }

  #reconnect(): void {
    if (!this.#connection) return;
    this.#connection.close();
    this.#panel.clear();
    this.#connect(usualInFlight);
  }

  #take(result: LiveResult, delay: number): void {
    if (this.#state !== "running") return;
    this.#notices.replaceChildren();
    this.#meter.add(performance.now(), delay, result.dropped);
    this.#panel.show(result);
    this.#overlay.chosen = this.#panel.chosen;
    this.#overlay.show(result);
  }

  #lost(why: string, pause: number): void {
    // While paused, the server closes a silent connection; it is opened again all the same.
    if (this.#state === "paused") return;
    this.#overlay.show(undefined);
    const seconds = Math.max(1, Math.round(pause / 1000));
    const again = `${why} Trying again in ${seconds} s.`;
    this.#notices.replaceChildren(notice("warning", "No connection", again));
  }

  #failing(why: string): void {
    if (this.#state !== "running") return;
    this.#overlay.show(undefined);
    const text = `${why}. Trying again now and then.`;
    // The same alert anew would be read out again.
    if (this.#notices.textContent?.endsWith(text)) return;
    this.#notices.replaceChildren(notice("error", "The server cannot analyse the pictures", text));
  }

  #tick(): void {
    if (this.#state === "running") this.#showStats();
    this.#connection?.watch();
  }

  #showStats(): void {
    const { delay } = this.#meter;
    this.#stats.set("Frames/s", this.#meter.rate(performance.now()).toFixed(1));
    this.#stats.set("Delay", delay === undefined ? "–" : `${Math.round(delay)} ms`);
    this.#stats.set("Dropped", String(this.#meter.dropped));
  }

  #clearStats(): void {
    for (const name of ["Frames/s", "Delay", "Dropped"]) this.#stats.set(name, "–");
  }

  #togglePause(): void {
    if (this.#state === "running") {
      this.#video.pause();
      this.#setState("paused");
      announce("Paused. No pictures are sent.");
    } else if (this.#state === "paused") {
      void this.#video.play();
      this.#setState("running");
      announce("The camera runs.");
    }
  }

  #saveSnapshot(): void {
    saveSnapshot(this.#video, this.#overlay);
    announce("Snapshot saved.");
  }

  #cameraGone(): void {
    this.#fail({
      title: "The camera went away",
      text: "It was unplugged or taken by the system. Connect it and start again.",
    });
  }

  #fail(advice: Advice): void {
    this.#end();
    this.#notices.replaceChildren(notice("error", advice.title, advice.text));
    void this.#cameraField.refresh();
  }

  #stopByUser(): void {
    this.#end();
    this.#cover.querySelector("button")?.focus();
    announce("The camera is off.");
  }

  #end(): void {
    this.#release();
    this.#notices.replaceChildren();
    if (this.#state !== "idle") this.#setState("idle");
  }

  /** Gives the camera back, and forgets what was seen. */
  #release(): void {
    window.clearInterval(this.#timer);
    this.#pump?.stop();
    this.#connection?.close();
    this.#connection = undefined;
    if (this.#stream) closeCamera(this.#stream);
    this.#stream = undefined;
    this.#video.srcObject = null;
    this.#overlay.stop();
    this.#panel.clear();
    this.#clearStats();
  }

  /** A phone that is turned gives another shape of picture. */
  #applyShape(): void {
    const { videoWidth, videoHeight } = this.#video;
    if (videoWidth === 0) return;
    this.#stage.style.setProperty("--ratio", String(videoWidth / videoHeight));
  }

  #applyMirror(): void {
    this.#overlay.mirrored = mirror.value === "yes";
    this.#video.classList.toggle("mirrored", this.#overlay.mirrored);
  }

  #chooseAt({ offsetX, offsetY }: MouseEvent): void {
    const face = this.#overlay.faceAt(offsetX, offsetY);
    if (face) this.#panel.chooser.choose(face.track);
  }
}

function button(text: string, onClick: () => void): HTMLButtonElement {
  return element("button", { type: "button", on: { click: onClick } }, text);
}
