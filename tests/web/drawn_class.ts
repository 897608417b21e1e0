import type { Browser } from "playwright-core";
import { type DrawnHead, drawnHeads, type Mood } from "./drawn_heads";

/** Somebody who takes part in a class. */
interface Member {
  name: string;
  shown: boolean;
  /** What they show from which second on. */
  shows: [from: number, mood: Mood][];
  /** And what they tap. */
  taps: [at: number, mood: Mood][];
}

const scene = { joke: 34, chase: 62, twist: 104 }; // seconds

function viewer(name: string, shown: boolean, more: Partial<Member> = {}): Member {
  return { name, shown, shows: [[0, "neutral"]], taps: [], ...more };
}

/** Who sees a film: they laugh at one scene, and most are surprised by another. */
const audience: Member[] = [
  viewer("Ada", true, {
    shows: [
      [0, "neutral"],
      [scene.joke, "happy"],
      [58, "neutral"],
      [scene.twist, "surprise"],
    ],
    taps: [
      [20, "neutral"],
      [112, "surprise"],
    ],
  }),
  viewer("Emmy", true, {
    shows: [
      [0, "happy"],
      [24, "neutral"],
      [scene.joke + 2, "happy"],
    ],
    taps: [[44, "happy"]],
  }),
  viewer("Grace", true, {
    shows: [
      [0, "neutral"],
      [scene.joke + 5, "happy"],
      [66, "neutral"],
      [scene.twist + 1, "surprise"],
    ],
    taps: [[118, "surprise"]],
  }),
  viewer("Alan", true, {
    shows: [
      [0, "neutral"],
      [70, "angry"],
      [92, "neutral"],
    ],
    taps: [[84, "angry"]],
  }),
  viewer("Kurt", false, {
    shows: [
      [0, "neutral"],
      [scene.chase, "surprise"],
      [80, "neutral"],
    ],
  }),
  viewer("Lise", false, {
    shows: [
      [0, "happy"],
      [18, "neutral"],
      [scene.joke + 1, "happy"],
      [54, "neutral"],
      [scene.twist, "surprise"],
    ],
    taps: [[50, "happy"]],
  }),
  viewer("Max", false, { taps: [[72, "neutral"]] }),
  viewer("Sofia", false, {
    shows: [
      [0, "neutral"],
      [scene.joke + 3, "happy"],
      [84, "neutral"],
      [scene.twist + 1, "surprise"],
    ],
  }),
  viewer("Henri", false, {
    shows: [
      [0, "neutral"],
      [scene.joke, "happy"],
      [49, "neutral"],
      [scene.twist + 2, "surprise"],
    ],
    taps: [
      [55, "happy"],
      [115, "surprise"],
    ],
  }),
  viewer("Mary", false, {
    shows: [
      [0, "happy"],
      [30, "neutral"],
      [scene.joke + 2, "happy"],
      [96, "neutral"],
    ],
  }),
  viewer("Karl", false, {
    shows: [
      [0, "neutral"],
      [72, "surprise"],
      [88, "neutral"],
      [scene.twist, "surprise"],
    ],
  }),
];

/** What the class is, what its host marks in which second, and when it has shown all. */
export const screening = {
  title: "The lift, first screening",
  statement: {
    purpose: "Which scenes of our short film move those who see it",
    agreed: "all who came to the screening",
  },
  marks: [
    [8, "Opening"],
    [scene.joke, "In the lift"],
    [scene.chase, "The chase"],
    [scene.twist, "The letter"],
  ] satisfies [at: number, text: string][],
  end: scene.twist + 38, // the change has lasted for long enough to be hinted at
};

/**
 * Lets drawn people join a class by its link, one picture a second each, and do what their parts
 * say. Ends with the browser's context.
 */
export async function seatAudience(browser: Browser, link: string): Promise<void> {
  const heads = await drawnHeads(browser);
  const parts = audience.map((member, index) => ({
    ...member,
    pictures: base64(heads[index % heads.length] as DrawnHead),
  }));
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  await page.goto(link);
  await page.locator(".join h1").waitFor();
  // No function here may have a name: the compiler would call for what the page does not have.
  await page.evaluate((parts) => {
    const begun = performance.now();
    const classes = `${location.origin.replace("http", "ws")}/api/v1/classes`;
    const code = location.pathname.split("/").at(-1);
    for (const { name, shown, shows, taps, pictures } of parts) {
      const query = new URLSearchParams({ name, shown: shown ? "yes" : "no", camera: "yes" });
      const socket = new WebSocket(`${classes}/${code}/join?${query}`);
      const timer = setInterval(() => {
        const now = (performance.now() - begun) / 1000;
        const mood = shows.filter(([from]) => from <= now).at(-1)?.[1] ?? "neutral";
        socket.send(Uint8Array.from(atob(pictures[mood]), (letter) => letter.charCodeAt(0)));
        while (taps[0] && taps[0][0] <= now) {
          socket.send(JSON.stringify({ mood: taps.shift()?.[1] }));
        }
      }, 1000);
      socket.onclose = () => clearInterval(timer);
    }
  }, parts);
}

function base64(head: DrawnHead): Record<Mood, string> {
  const pictures = Object.entries(head).map(([mood, jpeg]) => [mood, jpeg.toString("base64")]);
  return Object.fromEntries(pictures) as Record<Mood, string>;
}
