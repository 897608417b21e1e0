import uPlot from "uplot";
import { percent } from "../app/format";
import { colour } from "../app/theme";
import { expressions } from "../expression/expression";
import { labelOf } from "../expression/label";
import {
  axisHeight,
  chartFont,
  ChartFrame,
  drawMarks,
  readoutHeight,
  timeAxis,
} from "./chart_frame";

const rowFill = 0.88; // of a row's height, for a probability of 1
const rowHeight = 34;
const chartHeight = rowHeight * expressions.length + axisHeight + readoutHeight;

export interface ChartContent {
  times: number[];
  /** For each expression, in order; null where the face was not seen. */
  probabilities: (number | null)[][];
  from: number;
  to: number;
  /** Times that get a line of their own. */
  marks?: number[];
}

export interface ChartOptions {
  /** What it shows, for those who do not see it. */
  label: string;
  timeText(time: number): string;
  onChoose?(time: number): void;
}

/**
 * The seven probabilities over time: one row for each expression, so that place and name tell them
 * apart, and colour only helps.
 */
export class ProbabilityChart {
  readonly #options: ChartOptions;
  readonly #frame: ChartFrame;
  #content: ChartContent = { times: [], probabilities: expressions.map(() => []), from: 0, to: 1 };

  constructor(options: ChartOptions) {
    this.#options = options;
    this.#frame = new ChartFrame(options.label, chartHeight, (width, height, place) =>
      this.#make(width, height, place),
    );
  }

  get element(): HTMLElement {
    return this.#frame.element;
  }

  show(content: ChartContent): void {
    this.#content = content;
    this.#frame.show(this.#data(), content.from, content.to);
  }

  /** Says in words what the chart shows now. */
  describe(text: string): void {
    this.#frame.describe(text);
  }

  destroy(): void {
    this.#frame.destroy();
  }

  /** Each expression's probabilities, lifted into its row; the first is at the top. */
  #data(): uPlot.AlignedData {
    const rows = this.#content.probabilities.map((row, index) =>
      row.map((share) => (share === null ? null : baseOf(index) + rowFill * share)),
    );
    return [this.#content.times, ...rows];
  }

  #make(width: number, height: number, place: HTMLElement): uPlot {
    const { from, to } = this.#content;
    const options: uPlot.Options = {
      width,
      height,
      padding: [readoutHeight, 24, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: {
        x: { time: false, auto: false, min: from, max: to },
        y: { auto: false, min: 0, max: expressions.length },
      },
      axes: this.#axes(),
      series: [{}, ...expressions.map((expression, index) => seriesOf(expression, index))],
      hooks: {
        draw: [(plot) => drawMarks(plot, this.#content.marks ?? [])],
        setCursor: [(plot) => this.#read(plot)],
        ready: [(plot) => this.#listen(plot)],
      },
    };
    return new uPlot(options, this.#data(), place);
  }

  #axes(): uPlot.Axis[] {
    const stroke = colour("muted");
    const grid = { stroke: colour("line"), width: 1 };
    return [
      timeAxis((time) => this.#options.timeText(time)),
      {
        scale: "y",
        stroke,
        font: chartFont(),
        size: labelWidth(),
        grid: { show: false },
        ticks: { show: false },
        splits: () => expressions.map((_, index) => baseOf(index) + 0.4),
        values: () => expressions.map((expression) => labelOf(expression)),
      },
      {
        scale: "y",
        side: 1,
        size: 0,
        grid,
        ticks: { show: false },
        splits: () => expressions.map((_, index) => baseOf(index)),
        values: () => expressions.map(() => ""),
      },
    ];
  }

  #read(plot: uPlot): void {
    const index = plot.cursor.idx;
    const time = index === null || index === undefined ? undefined : this.#content.times[index];
    if (index === null || index === undefined || time === undefined) {
      this.#frame.read("");
      return;
    }
    const said = expressions
      .map((expression, row) => ({ expression, share: this.#content.probabilities[row]?.[index] }))
      .filter(({ share }) => share !== null && share !== undefined && share >= 0.1)
      .sort((one, other) => (other.share ?? 0) - (one.share ?? 0))
      .map(({ expression, share }) => `${labelOf(expression)} ${percent(share ?? 0)}`);
    this.#frame.read(`${this.#options.timeText(time)}  ${said.join(", ") || "not seen"}`);
  }

  #listen(plot: uPlot): void {
    const { onChoose } = this.#options;
    if (!onChoose) return;
    plot.over.classList.add("chart-choosable");
    plot.over.addEventListener("click", () => onChoose(plot.posToVal(plot.cursor.left ?? 0, "x")));
  }
}

/** The room that the longest of the chosen language's labels takes, in pixels. */
function labelWidth(): number {
  return 16 + 7.6 * Math.max(...expressions.map((expression) => labelOf(expression).length));
}

function baseOf(index: number): number {
  return expressions.length - 1 - index;
}

function seriesOf(expression: string, index: number): uPlot.Series {
  const stroke = colour(`expression-${expression}`);
  return {
    scale: "y",
    stroke,
    fill: `${stroke}70`,
    fillTo: baseOf(index),
    width: 1.5,
    points: { show: false },
  };
}
