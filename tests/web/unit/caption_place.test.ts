import assert from "node:assert/strict";
import test from "node:test";
import type { Box } from "../../../web/src/api/types";
import { placeCaptions } from "../../../web/src/component/caption_place";

const unit = 10;
const size = { width: 400, height: 200 };
const texts = ["1  happy 98%", "1  happy"] as const; // 130 and 90 wide, with their margins

function captionsOf(...boxes: Box[]) {
  const measure = (text: string) => 10 * text.length;
  return placeCaptions(
    boxes.map((box) => ({ box, texts })),
    { unit, ...size, measure },
  );
}

function areSeparate(captions: { area: Box }[]): boolean {
  return captions.every(({ area: [x, y, width, height] }, index) =>
    captions
      .slice(index + 1)
      .every(
        ({ area }) =>
          area[0] >= x + width ||
          area[0] + area[2] <= x ||
          area[1] >= y + height ||
          area[1] + area[3] <= y,
      ),
  );
}

test("a caption stands whole above its face, or below where the picture ends", () => {
  const [above] = captionsOf([50, 60, 40, 40]);
  assert.equal(above?.text, texts[0]);
  assert.deepEqual(above?.area, [49, 60 - 18.5, 130, 16]);
  assert.deepEqual(captionsOf([50, 5, 40, 40])[0]?.area, [49, 47.5, 130, 16]);
});

test("a caption that would reach its neighbour's is shortened, and only that one", () => {
  const captions = captionsOf([50, 60, 40, 40], [150, 60, 40, 40]);
  assert.deepEqual(
    captions.map(({ text }) => text),
    [texts[1], texts[0]],
  );
  assert.ok(areSeparate(captions));
});

test("faces that are too near even for short captions have one above and one below", () => {
  const captions = captionsOf([50, 60, 40, 40], [95, 60, 40, 40], [240, 60, 40, 40]);
  const tops = captions.map(({ area }) => area[1]);
  assert.deepEqual(tops, [41.5, 102.5, 41.5]);
  assert.ok(areSeparate(captions));
});

test("where nothing is free a caption keeps its usual place", () => {
  const box: Box = [50, 60, 40, 40];
  const captions = captionsOf(box, box, box);
  assert.deepEqual(captions[2], { ...captions[0], text: texts[1] });
});
