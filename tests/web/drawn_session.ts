import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { drawnHeads, type Mood } from "./drawn_heads";

/** What somebody shows, and for how many seconds. */
const story: [mood: Mood, seconds: number][] = [
  ["neutral", 32],
  ["happy", 14],
  ["neutral", 20],
  ["surprise", 6],
  ["neutral", 11],
  ["angry", 9],
  ["neutral", 22],
  ["happy", 41],
];

/** The report's file of a session with a drawn person, recorded by the program. */
export async function drawnReport(browser: Browser, folder: string): Promise<string> {
  const video = await drawnTalk(browser, folder);
  const report = join(folder, "session.html");
  const history = ["--history", join(folder, "session.db")];
  const kept = ["--participant", "Ada", "--rest", "30", "--keep-frames"];
  mien(["analyze", "--record", "Rehearsal", ...kept, ...history, video]);
  mien(["sessions", "report", "Rehearsal", "--output", report, ...history]);
  return report;
}

async function drawnTalk(browser: Browser, folder: string): Promise<string> {
  const person = (await drawnHeads(browser)).at(-1);
  if (!person) throw new Error("the drawing has nobody");
  for (const [mood, jpeg] of Object.entries(person)) {
    writeFileSync(join(folder, `${mood}.jpg`), jpeg);
  }
  const video = join(folder, "talk.mp4");
  const inputs = story.flatMap(([mood, seconds]) => {
    const picture = join(folder, `${mood}.jpg`);
    return ["-loop", "1", "-framerate", "10", "-t", `${seconds}`, "-i", picture];
  });
  const filter = `concat=n=${story.length},crop=414:542,format=yuv420p`;
  const quick = ["-preset", "ultrafast", video];
  execFileSync("ffmpeg", ["-v", "error", "-y", ...inputs, "-filter_complex", filter, ...quick]);
  return video;
}

function mien(words: string[]): void {
  execFileSync(process.env["MIEN_BINARY"] ?? "mien", words, {
    stdio: ["ignore", "ignore", "pipe"],
  });
}
