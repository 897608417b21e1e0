import type { ClassState } from "../../api/class_types";
import { element } from "../../component/element";

/** What is shared with whom. */
export function termsOf(state: ClassState): HTMLElement {
  const { purpose, agreed, recording } = state;
  const row = (name: string, text: string) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, text));
  return element(
    "div",
    {},
    element(
      "dl",
      { class: "facts" },
      row("What for", purpose),
      row("Agreed by", agreed),
      row("Recorded", recording ? recordedText : "No. Nothing is kept when the class ends."),
    ),
    element("ul", { class: "terms" }, ...pointsOf(state).map((text) => element("li", {}, text))),
  );
}

const recordedText =
  "Yes: for each second the probabilities of the seven expressions and the label, the moods you tap, when you come, pause and leave, and your face at rest if you record it: under a number, and under your name only if you choose to show it. Never pictures.";

function pointsOf({ faces, smallest_group, recording }: ClassState): string[] {
  const number = smallest_group === 5 ? "five" : String(smallest_group);
  const camera = faces
    ? [
        `If you choose the camera: its pictures, two a second, go to the Mien server at ${location.host} and nowhere else. There they are analysed in memory and dropped at once.`,
        "No sound is taken. Nobody is recognised.",
        "Mien says what faces show, not what people feel. It is often wrong.",
      ]
    : ["No camera is read in this class. You tap your mood, if you like."];
  return [
    ...camera,
    `The host sees how many take part, and the shares of the group, and these only from ${number} on. Your own name and result the host sees only if you choose so below.`,
    recording
      ? "You can pause or leave at any time, and take back what was recorded of you."
      : "You can pause or leave at any time.",
  ];
}
