import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { colour, followTheme } from "../app/theme";
import { labelLanguage } from "../expression/label";
import { element } from "./element";

export const axisHeight = 32;
export const readoutHeight = 24;

/** Around a chart: its place on the page, and the line that says what is under the pointer. */
export class ChartFrame {
  readonly element: HTMLElement;
  readonly #canvas: HTMLElement;
  readonly #readout = element("p", { class: "chart-readout", "aria-hidden": "true" });
  readonly #height: number;
  readonly #make: (width: number, height: number, place: HTMLElement) => uPlot;
  readonly #stop: (() => void)[];
  #plot: uPlot | undefined;

  /** `label` says what it shows, for those who do not see it. `make` is called anew for other colours or words. */
  constructor(
    label: string,
    height: number,
    make: (width: number, height: number, place: HTMLElement) => uPlot,
  ) {
    this.#height = height;
    this.#make = make;
    this.#canvas = element("div", { class: "chart-canvas", role: "img", "aria-label": label });
    this.element = element("div", { class: "chart" }, this.#canvas, this.#readout);
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(this.#canvas);
    const rebuild = () => this.#rebuild();
    this.#stop = [followTheme(rebuild), labelLanguage.follow(rebuild), () => observer.disconnect()];
  }

  show(data: uPlot.AlignedData, from: number, to: number): void {
    this.#plot?.setData(data, false);
    this.#plot?.setScale("x", { min: from, max: to });
  }

  /** Says in words what the chart shows now. */
  describe(text: string): void {
    this.#canvas.setAttribute("aria-label", text);
  }

  /** Says what is under the pointer. */
  read(text: string): void {
    this.#readout.textContent = text;
  }

  destroy(): void {
    for (const stop of this.#stop) stop();
    this.#plot?.destroy();
  }

  #resize(): void {
    const width = Math.floor(this.#canvas.clientWidth);
    if (width === 0) return;
    if (this.#plot) this.#plot.setSize({ width, height: this.#height });
    else this.#plot = this.#make(width, this.#height, this.#canvas);
  }

  #rebuild(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#resize();
  }
}

/** The line of times below a chart. */
export function timeAxis(timeText: (time: number) => string): uPlot.Axis {
  return {
    stroke: colour("muted"),
    font: chartFont(),
    size: axisHeight,
    grid: { show: false },
    ticks: { stroke: colour("line"), width: 1, size: 4 },
    space: 64,
    values: (_, splits) => splits.map(timeText),
  };
}

export function chartFont(): string {
  return `13px ${getComputedStyle(document.body).fontFamily}`;
}

/** Upright dashed lines at `times`; calls `at` with the place of each that is in view. */
export function drawMarks(
  plot: uPlot,
  times: readonly number[],
  stroke = colour("muted"),
  at: (x: number, index: number) => void = () => undefined,
): void {
  const { left, top, width, height } = plot.bbox;
  const context = plot.ctx;
  context.save();
  context.strokeStyle = stroke;
  context.lineWidth = devicePixelRatio;
  context.setLineDash([3 * devicePixelRatio, 4 * devicePixelRatio]);
  times.forEach((time, index) => {
    const x = Math.round(plot.valToPos(time, "x", true));
    if (x < left || x > left + width) return;
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, top + height);
    context.stroke();
    at(x, index);
  });
  context.restore();
}
