import type { Box } from "../api/types";

export interface Caption {
  text: string;
  area: Box;
}

interface Captioned {
  /** Of the face. */
  box: Box;
  /** What may be written at it, the longest first. */
  texts: readonly [long: string, short: string];
}

interface Picture {
  width: number;
  height: number;
  /** The height of the text. */
  unit: number;
  measure(text: string): number;
}

/**
 * Where captions stand: above their faces, or below. A caption that would reach a neighbour's is
 * shortened; one that would cover another even so goes to the other side of its face, if that is free.
 */
export function placeCaptions(faces: readonly Captioned[], picture: Picture): Caption[] {
  const usual = faces.map(({ box, texts }) => areasOf(box, texts[1], picture)[0]);
  const placed: Caption[] = [];
  faces.forEach(({ box, texts: [long, short] }, index) => {
    const [whole] = areasOf(box, long, picture);
    const reaches = usual.some((area, other) => other !== index && overlap(whole, area));
    const areas = areasOf(box, short, picture);
    const wanted = areas.map((area) => ({ text: short, area }));
    if (!reaches) wanted.unshift({ text: long, area: whole });
    const free = ({ area }: Caption) => !placed.some((other) => overlap(area, other.area));
    placed.push(wanted.find(free) ?? { text: short, area: areas[0] });
  });
  return placed;
}

/** The usual place of `text`, and the one on the other side of the face if there is any. */
function areasOf([x, y, , height]: Box, text: string, picture: Picture): [Box, ...Box[]] {
  const { unit, width: right, height: bottom } = picture;
  const wide = picture.measure(text) + unit;
  const high = unit * 1.6;
  const left = Math.max(0, Math.min(x - unit * 0.1, right - wide));
  const above = y - high - unit * 0.25;
  const below = Math.min(y + height + unit * 0.25, bottom - high);
  return above >= 0
    ? [
        [left, above, wide, high],
        [left, below, wide, high],
      ]
    : [[left, below, wide, high]];
}

function overlap(one: Box, other: Box): boolean {
  return (
    one[0] < other[0] + other[2] &&
    other[0] < one[0] + one[2] &&
    one[1] < other[1] + other[3] &&
    other[1] < one[1] + one[3]
  );
}
