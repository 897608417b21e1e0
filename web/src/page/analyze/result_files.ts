import type { FrameResult } from "../../api/types";
import { expressions } from "../../expression/expression";

const lineEnd = "\r\n";
const columns = "source,frame,time,track,x,y,width,height,score,expression,confidence,uncertain";

/** The same table as mien analyze --csv writes. */
export function toCsv(results: readonly FrameResult[]): string {
  const rows = results.flatMap((result) => result.faces.map((face) => row(result, face)));
  return [[columns, ...expressions].join(","), ...rows].join(lineEnd) + lineEnd;
}

function row(result: FrameResult, face: FrameResult["faces"][number]): string {
  const values = [
    quoted(result.source),
    result.frame,
    result.time,
    face.track,
    ...face.box,
    face.score,
    face.expression,
    face.confidence,
    face.uncertain ? 1 : 0,
    ...expressions.map((expression) => face.probabilities[expression]),
  ];
  return values.join(",");
}

function quoted(text: string): string {
  return /[,"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toJson(results: readonly FrameResult[]): string {
  return JSON.stringify(results.length === 1 ? results[0] : results, null, 2) + "\n";
}

/** "party.jpg" without its ending. */
export function stem(name: string): string {
  return name.replace(/\.[^.]+$/, "") || name;
}
