/** The seven expressions, in the order in which models and probabilities have them. */
export const expressions = [
  "angry",
  "disgust",
  "fear",
  "happy",
  "sad",
  "surprise",
  "neutral",
] as const;

export type Expression = (typeof expressions)[number];
