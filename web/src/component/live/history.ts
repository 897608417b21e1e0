import type { Face, FrameResult } from "../../api/types";
import type { ChartContent } from "../probability_chart";
import { expressions } from "../../expression/expression";

export const historySeconds = 60;

interface Moment {
  time: number;
  faces: Face[];
}

/** The faces of the last minute. */
export class History {
  #moments: Moment[] = [];

  add(time: number, result: FrameResult): void {
    this.#moments.push({ time, faces: result.faces });
    const first = this.#moments.findIndex((moment) => moment.time >= time - historySeconds);
    if (first > 30) this.#moments.splice(0, first);
  }

  clear(): void {
    this.#moments = [];
  }

  /** What a chart of one face shows at `now`; times are seconds before it. */
  content(now: number, choose: (faces: Face[]) => Face | undefined): ChartContent {
    const shown = this.#moments.map(({ faces }) => choose(faces)?.probabilities);
    return {
      times: this.#moments.map(({ time }) => time - now),
      probabilities: expressions.map((expression) =>
        shown.map((probabilities) => probabilities?.[expression] ?? null),
      ),
      from: -historySeconds,
      to: 0,
    };
  }
}
