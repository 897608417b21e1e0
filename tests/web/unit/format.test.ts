import assert from "node:assert/strict";
import test from "node:test";
import { bytes, clock, count, many, percent } from "../../../web/src/app/format";

test("shares are percentages", () => {
  assert.equal(percent(0.918), "92%");
  assert.equal(percent(0.918, 1), "91.8%");
});

test("times are minutes, seconds and tenths, and never 60 seconds", () => {
  assert.equal(clock(0), "0:00.0");
  assert.equal(clock(59.96), "1:00.0");
  assert.equal(clock(75.25), "1:15.3");
});

test("numbers and sizes are easy to read", () => {
  assert.equal(count(2428415), "2,428,415");
  assert.equal(many(1, "face"), "1 face");
  assert.equal(many(0, "face"), "0 faces");
  assert.equal(bytes(20_000_000), "20.0 MB");
});
