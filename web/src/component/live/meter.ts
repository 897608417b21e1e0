const window = 2000; // milliseconds over which the rate is counted
const weight = 0.15; // of the newest delay in the smoothed one

/** Frames a second, the smoothed delay, and how many frames were passed over. */
export class Meter {
  #times: number[] = [];
  #delay: number | undefined;
  dropped = 0;

  add(now: number, delay: number, dropped: number): void {
    this.#times.push(now);
    this.#delay = this.#delay === undefined ? delay : this.#delay + weight * (delay - this.#delay);
    this.dropped += dropped;
  }

  rate(now: number): number {
    this.#times = this.#times.filter((time) => now - time < window);
    const first = this.#times[0];
    if (first === undefined || this.#times.length < 2) return 0;
    return (1000 * (this.#times.length - 1)) / Math.max(1, now - first);
  }

  get delay(): number | undefined {
    return this.#delay;
  }
}
