import type { Box, Face } from "../api/types";
import { percent } from "../app/format";
import type { Expression } from "../expression/expression";
import { labelOf } from "../expression/label";
import { attributeText } from "./attribute_text";
import { placeCaptions, type Caption } from "./caption_place";

/** On pictures, whatever the theme: those of annotated pictures (src/output/colour.h). */
const colours: Record<Expression, string> = {
  angry: "rgb(230 85 30)",
  disgust: "rgb(0 170 125)",
  fear: "rgb(214 130 180)",
  happy: "rgb(245 215 60)",
  sad: "rgb(50 140 215)",
  surprise: "rgb(240 160 20)",
  neutral: "rgb(190 195 200)",
};

const casing = "rgb(16 18 22 / 0.75)";
const ink = "rgb(16 18 22)";

export interface Placed {
  face: Face;
  /** In pixels of the canvas. */
  box: Box;
  chosen: boolean;
}

/** What is written at a face: its number, expression and confidence, and attributes if any. */
export function caption({ track, expression, confidence, uncertain, attributes }: Face): string {
  const said = `${labelOf(expression)} ${percent(confidence)}`;
  const doubt = uncertain ? `${labelOf("uncertain")}: ` : "";
  const looks = attributeText(attributes);
  return `${track}  ${doubt}${said}${looks && `  (${looks})`}`;
}

/** What is written where there is no space for more. */
function shortCaption({ track, expression }: Face): string {
  return `${track}  ${labelOf(expression)}`;
}

/** Outlines faces and writes their captions; `unit` is the height of the text in pixels. */
export function drawFaces(
  context: CanvasRenderingContext2D,
  faces: readonly Placed[],
  unit: number,
): void {
  context.save();
  context.font = `600 ${unit}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  for (const placed of faces) outline(context, placed, unit);
  const { width, height } = context.canvas;
  const captions = placeCaptions(
    faces.map(({ face, box }) => ({ box, texts: [caption(face), shortCaption(face)] })),
    { unit, width, height, measure: (text) => context.measureText(text).width },
  );
  faces.forEach(({ face }, index) => writeCaption(context, face, captions[index], unit));
  context.restore();
}

function outline(context: CanvasRenderingContext2D, { face, box, chosen }: Placed, unit: number) {
  const width = unit * (chosen ? 0.24 : 0.16);
  const dash = face.uncertain ? [unit * 0.7, unit * 0.5] : [];
  context.beginPath();
  context.roundRect(...box, unit * 0.5);
  context.setLineDash(dash);
  context.strokeStyle = casing;
  context.lineWidth = width + unit * 0.16;
  context.stroke();
  context.strokeStyle = colours[face.expression];
  context.lineWidth = width;
  context.stroke();
  context.setLineDash([]);
}

function writeCaption(
  context: CanvasRenderingContext2D,
  face: Face,
  placed: Caption | undefined,
  unit: number,
) {
  if (!placed) return;
  const { text, area } = placed;
  const [left, top, , high] = area;
  context.beginPath();
  context.roundRect(...area, unit * 0.35);
  context.fillStyle = colours[face.expression];
  context.fill();
  context.fillStyle = ink;
  context.fillText(text, left + unit / 2, top + high / 2);
}

/** `box` of a frame, in a canvas `scale` times as large; mirrored within `mirrorWidth` if given. */
export function scaled(box: Box, scale: number, mirrorWidth?: number): Box {
  const [x, y, width, height] = box.map((value) => value * scale) as [
    number,
    number,
    number,
    number,
  ];
  return [mirrorWidth === undefined ? x : mirrorWidth - x - width, y, width, height];
}
