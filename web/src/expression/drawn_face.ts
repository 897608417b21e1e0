import { svgElement } from "../component/element";
import type { Expression } from "./expression";

/** The lines that make an expression, in a square of 100. */
interface Features {
  brows: string;
  eyes: { rx: number; ry: number; y: number };
  lids?: string;
  mouth: string;
  /** An open mouth is filled. */
  open?: boolean;
  teeth?: string;
  folds?: string;
}

const features: Record<Expression, Features> = {
  angry: {
    brows: "M22 33L43 42M78 33L57 42",
    eyes: { rx: 4.5, ry: 4, y: 49 },
    lids: "M26 46L42 48M74 46L58 48",
    mouth: "M36 74Q50 67 64 74",
    folds: "M47 31V38M53 31V38",
  },
  disgust: {
    brows: "M23 39Q33 36 43 42M77 39Q67 36 57 42",
    eyes: { rx: 4.5, ry: 3, y: 49 },
    lids: "M27 53Q34 51 41 53M73 53Q66 51 59 53",
    mouth: "M35 74Q43 66 50 69Q57 66 65 74Q50 77 35 74Z",
    folds: "M45 55L49 57M55 55L51 57M41 60Q35 64 33 71M59 60Q65 64 67 71",
  },
  fear: {
    brows: "M23 35Q34 30 43 28M77 35Q66 30 57 28",
    eyes: { rx: 5, ry: 6.5, y: 46 },
    lids: "M26 39Q34 34 42 39M74 39Q66 34 58 39",
    mouth: "M33 71Q50 66 67 71Q66 79 50 78Q34 79 33 71Z",
    open: true,
    folds: "M38 22Q50 19 62 22",
  },
  happy: {
    brows: "M24 36Q33 30 42 35M76 36Q67 30 58 35",
    eyes: { rx: 4.5, ry: 4, y: 47 },
    lids: "M27 52Q34 48 41 52M73 52Q66 48 59 52",
    mouth: "M30 63Q50 69 70 63Q65 82 50 82Q35 82 30 63Z",
    open: true,
    teeth: "M33 65.500Q50 70 67 65.500Q65 70.500 50 72Q35 70.500 33 65.500Z",
    folds: "M27 58Q23 63 26 68M73 58Q77 63 74 68",
  },
  sad: {
    brows: "M23 40Q33 36 42 31M77 40Q67 36 58 31",
    eyes: { rx: 4.5, ry: 4, y: 49 },
    lids: "M26 48Q33 43 42 45M74 48Q67 43 58 45",
    mouth: "M35 76Q50 66 65 76",
    folds: "M43 83Q50 80 57 83",
  },
  surprise: {
    brows: "M22 31Q33 20 44 29M78 31Q67 20 56 29",
    eyes: { rx: 5.5, ry: 6.5, y: 45 },
    lids: "M25 40Q34 33 43 40M75 40Q66 33 57 40",
    mouth: "M50 62Q60 62 60 72Q60 83 50 83Q40 83 40 72Q40 62 50 62Z",
    open: true,
    folds: "M34 15Q50 11 66 15",
  },
  neutral: {
    brows: "M24 37Q33 33 42 37M76 37Q67 33 58 37",
    eyes: { rx: 4.5, ry: 4.5, y: 47 },
    lids: "M27 43Q34 40 41 43M73 43Q66 40 59 43",
    mouth: "M36 72Q50 73 64 72",
  },
};

function eyesOf({ eyes }: Features): SVGElement[] {
  return [34, 66].map((x) =>
    svgElement("ellipse", { class: "face-eye", cx: x, cy: eyes.y, rx: eyes.rx, ry: eyes.ry }),
  );
}

function line(kind: string, path: string): SVGElement {
  return svgElement("path", { class: `face-${kind}`, d: path });
}

/** A small sign for an expression; the word must stand beside it. */
export function faceSign(expression: Expression): SVGSVGElement {
  const drawn = features[expression];
  return svgElement(
    "svg",
    { class: "face-sign", viewBox: "10 10 80 80", "aria-hidden": "true", focusable: "false" },
    line("line", drawn.brows),
    ...eyesOf(drawn),
    line(drawn.open ? "open" : "line", drawn.mouth),
  );
}

/** A drawn face that shows an expression, described by `title`. */
export function drawnFace(expression: Expression, title: string): SVGSVGElement {
  const drawn = features[expression];
  const parts = [
    line("hair", "M14 44Q10 4 50 4Q90 4 86 44Q84 22 50 22Q16 22 14 44Z"),
    line("skin", "M15 42Q15 14 50 14Q85 14 85 42Q85 66 76 80Q64 95 50 95Q36 95 24 80Q15 66 15 42Z"),
    line("nose", "M50 50Q48 57 46 61Q50 64 54 61"),
    line("brow", drawn.brows),
    ...eyesOf(drawn),
    line(drawn.open ? "mouth-open" : "mouth", drawn.mouth),
  ];
  if (drawn.teeth) parts.push(line("teeth", drawn.teeth));
  if (drawn.lids) parts.push(line("lid", drawn.lids));
  if (drawn.folds) parts.push(line("fold", drawn.folds));
  const svg = svgElement(
    "svg",
    { class: "drawn-face", viewBox: "0 0 100 100", role: "img", "aria-label": title },
    ...parts,
  );
  return svg;
}
