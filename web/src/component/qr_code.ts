import qrcode from "qrcode-generator";
import { svgElement } from "./element";

const quietZone = 4; // cells of white around the code, which readers need

/** A QR code of `text`; black on white in every theme, as not all readers take it otherwise. */
export function qrCode(text: string, title: string): SVGSVGElement {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const side = count + 2 * quietZone;
  let path = "";
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (code.isDark(row, column)) path += `M${column + quietZone} ${row + quietZone}h1v1h-1z`;
    }
  }
  return svgElement(
    "svg",
    {
      class: "qr-code",
      viewBox: `0 0 ${side} ${side}`,
      role: "img",
      "aria-label": title,
      "shape-rendering": "crispEdges",
    },
    svgElement("rect", { width: side, height: side, fill: "#ffffff" }),
    svgElement("path", { d: path, fill: "#000000" }),
  );
}
