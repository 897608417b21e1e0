import assert from "node:assert/strict";
import test from "node:test";
import type { FrameResult } from "../../../web/src/api/types";
import { stem, toCsv, toJson } from "../../../web/src/page/analyze/result_files";

const result: FrameResult = {
  source: 'a "b", c.jpg',
  frame: 0,
  time: 0,
  width: 640,
  height: 480,
  faces: [
    {
      track: 1,
      box: [1, 2, 3, 4],
      score: 0.9,
      expression: "sad",
      confidence: 0.3,
      uncertain: true,
      probabilities: {
        angry: 0.1,
        disgust: 0.1,
        fear: 0.1,
        happy: 0.1,
        sad: 0.3,
        surprise: 0.1,
        neutral: 0.2,
      },
    },
  ],
};

test("a CSV row quotes what needs it and keeps the order of the columns", () => {
  const [, row, rest] = toCsv([result]).split("\r\n");
  assert.equal(row, '"a ""b"", c.jpg",0,0,1,1,2,3,4,0.9,sad,0.3,1,0.1,0.1,0.1,0.1,0.3,0.1,0.2');
  assert.equal(rest, "");
});

test("one picture is one JSON object, several are a list", () => {
  assert.deepEqual(JSON.parse(toJson([result])), result);
  assert.equal(JSON.parse(toJson([result, result])).length, 2);
});

test("a name loses its ending", () => {
  assert.equal(stem("party.at.home.jpg"), "party.at.home");
  assert.equal(stem(".jpg"), ".jpg");
});

test("attributes have columns of their own when a face has them", () => {
  const [face] = result.faces;
  assert.ok(face);
  const withAge = { ...face, attributes: { age: 34.26 } };
  const withBoth = {
    ...face,
    attributes: { gender: { label: "female" as const, confidence: 0.97 }, age: 50 },
  };
  const [head, first, second, third] = toCsv([
    { ...result, faces: [withAge, withBoth, face] },
  ]).split("\r\n");
  assert.match(head ?? "", /,neutral,gender,gender_confidence,age$/);
  assert.match(first ?? "", /,,,34\.3$/);
  assert.match(second ?? "", /,female,0\.97,50\.0$/);
  assert.match(third ?? "", /,,,$/);
  assert.doesNotMatch(toCsv([result]), /gender/);
});
