import { get, sentenceOf } from "../api/request";
import type { FrameResult, Info, StreamState } from "../api/types";
import { announce } from "../app/announcer";
import { info } from "../app/info";
import type { Page } from "../app/page";
import { element, fill } from "../component/element";
import { languageField } from "../component/field";
import { FacePanel } from "../component/live/face_panel";
import { Stats } from "../component/live/stats";
import { notice, type NoticeKind } from "../component/notice";

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
  /** Something failed, so what was open may never show anything again. */
  #broken = false;

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
      const known = await info();
      if (!this.#shown) return;
      if (!known.stream) return fill(this.#body, noSource());
      this.#layOut(known.stream.source, known);
      this.#connect();
    } catch (failure) {
      fill(this.#body, notice("error", "The stream cannot be shown", sentenceOf(failure)));
    }
  }

  #layOut(source: string, known: Info): void {
    this.#picture.alt = `Live picture of ${source}, with faces outlined`;
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
        ...elsewhere(known),
        element("div", { class: "fields" }, languageField()),
      ),
    );
  }

  #connect(): void {
    this.#disconnect();
    this.#setPaused(false);
    this.#picture.onerror = () => (this.#broken = true);
    this.#openEvents();
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

  /** Opens the results and, as soon as the server lets them flow, the picture. */
  #openEvents(): void {
    this.#broken = false;
    this.#events?.close();
    const events = new EventSource("/api/v1/stream/events");
    this.#events = events;
    // The browser opens events anew by itself when they break off, but never a picture.
    events.addEventListener("open", () => this.#loadPicture());
    events.addEventListener("result", ({ data }) => {
      this.#panel.show(JSON.parse(String(data)) as FrameResult);
    });
    events.addEventListener("end", () => {
      events.close();
      void this.#askState();
    });
  }

  #loadPicture(): void {
    // A number of its own makes the browser ask anew instead of showing what it kept.
    this.#picture.src = `/stream.mjpg?view=${Date.now()}`;
  }

  async #askState(): Promise<void> {
    const asked = this.#events;
    const isOutdated = () => asked !== this.#events; // left or paused meanwhile
    try {
      const state = await get<StreamState>("/api/v1/stream");
      if (isOutdated()) return;
      this.#showStats(String(state.frame), state.rate.toFixed(1), String(state.viewers));
      this.#showState(state);
      if (state.state === "running") this.#mend();
    } catch (failure) {
      if (isOutdated()) return;
      this.#broken = true;
      this.#showStats("–", "–", "–");
      this.#showNotice("warning", "No connection", sentenceOf(failure));
    }
  }

  #mend(): void {
    const closed = this.#events?.readyState === EventSource.CLOSED;
    if (closed || this.#broken) this.#openEvents();
  }

  #showStats(frame: string, rate: string, viewers: string): void {
    this.#stats.set("Frame", frame);
    this.#stats.set("Frames/s", rate);
    this.#stats.set("Viewers", viewers);
  }

  #showState({ state, message }: StreamState): void {
    if (state === "running") return fill(this.#state);
    const text = message || "Start mien serve again to see it from the beginning.";
    if (state === "ended") this.#showNotice("info", "The stream has ended", text);
    else this.#showNotice("warning", "The stream broke off", text);
  }

  #showNotice(kind: NoticeKind, title: string, text: string): void {
    const made = notice(kind, title, text);
    // The same notice anew would be read out again.
    if (made.textContent !== this.#state.textContent) fill(this.#state, made);
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

/** How other programs, browsers and pages get the picture. */
function elsewhere({ token = false, embedding = false }: Info): HTMLElement[] {
  const address = `${location.origin}/stream.mjpg${token ? "?token=TOKEN" : ""}`;
  const replace = token ? ", with the token that mien serve printed in place of TOKEN" : "";
  const allow = element("code", { class: "option" }, "--allow-embedding");
  return [
    element("p", {}, `VLC and other browsers show the picture at this address${replace}:`),
    element("p", {}, element("code", { class: "address" }, address)),
    element(
      "p",
      {},
      "An <img> in a page of another site shows it, too",
      ...(embedding ? [] : [", if mien serve was started with ", allow]),
      ".",
    ),
  ];
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
