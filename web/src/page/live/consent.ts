import { info } from "../../app/info";
import { element } from "../../component/element";
import type { Recording } from "./recording";

/** What happens with the pictures, and the button that agrees to it. */
export function consentCard(recording: Recording, onAgree: () => void): HTMLElement {
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  const where = here ? "on this machine" : `at ${location.host}`;
  const estimates = element("li", { hidden: true });
  info().then(
    ({ attributes = [] }) => {
      estimates.hidden = attributes.length === 0;
      estimates.textContent = `This server also estimates ${attributes.join(" and ")}, as the face looks.`;
    },
    () => undefined,
  );
  return element(
    "div",
    { class: "consent" },
    element("h2", {}, "Before your camera starts"),
    element(
      "ul",
      {},
      element(
        "li",
        {},
        `Pictures from your camera go to the Mien server ${where}, and nowhere else.`,
      ),
      element(
        "li",
        {},
        "There they are analysed in memory and dropped at once. ",
        recording.statement,
      ),
      estimates,
      element("li", {}, "No sound is taken. Nobody is recognised."),
      element("li", {}, "Only you see the result, and a snapshot is saved only if you ask for it."),
    ),
    recording.choice,
    element(
      "p",
      { class: "quiet" },
      "Your browser asks for the camera next. You can stop at any time.",
    ),
    element(
      "button",
      { type: "button", class: "primary", on: { click: onAgree } },
      "I agree, start the camera",
    ),
  );
}
