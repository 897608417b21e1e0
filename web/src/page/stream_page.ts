import { get, sentenceOf } from "../api/request";
import type { FrameResult, StreamState } from "../api/types";
import { announce } from "../app/announcer";
import { info } from "../app/info";
import type { Page } from "../app/page";
import { element, fill } from "../component/element";
import { languageField } from "../component/field";
import { FacePanel } from "../component/live/face_panel";
import { Stats } from "../component/live/stats";
import { notice } from "../component/notice";

const askEvery = 2000; // milliseconds between questions after the stream's state

/** What the server itself sees. */
export class StreamPage implements Page {
  readonly element: HTMLElement;
  readonly #body = element("div", { class: "stream" });
  readonly #panel = new FacePanel();
  readonly #picture = element("img", { class: "stream-picture", alt: "" });
  readonly #still = element("canvas", {
    class: "stream-picture",
    hidden: true,
    "aria-hidden": "true",
  });
  readonly #state = element("div", { class: "notices" });
  readonly #pause = element(
    "button",
    { type: "button", on: { click: () => this.#togglePause() } },
    "Pause",
  );
  readonly #stats = new Stats([
    ["Frame", "The number of the newest frame"],
    ["Frames/s", "Frames that the server analyses in a second"],
    ["Viewers", "How many watch this stream now"],
  ]);
  #events: EventSource | undefined;
  #timer: number | undefined;
  #paused = false;
  #shown = false;

  constructor() {
    this.element = element(
      "div",
      {},
      element("h1", { tabindex: "-1" }, "Stream"),
      element(
        "p",
        { class: "lead" },
        "What this server sees: its own camera, a video or a network stream. All viewers share one analysis.",
      ),
      this.#body,
    );
  }

  show(): void {
    this.#shown = true;
    void this.#open();
  }

  hide(): void {
    this.#shown = false;
    this.#disconnect();
  }

  async #open(): Promise<void> {
    try {
      const { stream } = await info();
      if (!this.#shown) return;
      if (!stream) return fill(this.#body, noSource());
      this.#layOut(stream.source);
      this.#connect();
    } catch (failure) {
      fill(this.#body, notice("error", "The stream cannot be shown", sentenceOf(failure)));
    }
  }

  #layOut(source: string): void {
    this.#picture.alt = `Live picture of ${source}, with faces outlined`;
    const address = `${location.origin}/stream.mjpg`;
    fill(
      this.#body,
      element(
        "div",
        { class: "live-main" },
        element(
          "div",
          { class: "live-stage" },
          element("div", { class: "stage stage-stream" }, this.#picture, this.#still),
          this.#state,
          element(
            "div",
            { class: "toolbar" },
            this.#pause,
            element("span", { class: "quiet" }, source),
          ),
        ),
        element("div", { class: "live-side" }, this.#panel.details, this.#stats.element),
      ),
      this.#panel.overTime,
      element(
        "section",
        { class: "card options", "aria-label": "Elsewhere" },
        element("h2", {}, "Watch it elsewhere"),
        element("p", {}, "VLC, any browser and an <img> of your own page can show this address:"),
        element("p", {}, element("code", { class: "address" }, address)),
        element("div", { class: "fields" }, languageField()),
      ),
    );
  }

  #connect(): void {
    this.#disconnect();
    this.#setPaused(false);
    // A number of its own makes the browser ask anew instead of showing what it kept.
    this.#picture.src = `/stream.mjpg?view=${Date.now()}`;
    this.#picture.onerror = () => void this.#askState();
    this.#events = new EventSource("/api/v1/stream/events");
    this.#events.addEventListener("result", ({ data }) => {
      this.#panel.show(JSON.parse(String(data)) as FrameResult);
    });
    this.#events.addEventListener("end", () => {
      this.#events?.close();
      void this.#askState();
    });
    this.#timer = window.setInterval(() => void this.#askState(), askEvery);
    void this.#askState();
  }

  #disconnect(): void {
    window.clearInterval(this.#timer);
    this.#events?.close();
    this.#events = undefined;
    this.#picture.onerror = null;
    this.#picture.removeAttribute("src");
  }

  async #askState(): Promise<void> {
    try {
      const { state, message, frame, rate, viewers } = await get<StreamState>("/api/v1/stream");
      this.#stats.set("Frame", String(frame));
      this.#stats.set("Frames/s", rate.toFixed(1));
      this.#stats.set("Viewers", String(viewers));
      this.#showState(state, message);
    } catch (failure) {
      fill(this.#state, notice("warning", "No connection", sentenceOf(failure)));
    }
  }

  #showState(state: StreamState["state"], message: string): void {
    if (state === this.#state.dataset["state"]) return;
    this.#state.dataset["state"] = state;
    if (state === "running") return fill(this.#state);
    const title = state === "ended" ? "The stream has ended" : "The stream broke off";
    const text = message || "Start mien serve again to see it from the beginning.";
    fill(this.#state, notice(state === "ended" ? "info" : "warning", title, text));
  }

  #togglePause(): void {
    if (this.#paused) return this.#connect();
    const { naturalWidth, naturalHeight } = this.#picture;
    this.#still.width = naturalWidth;
    this.#still.height = naturalHeight;
    this.#still.getContext("2d")?.drawImage(this.#picture, 0, 0);
    this.#disconnect();
    this.#setPaused(true);
    announce("Paused");
  }

  #setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#pause.textContent = paused ? "Resume" : "Pause";
    this.#still.hidden = !paused;
    this.#picture.hidden = paused;
  }
}

function noSource(): HTMLElement {
  return notice(
    "info",
    "This server has no stream",
    "Start it with a source to watch that here, for example:",
    element(
      "pre",
      { tabindex: "0" },
      element(
        "code",
        {},
        "mien serve --source camera:0\nmien serve --source video.mp4\nmien serve --source rtsp://camera.example/live",
      ),
    ),
  );
}
