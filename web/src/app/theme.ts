import { choice } from "./setting";

export const themes = ["auto", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export const theme = choice<Theme>("theme", themes, "auto");

const darkSystem = matchMedia("(prefers-color-scheme: dark)");
const followers = new Set<() => void>();

/** Whether the page is dark now. */
export function isDark(): boolean {
  return theme.value === "auto" ? darkSystem.matches : theme.value === "dark";
}

/** Calls `follower` whenever colours change. */
export function followTheme(follower: () => void): () => void {
  followers.add(follower);
  return () => followers.delete(follower);
}

function apply(): void {
  document.documentElement.dataset["theme"] = isDark() ? "dark" : "light";
  for (const follower of followers) follower();
}

export function startTheme(): void {
  theme.follow(apply);
  darkSystem.addEventListener("change", apply);
  apply();
}

/** The value of one of the colours in style/token.css. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function wantsLessMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
