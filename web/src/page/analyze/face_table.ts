import type { Face } from "../../api/types";
import { percent } from "../../app/format";
import { attributeParts } from "../../component/attribute_text";
import { element, freshId, unbroken } from "../../component/element";
import { expressionName, uncertainMark } from "../../component/expression_name";

/** The faces of one picture; choosing a row shows that face's probabilities. */
export function faceTable(
  faces: readonly Face[],
  chosen: number | undefined,
  onChoose: (track: number) => void,
): HTMLElement {
  const group = freshId("face");
  const looks = faces.some(({ attributes }) => attributes !== undefined);
  const head = ["Face", "Expression", "Confidence", ...(looks ? ["Looks"] : []), "Box (pixels)"];
  const rows = faces.map((face) => {
    const input = element("input", {
      type: "radio",
      name: group,
      checked: face.track === chosen,
      on: { change: () => onChoose(face.track) },
    });
    const [x, y, width, height] = face.box;
    return element(
      "tr",
      {},
      element(
        "th",
        { scope: "row" },
        element("label", { class: "row-choice" }, input, `${face.track}`),
      ),
      element("td", {}, expressionName(face.expression), face.uncertain && uncertainMark()),
      element("td", { class: "number" }, percent(face.confidence, 1)),
      looks && element("td", {}, ...looksOf(face)),
      element(
        "td",
        { class: "number" },
        unbroken(`${width} × ${height}`),
        " ",
        unbroken(`at ${x}, ${y}`),
      ),
    );
  });
  return element(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Faces" },
    element(
      "table",
      {},
      element(
        "thead",
        {},
        element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text))),
      ),
      element("tbody", {}, ...rows),
    ),
  );
}

function looksOf({ attributes }: Face): (Node | string)[] {
  const parts = attributeParts(attributes);
  return parts.flatMap((part, index) =>
    index + 1 < parts.length ? [unbroken(`${part},`), " "] : [unbroken(part)],
  );
}
