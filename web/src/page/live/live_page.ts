import { LiveConnection } from "../../api/live_connection";
import type { LiveResult } from "../../api/types";
import { announce } from "../../app/announcer";
import { info } from "../../app/info";
import { chosenModel, withModel } from "../../app/model";
import type { Page } from "../../app/page";
import { element } from "../../component/element";
import { checkField, languageField, modelField } from "../../component/field";
import { button } from "../../component/input";
import { FacePanel } from "../../component/live/face_panel";
import { Meter } from "../../component/live/meter";
import { Stats } from "../../component/live/stats";
import { notice } from "../../component/notice";
import { adviceFor, obstacle, type Advice } from "./camera";
import { CameraField } from "./camera_field";
import { camera, CameraStage, mirror, type StageState } from "./camera_stage";
import { consentCard } from "./consent";
import { FramePump } from "./frame_pump";
import { Recording } from "./recording";
import { saveSnapshot } from "./snapshot";

const usualRate = 30;
const usualInFlight = 3;

/** The browser's own camera. */
export class LivePage implements Page {
  readonly element: HTMLElement;
  readonly #stage = new CameraStage(() => this.#cameraGone());
  readonly #recording = new Recording({
    onChange: (recording) => (this.#stage.recording = recording),
    tell: (message) => this.#connection?.tell(message) ?? false,
  });
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
    this.#recording.forgetButton,
  );
  readonly #cameraField = new CameraField(camera, () => void this.#start());
  #meter = new Meter();
  #state: StageState = "idle";
  #pump: FramePump | undefined;
  #connection: LiveConnection | undefined;
  #timer: number | undefined;

  constructor() {
    this.element = element(
      "div",
      { class: "live" },
      element("h1", { tabindex: "-1" }, "Live"),
      element(
        "div",
        { class: "live-main" },
        element(
          "div",
          { class: "live-stage" },
          this.#stage.element,
          this.#notices,
          this.#recording.notices,
          this.#controls,
        ),
        element("div", { class: "live-side" }, this.#panel.details, this.#stats.element),
      ),
      this.#panel.overTime,
      this.#makeOptions(),
    );
    const { canvas } = this.#stage.overlay;
    canvas.addEventListener("click", (event) => this.#chooseAt(event));
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

  #setState(state: StageState): void {
    this.#state = state;
    const active = state === "running" || state === "paused";
    this.#controls.hidden = !active;
    this.#panel.overTime.hidden = !active;
    this.#pause.textContent = state === "paused" ? "Resume" : "Pause";
    this.#stage.state = state;
    if (state === "paused") this.#clearStats();
    if (state === "idle") this.#showStart();
  }

  #showStart(): void {
    const advice = obstacle();
    const shown = advice
      ? notice("warning", advice.title, advice.text)
      : consentCard(this.#recording, () => this.#agree());
    this.#stage.cover.replaceChildren(shown);
  }

  #agree(): void {
    if (this.#recording.begin()) void this.#start();
  }

  async #start(): Promise<void> {
    if (this.#state === "starting") return;
    this.#release();
    this.#notices.replaceChildren();
    this.#setState("starting");
    try {
      // The page may have been left, or stopped, while the browser asked.
      if (await this.#stage.open(camera.value, () => this.#isStarting())) await this.#run();
    } catch (failure) {
      if (this.#isStarting()) this.#fail(adviceFor(failure));
    }
  }

  #isStarting(): boolean {
    return this.#state === "starting";
  }

  async #run(): Promise<void> {
    const limits = await info().then(
      (known) => known.limits,
      () => undefined,
    );
    if (!this.#isStarting()) return;
    this.#meter = new Meter();
    this.#connect(limits?.live_in_flight ?? usualInFlight);
    const rate = limits?.live_rate ?? usualRate;
    this.#pump = new FramePump(this.#stage.video, rate, () => this.#connection);
    this.#timer = window.setInterval(() => this.#tick(), 500);
    this.#setState("running");
    // The button that was pressed is gone. Whoever chose another camera stays where they are.
    if (document.activeElement === document.body) this.#pause.focus();
    announce("The camera runs.");
    void this.#cameraField.refresh();
  }

  #connect(inFlight: number): void {
    const path = () => withModel("/api/v1/live", this.#recording.parameters);
    this.#connection = new LiveConnection(path, inFlight, {
      onConnected: () => this.#notices.replaceChildren(),
      onResult: (result, delay) => this.#take(result, delay),
      onLost: (why, pause) => this.#lost(why, pause),
      onFailing: (why) => this.#failing(why),
      onTold: (message) => this.#recording.told(message),
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
    this.#stage.overlay.chosen = this.#panel.chosen;
    this.#stage.show(result);
  }

  #lost(why: string, pause: number): void {
    this.#recording.lost();
    // While paused, the server closes a silent connection; it is opened again all the same.
    if (this.#state === "paused") return;
    this.#stage.show(undefined);
    const seconds = Math.max(1, Math.round(pause / 1000));
    const again = `${why} Trying again in ${seconds} s.`;
    this.#notices.replaceChildren(notice("warning", "No connection", again));
  }

  #failing(why: string): void {
    if (this.#state !== "running") return;
    this.#stage.show(undefined);
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
      this.#stage.video.pause();
      this.#setState("paused");
      announce("Paused. No pictures are sent.");
    } else if (this.#state === "paused") {
      void this.#stage.video.play();
      this.#setState("running");
      announce("The camera runs.");
    }
  }

  #saveSnapshot(): void {
    saveSnapshot(this.#stage.video, this.#stage.overlay);
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
    this.#stage.cover.querySelector("button")?.focus();
    announce("The camera is off.");
  }

  #end(): void {
    this.#release();
    this.#recording.end();
    this.#notices.replaceChildren();
    if (this.#state !== "idle") this.#setState("idle");
  }

  /** Gives the camera back, and forgets what was seen. */
  #release(): void {
    window.clearInterval(this.#timer);
    this.#pump?.stop();
    this.#connection?.close();
    this.#connection = undefined;
    this.#stage.close();
    this.#panel.clear();
    this.#clearStats();
  }

  #applyMirror(): void {
    this.#stage.mirrored = mirror.value === "yes";
  }

  #chooseAt({ offsetX, offsetY }: MouseEvent): void {
    const face = this.#stage.overlay.faceAt(offsetX, offsetY);
    if (face) this.#panel.chooser.choose(face.track);
  }
}
