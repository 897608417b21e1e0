import { post, postForBlob, sentenceOf } from "../../api/request";
import type { FrameResult } from "../../api/types";
import { announce } from "../../app/announcer";
import { many } from "../../app/format";
import { withModel } from "../../app/model";
import { saveCanvas, saveText } from "../../component/download";
import { drawFaces, scaled } from "../../component/draw_faces";
import { element, fill } from "../../component/element";
import { largestOf } from "../../component/live/face_chooser";
import { notice } from "../../component/notice";
import { ProbabilityBars } from "../../component/probability_bars";
import { labelLanguage } from "../../expression/label";
import { faceTable } from "./face_table";
import { stem, toCsv, toJson } from "./result_files";

/** One dropped picture: sent, and shown with what was found. */
export class PictureCard {
  readonly element: HTMLElement;
  result: FrameResult | undefined;
  readonly #file: File;
  readonly #body = element("div", { class: "result-body" });
  readonly #canvas = element("canvas", { class: "picture", role: "img" });
  readonly #bars = new ProbabilityBars();
  readonly #table = element("div", {});
  readonly #cancel = new AbortController();
  #picture: ImageBitmap | undefined;
  /** The picture was drawn by the server, outlines and all, as the browser cannot read it. */
  #drawnByServer = false;
  #chosen: number | undefined;

  constructor(file: File, onRemove: (card: PictureCard) => void) {
    this.#file = file;
    const remove = () => {
      this.#cancel.abort();
      this.#picture?.close();
      unfollow();
      onRemove(this);
    };
    const unfollow = labelLanguage.follow(() => this.#rename());
    this.element = element(
      "article",
      { class: "card result", "aria-label": file.name },
      element(
        "header",
        {},
        element("h3", {}, file.name),
        element(
          "button",
          { type: "button", "aria-label": `Remove ${file.name}`, on: { click: remove } },
          "Remove",
        ),
      ),
      this.#body,
    );
    fill(this.#body, element("p", { class: "quiet" }, "Waiting…"));
  }

  async run(): Promise<void> {
    if (this.#cancel.signal.aborted) return;
    fill(this.#body, element("p", { class: "quiet", role: "status" }, "Analysing…"));
    try {
      const path = withModel("/api/v1/analyze", { name: this.#file.name });
      const result = await post<FrameResult>(path, this.#file, this.#cancel.signal);
      this.result = { ...result, source: this.#file.name };
      this.#picture = await this.#read();
      this.#chosen = largestOf(result.faces)?.track;
      this.#show(this.result);
    } catch (failure) {
      if (this.#cancel.signal.aborted) return;
      fill(this.#body, notice("error", "This picture could not be analysed", sentenceOf(failure)));
    }
  }

  async #read(): Promise<ImageBitmap> {
    try {
      return await createImageBitmap(this.#file);
    } catch {
      this.#drawnByServer = true;
      const wanted = { name: this.#file.name, output: "annotated" };
      const path = withModel("/api/v1/analyze", wanted);
      return createImageBitmap(await postForBlob(path, this.#file, this.#cancel.signal));
    }
  }

  #show(result: FrameResult): void {
    const found = many(result.faces.length, "face");
    this.#canvas.setAttribute("aria-label", `${this.#file.name} with ${found} outlined`);
    this.#draw();
    this.#showTable();
    fill(
      this.#body,
      element(
        "div",
        { class: "result-columns" },
        this.#canvas,
        element(
          "div",
          { class: "result-side" },
          result.faces.length === 0
            ? element("p", { class: "headline quiet" }, "No face was found")
            : this.#table,
          result.faces.length > 0 && this.#bars.element,
        ),
      ),
      this.#downloads(result),
    );
    announce(`${this.#file.name}: ${found}`);
  }

  #showTable(): void {
    const faces = this.result?.faces ?? [];
    const choose = (track: number) => {
      this.#chosen = track;
      this.#showChosen();
    };
    fill(this.#table, faceTable(faces, this.#chosen, choose));
    this.#showChosen();
  }

  #showChosen(): void {
    const face = this.result?.faces.find(({ track }) => track === this.#chosen);
    this.#bars.show(face?.probabilities);
    this.#draw();
  }

  #rename(): void {
    this.#bars.rename();
    if (this.result) this.#showTable();
  }

  #draw(): void {
    const picture = this.#picture;
    const context = this.#canvas.getContext("2d");
    if (!picture || !context || !this.result) return;
    this.#canvas.width = picture.width;
    this.#canvas.height = picture.height;
    context.drawImage(picture, 0, 0);
    if (this.#drawnByServer) return;
    const scale = picture.width / this.result.width;
    const placed = this.result.faces.map((face) => ({
      face,
      box: scaled(face.box, scale),
      chosen: face.track === this.#chosen && (this.result?.faces.length ?? 0) > 1,
    }));
    drawFaces(context, placed, Math.max(13, Math.round(picture.width / 45)));
  }

  #downloads(result: FrameResult): HTMLElement {
    const name = stem(this.#file.name);
    const save = (text: string, action: () => void) =>
      element("button", { type: "button", on: { click: action } }, text);
    return element(
      "div",
      {
        class: "toolbar",
        role: "group",
        "aria-label": `Download the result of ${this.#file.name}`,
      },
      save("JSON", () => saveText(`${name}.json`, "application/json", toJson([result]))),
      save("CSV", () => saveText(`${name}.csv`, "text/csv", toCsv([result]))),
      save("Annotated picture", () => saveCanvas(`${name}-annotated.png`, this.#canvas)),
    );
  }
}
