import type { ClassMoment, HostMoment, HostStart, Mark } from "../../api/class_types";
import { wholeClock } from "../../app/format";
import { MoodCounts, sharesInWords, sharesOf } from "../../component/class/mood_counts";
import { ShareChart, type SharePoint } from "../../component/class/share_chart";
import { element, fill } from "../../component/element";
import { Stats } from "../../component/live/stats";
import { ProbabilityBars } from "../../component/probability_bars";
import { expressions } from "../../expression/expression";
import { labelLanguage } from "../../expression/label";

const mostPoints = 7200; // two hours
const describeEvery = 10_000; // milliseconds

/** The group over time, and now. */
export class GroupCard {
  readonly element: HTMLElement;
  readonly stats = new Stats([
    ["Participants", "Who has joined and not left"],
    ["Faces seen", "Faces that are seen now"],
    ["Time", "Since the class was opened"],
  ]);
  readonly #chart = new ShareChart("The group over time");
  readonly #bars = new ProbabilityBars();
  readonly #counts = new MoodCounts();
  readonly #hidden = element("p", { class: "group-hidden quiet", role: "status" });
  readonly #hint = element("p", { class: "group-hint", role: "status" });
  #points: SharePoint[] = [];
  #marks: readonly Mark[] = [];
  #faces = true;
  #smallest = 5;
  #described = -describeEvery;
  #unfollow: () => void;

  constructor() {
    this.element = element("div", {});
    this.#unfollow = labelLanguage.follow(() => this.#bars.rename());
  }

  start({ class: { faces, smallest_group }, history, marks }: HostStart): void {
    this.#faces = faces;
    this.#smallest = smallest_group;
    this.#points = history.map((moment) => this.#pointOf(moment));
    this.#layOut();
    this.setMarks(marks);
  }

  setMarks(marks: readonly Mark[]): void {
    this.#marks = marks;
    this.#chart.show(this.#points, this.#marks);
  }

  show(moment: HostMoment): void {
    const { time, participants, seen, reports, hint } = moment;
    const point = this.#pointOf(moment);
    this.#points.push(point);
    if (this.#points.length > mostPoints) this.#points.shift();
    this.#chart.show(this.#points, this.#marks);
    this.#describe(point);
    this.stats.set("Participants", String(participants));
    this.stats.set("Faces seen", this.#faces ? String(seen) : "–");
    this.stats.set("Time", wholeClock(time));
    const { shares } = point;
    this.#bars.show(shares ? wholeOf(shares) : undefined);
    setText(this.#hidden, shares ? "" : this.#whyHidden());
    setText(this.#hint, hint ? `${hint.text} (since ${wholeClock(hint.since)})` : "");
    this.#counts.show(reports, `Moods are shown from ${this.#number()} on who told theirs.`);
  }

  destroy(): void {
    this.#chart.destroy();
    this.#unfollow();
  }

  #layOut(): void {
    fill(
      this.element,
      element(
        "section",
        { class: "card", "aria-label": "The group" },
        element("h2", {}, this.#faces ? "What the group’s faces show" : "What the group told"),
        this.#hint,
        this.#hidden,
        element("div", { class: "group-now" }, this.#chart.element, this.#bars.element),
        element(
          "p",
          { class: "quiet group-note" },
          "Mien says what faces show, not what people feel.",
        ),
      ),
      element(
        "section",
        { class: "card", "aria-label": "Told moods" },
        element("h2", {}, "Moods told in the last five minutes"),
        this.#counts.element,
      ),
    );
  }

  #pointOf({ time, group, reports }: ClassMoment): SharePoint {
    return { time, shares: this.#faces ? group : sharesOf(reports) };
  }

  /** Seldom, as it is for those who come to read it, not read out at each change. */
  #describe({ shares }: SharePoint): void {
    const now = performance.now();
    if (now - this.#described < describeEvery) return;
    this.#described = now;
    const words = sharesInWords(shares) || "not shown now";
    this.#chart.describe(`The group over time; now ${words}`);
  }

  #whyHidden(): string {
    return this.#faces
      ? `The group is shown from ${this.#number()} faces on.`
      : `The group is shown from ${this.#number()} on who told their mood.`;
  }

  #number(): string {
    return this.#smallest === 5 ? "five" : String(this.#smallest);
  }
}

function wholeOf(shares: NonNullable<SharePoint["shares"]>) {
  const [angry, disgust, fear, happy, sad, surprise, neutral] = expressions.map(
    (expression) => shares[expression] ?? 0,
  ) as [number, number, number, number, number, number, number];
  return { angry, disgust, fear, happy, sad, surprise, neutral };
}

/** Writes only what is new, as writing is what has it read out. */
function setText(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.textContent = text;
  place.classList.toggle("empty", text === "");
}
