import type { FrameResult } from "../../api/types";
import { expressions } from "../../expression/expression";

const lineEnd = "\r\n";
const columns = "source,frame,time,track,x,y,width,height,score,expression,confidence,uncertain";

type Face = FrameResult["faces"][number];

/** Columns of attributes, and whether a face has them. */
const attributeColumns = [
  {
    names: ["gender", "gender_confidence"],
    values: ({ attributes }: Face) =>
      attributes?.gender && [attributes.gender.label, attributes.gender.confidence],
  },
  {
    names: ["age"],
    values: ({ attributes }: Face) =>
      attributes?.age === undefined ? undefined : [attributes.age.toFixed(1)],
  },
];

/** The same table as mien analyze --csv writes. */
export function toCsv(results: readonly FrameResult[]): string {
  const faces = results.flatMap((result) => result.faces);
  const present = attributeColumns.filter(({ values }) => faces.some(values));
  const head = [columns, ...expressions, ...present.flatMap(({ names }) => names)];
  const rows = results.flatMap((result) =>
    result.faces.map((face) =>
      [
        ...row(result, face),
        ...present.flatMap(({ names, values }) => values(face) ?? names.map(() => "")),
      ].join(","),
    ),
  );
  return [head.join(","), ...rows].join(lineEnd) + lineEnd;
}

function row(result: FrameResult, face: Face): (string | number)[] {
  return [
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
