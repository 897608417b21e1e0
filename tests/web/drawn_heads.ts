import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";

const drawing = fileURLToPath(new URL("../../docs/images/faces.svg", import.meta.url));
const apart = 390; // from one of the drawing's faces to the next
const size = { width: 276, height: 362 };

const moods = ["happy", "surprise", "neutral", "angry"] as const; // in the drawing's order
export type Mood = (typeof moods)[number];

/** A drawn person's pictures, JPEG. */
export type DrawnHead = Record<Mood, Buffer>;

/** The drawing's four people, each with the features of all four. */
export async function drawnHeads(browser: Browser): Promise<DrawnHead[]> {
  const { head, people } = split(readFileSync(drawing, "utf8"));
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: 1.5 });
  const heads: DrawnHead[] = [];
  for (const [person, { shape }] of people.entries()) {
    const pictures: [Mood, Buffer][] = [];
    for (const [index, mood] of moods.entries()) {
      const features = moved(people[index]?.features ?? [], index);
      await page.setContent(
        `<body style="margin:0">${head}${moved(shape, person)}${features}</svg>`,
      );
      pictures.push([mood, await page.screenshot({ type: "jpeg", quality: 85 })]);
    }
    heads.push(Object.fromEntries(pictures) as DrawnHead);
  }
  await page.close();
  return heads;
}

/** What stands before the people, and of each the lines of the head and of what is on the face. */
function split(svg: string) {
  const lines = svg.split("\n").filter((line) => line !== "" && line !== "</svg>");
  const starts = lines.flatMap((line, index) => (isShoulders(line) ? [index] : []));
  const people = starts.map((start, index) => {
    const person = lines.slice(start, starts[index + 1]);
    const face = person.findIndex((line) => line.includes('opacity="0.30"')); // about the eyes
    return { shape: person.slice(0, face), features: person.slice(face) };
  });
  const frame = `width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}"`;
  const before = lines.slice(0, starts[0]).join("\n");
  return { head: before.replace(/width="1560" height="362" viewBox="[^"]*"/, frame), people };
}

function isShoulders(line: string): boolean {
  return /^<path d="M [\d.]+,235\.0 /.test(line) && line.includes(",340.0 ");
}

/** To where the first person is. */
function moved(lines: string[], person: number): string {
  return `<g transform="translate(${-apart * person} 0)">${lines.join("\n")}</g>`;
}
