import type { Expression } from "./expression";

/** What an expression looks like; action units after Ekman and Friesen's FACS. */
export interface Description {
  brows: string;
  eyes: string;
  mouth: string;
  actionUnits: string;
  mistakenFor: string;
}

export const descriptions: Record<Expression, Description> = {
  angry: {
    brows: "Lowered and drawn together, often with upright creases between them.",
    eyes: "Upper lids raised against the low brows, or lids tightened; a hard stare.",
    mouth: "Lips pressed together and thin, or open and squared, showing teeth.",
    actionUnits: "4 brow lowerer, 5 upper lid raiser, 7 lid tightener, 23 lip tightener",
    mistakenFor: "A face that concentrates or squints in the sun also lowers its brows.",
  },
  disgust: {
    brows: "Lowered a little, pulled down by the wrinkled nose.",
    eyes: "Narrowed; the lower lids are pushed up by the cheeks.",
    mouth:
      "Upper lip raised, nose wrinkled, corners of the mouth down; the lower lip may stick out.",
    actionUnits: "9 nose wrinkler, 15 lip corner depressor, 16 lower lip depressor",
    mistakenFor: "Often taken for angry. It is also the rarest in the training pictures.",
  },
  fear: {
    brows:
      "Raised and drawn together, so that they look flat; creases in the middle of the forehead.",
    eyes: "Opened wide, white showing above the iris, lower lids tense.",
    mouth: "Open a little, lips stretched back towards the ears.",
    actionUnits:
      "1 inner and 2 outer brow raiser, 4 brow lowerer, 5 upper lid raiser, 7 lid tightener, 20 lip stretcher, 26 jaw drop",
    mistakenFor: "Often taken for surprise: both open the eyes wide and raise the brows.",
  },
  happy: {
    brows: "Relaxed.",
    eyes: "Narrowed by raised cheeks, with small wrinkles at the outer corners.",
    mouth: "Corners drawn up and back; teeth may show; folds run from the nose to the mouth.",
    actionUnits: "6 cheek raiser, 12 lip corner puller",
    mistakenFor: "The one that models recognise best. A polite smile shows the same mouth.",
  },
  sad: {
    brows: "Inner ends drawn up, so that the brows slope down to the sides.",
    eyes: "Upper lids drooping, gaze often lowered.",
    mouth: "Corners turned down; the chin may be raised and the lower lip pushed up.",
    actionUnits: "1 inner brow raiser, 4 brow lowerer, 15 lip corner depressor",
    mistakenFor:
      "Often taken for neutral, as many faces at rest have lowered corners of the mouth.",
  },
  surprise: {
    brows: "Raised high and curved, with lines across the forehead.",
    eyes: "Opened wide, white showing above the iris, lids relaxed.",
    mouth: "Jaw dropped; lips parted and relaxed, often round.",
    actionUnits: "1 inner and 2 outer brow raiser, 5 upper lid raiser, 26 jaw drop",
    mistakenFor:
      "Fear, when the brows are also drawn together. A yawn or speech opens the mouth too.",
  },
  neutral: {
    brows: "At rest.",
    eyes: "Open as usual, lids relaxed.",
    mouth: "Closed or slightly open, corners neither up nor down.",
    actionUnits: "none that stands out",
    mistakenFor: "Sad, when the corners of the mouth hang by nature.",
  },
};
