import { element } from "../component/element";

const pauseBetween = 4000; // milliseconds; what changes faster is not read out

const region = element("div", { class: "visually-hidden", role: "status", "aria-live": "polite" });
let waiting = "";
let timer: number | undefined;
let last = -pauseBetween;

export const announcerRegion = region;

/** Has a screen reader say `sentence`; of sentences that come too fast, the newest. */
export function announce(sentence: string): void {
  waiting = sentence;
  if (timer !== undefined) return;
  const delay = Math.max(0, last + pauseBetween - performance.now());
  timer = window.setTimeout(() => {
    timer = undefined;
    last = performance.now();
    region.textContent = waiting;
  }, delay);
}
