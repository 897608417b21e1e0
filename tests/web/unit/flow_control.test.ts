import assert from "node:assert/strict";
import test from "node:test";
import { FlowControl } from "../../../web/src/api/flow_control";

function send(flow: FlowControl, frames: number): void {
  for (let frame = 0; frame < frames; frame += 1) flow.sent(10 * frame);
}

test("no more frames than allowed are unanswered", () => {
  const flow = new FlowControl(3);
  send(flow, 2);
  assert.equal(flow.maySend, true);
  send(flow, 1);
  assert.equal(flow.maySend, false);
});

test("an answer is for all frames up to its own, and gives that one's time", () => {
  const flow = new FlowControl(3);
  send(flow, 3);
  assert.equal(flow.answered(1, 0), 10);
  assert.equal(flow.unanswered, 1);
  assert.equal(flow.oldest, 20);
  assert.equal(flow.answered(1, 0), undefined);
});

test("dropped frames lower what is allowed to two, a while without them raises it again", () => {
  const flow = new FlowControl(3);
  let frame = 0;
  const answer = (dropped: number) => {
    flow.sent(0);
    flow.answered(frame, dropped);
    frame += 1;
  };
  answer(1);
  answer(2);
  send(flow, 2);
  assert.equal(flow.maySend, false);
  frame += 2;
  for (let answers = 0; answers < 30; answers += 1) answer(0);
  send(flow, 2);
  assert.equal(flow.maySend, true);
});
