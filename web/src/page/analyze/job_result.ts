import type { Change, Job, Timeline, TimelineTrack } from "../../api/types";
import { clock, many, percent } from "../../app/format";
import { element, fill, unbroken } from "../../component/element";
import { expressionName } from "../../component/expression_name";
import { selectField } from "../../component/field";
import { notice } from "../../component/notice";
import { ProbabilityChart, type ChartContent } from "../../component/probability_chart";
import { expressions } from "../../expression/expression";
import { labelLanguage } from "../../expression/label";
import { stem } from "./result_files";

/** The result of a video: player, timeline, moments of change, and each face's shares. */
export class JobResult {
  readonly element: HTMLElement;
  readonly #timeline: Timeline;
  readonly #video: HTMLVideoElement;
  readonly #chart: ProbabilityChart;
  readonly #words = element("div", { class: "result-words" });
  readonly #unfollow: () => void;
  #track: number;

  constructor(job: Job, timeline: Timeline) {
    this.#timeline = timeline;
    this.#track = mostSeen(timeline.tracks)?.track ?? 0;
    this.#video = element("video", {
      class: "player",
      controls: true,
      playsinline: true,
      preload: "metadata",
      src: job.links.video,
      "aria-label": `${job.name} with faces outlined`,
    });
    this.#chart = new ProbabilityChart({
      label: "",
      timeText: clock,
      onChoose: (time) => this.#seek(time),
    });
    this.element = element("div", {}, ...this.#parts(job));
    this.#video.addEventListener("error", () => this.#video.replaceWith(notPlayable()));
    this.#unfollow = labelLanguage.follow(() => this.#showWords());
    this.#showWords();
    this.#showTrack();
  }

  destroy(): void {
    this.#unfollow();
    this.#chart.destroy();
    this.#video.removeAttribute("src");
  }

  #parts(job: Job): HTMLElement[] {
    const { tracks } = this.#timeline;
    if (tracks.length === 0) {
      return [element("p", { class: "headline quiet" }, "No face was found"), downloads(job)];
    }
    return [
      this.#video,
      element(
        "div",
        { class: "chart-head" },
        element("h4", {}, "Over time"),
        tracks.length > 1
          ? selectField(
              "Face",
              tracks.map(({ track }) => [String(track), `Face ${track}`] as const),
              String(this.#track),
              (track) => this.#choose(Number(track)),
            )
          : null,
      ),
      this.#chart.element,
      this.#words,
      downloads(job),
    ];
  }

  #choose(track: number): void {
    this.#track = track;
    this.#showTrack();
  }

  #showTrack(): void {
    const { changes } = this.#timeline;
    const own = changes.filter(({ track }) => track === this.#track);
    this.#chart.show(contentOf(this.#timeline, this.#track, own));
    const shown = this.#timeline.tracks.find(({ track }) => track === this.#track);
    const leading = shown && mainShares(shown)[0];
    const mostly = leading ? `mostly ${leading[0]}, ` : "";
    this.#chart.describe(
      `Probabilities of face ${this.#track} over time: ${mostly}${many(own.length, "change")}. The tables below say the same in words.`,
    );
  }

  #showWords(): void {
    const { tracks, changes } = this.#timeline;
    fill(this.#words, trackTable(tracks), this.#changeList(changes));
  }

  #changeList(changes: Change[]): HTMLElement {
    const items = changes.map(({ time, track, from, to }) =>
      element(
        "li",
        {},
        element(
          "button",
          {
            type: "button",
            class: "link",
            "aria-label": `Show ${clock(time)} in the video`,
            on: { click: () => this.#seek(time) },
          },
          clock(time),
        ),
        ` Face ${track}: `,
        expressionName(from),
        " to ",
        expressionName(to),
      ),
    );
    return element(
      "section",
      {},
      element("h4", {}, "Moments of change"),
      items.length === 0
        ? element("p", { class: "quiet" }, "None: each face kept its expression.")
        : element("ol", { class: "changes", role: "list" }, ...items),
    );
  }

  #seek(time: number): void {
    this.#video.currentTime = Math.max(0, time);
  }
}

function contentOf({ bins, duration }: Timeline, track: number, changes: Change[]): ChartContent {
  return {
    times: bins.map(({ time, length }) => time + length / 2),
    probabilities: expressions.map((_, index) =>
      bins.map((bin) => bin.tracks[String(track)]?.probabilities[index] ?? null),
    ),
    from: 0,
    to: Math.max(duration, 0.1),
    marks: changes.map(({ time }) => time),
  };
}

function mostSeen(tracks: TimelineTrack[]): TimelineTrack | undefined {
  return tracks.reduce<TimelineTrack | undefined>(
    (best, next) => (best && best.frames >= next.frames ? best : next),
    undefined,
  );
}

/** The expressions a face showed for at least a hundredth of its time, the longest first. */
function mainShares({ shares }: TimelineTrack) {
  return expressions
    .map((expression) => [expression, shares[expression] ?? 0] as const)
    .filter(([, share]) => share >= 0.01)
    .sort(([, one], [, other]) => other - one);
}

function trackTable(tracks: TimelineTrack[]): HTMLElement {
  const head = ["Face", "Seen", "Showed"];
  const rows = tracks.map((track) => {
    const shares = mainShares(track).map(([expression, share]) =>
      element("li", {}, expressionName(expression), ` ${percent(share)}`),
    );
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, String(track.track)),
      element(
        "td",
        { class: "number" },
        unbroken(clock(track.first)),
        " ",
        unbroken(`to ${clock(track.last)}`),
      ),
      element(
        "td",
        {},
        shareStrip(track),
        element("ul", { class: "shares", role: "list" }, ...shares),
      ),
    );
  });
  return element(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Shares of each face" },
    element(
      "table",
      { class: "tracks" },
      element(
        "thead",
        {},
        element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text))),
      ),
      element("tbody", {}, ...rows),
    ),
  );
}

function shareStrip(track: TimelineTrack): HTMLElement {
  const parts = mainShares(track).map(([expression, share]) => {
    const part = element("span", { class: "bar-fill", "data-expression": expression });
    part.style.flexGrow = String(share);
    return part;
  });
  return element("div", { class: "share-strip", "aria-hidden": "true" }, ...parts);
}

function notPlayable(): HTMLElement {
  return notice(
    "warning",
    "Your browser cannot play this video",
    "Download the annotated video and open it in a player such as VLC.",
  );
}

function downloads({ links, name }: Job): HTMLElement {
  const files = [
    ["JSON", links.json, ".json"],
    ["JSON Lines", links.jsonl, ".jsonl"],
    ["CSV", links.csv, ".csv"],
    ["Annotated video", links.video, "-annotated.mp4"],
  ] as const;
  return element(
    "div",
    { class: "toolbar", role: "group", "aria-label": `Download the result of ${name}` },
    ...files.map(([text, href, ending]) =>
      element("a", { class: "button", href, download: stem(name) + ending }, text),
    ),
  );
}
