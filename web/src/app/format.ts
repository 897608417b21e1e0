/** 0.918 as 91.8%, or 92% with no digits. */
export function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)}%`;
}

/** 75.25 as 1:15.3: minutes, seconds and tenths. */
export function clock(seconds: number): string {
  const tenths = Math.round(Math.max(0, seconds) * 10);
  const minutes = Math.floor(tenths / 600);
  const rest = (tenths % 600) / 10;
  return `${minutes}:${rest.toFixed(1).padStart(4, "0")}`;
}

/** 75.25 as 1:15: minutes and whole seconds. */
export function wholeClock(seconds: number): string {
  const whole = Math.floor(Math.max(0, seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** 2428415 as 2,428,415. */
export function count(number: number): string {
  return number.toLocaleString("en");
}

/** 1536000 as 1.5 MB. */
export function bytes(number: number): string {
  if (number < 1e3) return `${number} bytes`;
  if (number < 1e6) return `${(number / 1e3).toFixed(0)} kB`;
  return `${(number / 1e6).toFixed(1)} MB`;
}

/** "1 face", "2 faces". */
export function many(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}
