import type { Box, Face, FrameResult } from "../../api/types";
import { wantsLessMotion } from "../../app/theme";
import { drawFaces, scaled, type Placed } from "../../component/draw_faces";

const settling = 90; // milliseconds in which a box covers two thirds of its way to the newest place
const textHeight = 15;

/** The outlines over the video. They glide between results, as these come slower than pictures. */
export class Overlay {
  readonly canvas: HTMLCanvasElement;
  mirrored = false;
  chosen: number | undefined;
  #result: FrameResult | undefined;
  #shown = new Map<number, Box>();
  #drawn = 0;
  #request: number | undefined;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
  }

  start(): void {
    if (this.#request === undefined) this.#request = requestAnimationFrame(() => this.#frame());
  }

  stop(): void {
    if (this.#request !== undefined) cancelAnimationFrame(this.#request);
    this.#request = undefined;
    this.show(undefined);
    this.#draw();
  }

  show(result: FrameResult | undefined): void {
    this.#result = result;
  }

  /** Draws what is shown now into a picture of `width` pixels, for a snapshot. */
  drawInto(context: CanvasRenderingContext2D, width: number): void {
    const unit = Math.max(14, Math.round(width / 42));
    drawFaces(
      context,
      this.#placed(width, (face) => face.box),
      unit,
    );
  }

  /** The face at a place of the canvas, in CSS pixels. */
  faceAt(x: number, y: number): Face | undefined {
    const inside = ({ box: [left, top, width, height] }: Placed) =>
      x >= left && x <= left + width && y >= top && y <= top + height;
    return this.#placed(this.canvas.clientWidth, (face) => face.box).find(inside)?.face;
  }

  #frame(): void {
    this.#request = requestAnimationFrame(() => this.#frame());
    this.#glide();
    this.#draw();
  }

  #glide(): void {
    const now = performance.now();
    const step = wantsLessMotion() ? 1 : 1 - Math.exp((this.#drawn - now) / settling);
    this.#drawn = now;
    const next = new Map<number, Box>();
    for (const { track, box } of this.#result?.faces ?? []) {
      const before = this.#shown.get(track) ?? box;
      const at = (index: 0 | 1 | 2 | 3) => before[index] + step * (box[index] - before[index]);
      next.set(track, [at(0), at(1), at(2), at(3)]);
    }
    this.#shown = next;
  }

  #draw(): void {
    const { clientWidth, clientHeight } = this.canvas;
    const dense = devicePixelRatio;
    const [width, height] = [Math.round(clientWidth * dense), Math.round(clientHeight * dense)];
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    const context = this.canvas.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, width, height);
    const faces = this.#placed(width, (face) => this.#shown.get(face.track) ?? face.box);
    drawFaces(context, faces, textHeight * dense);
  }

  #placed(width: number, boxOf: (face: Face) => Box): Placed[] {
    if (!this.#result) return [];
    const scale = width / this.#result.width;
    return this.#result.faces.map((face) => ({
      face,
      box: scaled(boxOf(face), scale, this.mirrored ? width : undefined),
      chosen: face.track === this.chosen,
    }));
  }
}
