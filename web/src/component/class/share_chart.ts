import uPlot from "uplot";
import type { Mark } from "../../api/class_types";
import { percent, wholeClock } from "../../app/format";
import { colour } from "../../app/theme";
import { expressions } from "../../expression/expression";
import { labelOf } from "../../expression/label";
import {
  axisHeight,
  chartFont,
  ChartFrame,
  drawMarks,
  readoutHeight,
  timeAxis,
} from "../chart_frame";

const plotHeight = 240;
const markHeight = 22; // above the plot, for the marks' words
const shortestSpan = 60; // seconds that are shown at least
const timeSteps = [10, 15, 30, 60, 120, 300, 600, 900, 1800]; // seconds between times on the axis

/** Shares of the expressions at one time; null when they are not told. */
export interface SharePoint {
  time: number;
  shares: Partial<Record<(typeof expressions)[number], number>> | null;
}

/**
 * The group's shares over time, stacked in the order of the bars beside it: the first expression is
 * on top, the last at the bottom.
 */
export class ShareChart {
  readonly #frame: ChartFrame;
  #points: readonly SharePoint[] = [];
  #marks: readonly Mark[] = [];

  constructor(label: string) {
    const total = plotHeight + markHeight + readoutHeight + axisHeight;
    this.#frame = new ChartFrame(label, total, (width, height, place) =>
      this.#make(width, height, place),
    );
  }

  get element(): HTMLElement {
    return this.#frame.element;
  }

  show(points: readonly SharePoint[], marks: readonly Mark[]): void {
    this.#points = points;
    this.#marks = marks;
    this.#frame.show(this.#data(), ...this.#span());
  }

  describe(text: string): void {
    this.#frame.describe(text);
  }

  destroy(): void {
    this.#frame.destroy();
  }

  #span(): [from: number, to: number] {
    const from = this.#points[0]?.time ?? 0;
    return [from, Math.max(from + shortestSpan, this.#points.at(-1)?.time ?? 0)];
  }

  /** The upper edge of each expression's layer; each covers those that stand above it. */
  #data(): uPlot.AlignedData {
    const edges: (number | null)[][] = expressions.map(() => []);
    for (const { shares } of this.#points) {
      let edge = 0;
      for (let layer = expressions.length - 1; layer >= 0; layer -= 1) {
        const expression = expressions[layer];
        if (expression && shares) edge += shares[expression] ?? 0;
        edges[layer]?.push(shares ? edge : null);
      }
    }
    return [this.#points.map(({ time }) => time), ...edges];
  }

  #make(width: number, height: number, place: HTMLElement): uPlot {
    const [min, max] = this.#span();
    const options: uPlot.Options = {
      width,
      height,
      padding: [readoutHeight + markHeight, 24, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: { x: { time: false, auto: false, min, max }, y: { auto: false, min: 0, max: 1 } },
      axes: [{ ...timeAxis(wholeClock), incrs: timeSteps }, shareAxis()],
      series: [{}, ...expressions.map(layerOf)],
      hooks: {
        draw: [(plot) => this.#drawMarks(plot)],
        setCursor: [(plot) => this.#read(plot)],
      },
    };
    return new uPlot(options, this.#data(), place);
  }

  /** Each mark's line, and of its words what the way to the next one leaves room for. */
  #drawMarks(plot: uPlot): void {
    const context = plot.ctx;
    const unit = devicePixelRatio;
    const { top, left, width } = plot.bbox;
    const times = this.#marks.map(({ time }) => time);
    drawMarks(plot, times, colour("text"), (x, index) => {
      const next = times[index + 1];
      const end = next === undefined ? left + width : plot.valToPos(next, "x", true);
      context.font = chartFont().replace("13px", `${13 * unit}px`);
      context.fillStyle = colour("text");
      context.textAlign = "left";
      const words = shortened(context, this.#marks[index]?.text ?? "", end - x - 6 * unit);
      context.fillText(words, x, top - 8 * unit);
    });
  }

  #read(plot: uPlot): void {
    const index = plot.cursor.idx;
    const point = index === null || index === undefined ? undefined : this.#points[index];
    if (!point) return this.#frame.read("");
    const { time, shares } = point;
    const said = expressions
      .filter((expression) => (shares?.[expression] ?? 0) >= 0.05)
      .sort((one, other) => (shares?.[other] ?? 0) - (shares?.[one] ?? 0))
      .map((expression) => `${labelOf(expression)} ${percent(shares?.[expression] ?? 0)}`);
    this.#frame.read(`${wholeClock(time)}  ${said.join(", ") || "not shown"}`);
  }
}

/** What of `text` fits into so many pixels; nothing if that is but a letter or two. */
function shortened(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  const letters = [...text];
  while (letters.length > 2) {
    letters.pop();
    const part = `${letters.join("").trimEnd()}…`;
    if (context.measureText(part).width <= room) return part;
  }
  return "";
}

function shareAxis(): uPlot.Axis {
  return {
    stroke: colour("muted"),
    font: chartFont(),
    size: 52,
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
    splits: () => [0, 0.25, 0.5, 0.75, 1],
    values: (_, splits) => splits.map((share) => percent(share)),
  };
}

function layerOf(expression: string): uPlot.Series {
  return {
    scale: "y",
    // A line in the card's own colour parts a layer from its neighbour, whatever their colours.
    stroke: colour("surface"),
    width: 1.5,
    fill: colour(`expression-${expression}`),
    points: { show: false },
  };
}
