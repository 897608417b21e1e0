const answersBeforeMore = 30;

/**
 * How many frames may be on their way to the server. As many as the server allows at first; one
 * less, down to two, when it passed frames over, as those were sent for nothing; one more after a
 * while in which it analysed them all.
 */
export class FlowControl {
  #allowed: number;
  #sent = 0;
  #inARow = 0;
  readonly #times = new Map<number, number>();

  constructor(readonly most: number) {
    this.#allowed = most;
  }

  get unanswered(): number {
    return this.#times.size;
  }

  get maySend(): boolean {
    return this.unanswered < this.#allowed;
  }

  /** Counts a frame that was captured at `time` and is sent now. */
  sent(time: number): void {
    this.#times.set(this.#sent, time);
    this.#sent += 1;
  }

  /** Takes an answer; frames up to it are done with. Gives the time of its frame's capture. */
  answered(frame: number, dropped: number): number | undefined {
    const time = this.#times.get(frame);
    for (const number of [...this.#times.keys()]) {
      if (number <= frame) this.#times.delete(number);
    }
    this.#adapt(dropped);
    return time;
  }

  /** The capture of the oldest frame that waits for its answer. */
  get oldest(): number | undefined {
    return this.#times.values().next().value;
  }

  #adapt(dropped: number): void {
    if (dropped > 0) {
      this.#inARow = 0;
      this.#allowed = Math.max(Math.min(2, this.most), this.#allowed - 1);
      return;
    }
    this.#inARow += 1;
    if (this.#inARow < answersBeforeMore) return;
    this.#inARow = 0;
    this.#allowed = Math.min(this.most, this.#allowed + 1);
  }
}
