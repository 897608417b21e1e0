import { announce } from "../../app/announcer";
import { bytes, many } from "../../app/format";
import { info } from "../../app/info";
import type { Page } from "../../app/page";
import { saveText } from "../../component/download";
import { element, fill } from "../../component/element";
import { languageField, modelField } from "../../component/field";
import { notice } from "../../component/notice";
import type { FrameResult } from "../../api/types";
import { DropZone } from "./drop_zone";
import { JobCard } from "./job_card";
import { keptJobs } from "./kept_jobs";
import { PictureCard } from "./picture_card";
import { toCsv, toJson } from "./result_files";

const atOnce = 2; // pictures under way together
const neither =
  "It is not a picture or video; choose JPEG, PNG, WebP, TIFF or BMP, or MP4, MOV, MKV, WebM, AVI.";

/** Pictures and videos that are dropped on the page. */
export class AnalyzePage implements Page {
  readonly element: HTMLElement;
  readonly #zone: DropZone;
  readonly #results = element("div", { class: "results" });
  readonly #notices = element("div", { class: "notices" });
  readonly #all = element("div", { class: "toolbar all-results", hidden: true });
  readonly #pictures: PictureCard[] = [];
  readonly #waiting: PictureCard[] = [];
  #running = 0;
  #limits: { picture: number; job: number } | undefined;

  constructor() {
    this.#zone = new DropZone(
      "Drop pictures or videos here, or paste them",
      "They go to this Mien server only. Pictures are analysed in memory and dropped; a video and its results are kept until you delete them, for about an hour, or until the server stops. Whoever can open this server's address can see the list of videos sent to it until they are deleted.",
      (files) => this.#add(files),
    );
    this.element = element(
      "div",
      {},
      element("h1", { tabindex: "-1" }, "Analyze"),
      this.#zone.element,
      this.#notices,
      element("div", { class: "fields" }, modelField(), languageField()),
      this.#all,
      this.#results,
    );
    for (const job of keptJobs()) this.#results.prepend(JobCard.ofJob(job, this.#dropJob).element);
  }

  show(): void {
    document.addEventListener("paste", this.#zone.paste);
    info().then(
      ({ limits }) => (this.#limits = { picture: limits.picture_bytes, job: limits.job_bytes }),
      () => undefined,
    );
  }

  hide(): void {
    document.removeEventListener("paste", this.#zone.paste);
  }

  readonly #dropJob = (card: JobCard): void => {
    card.element.remove();
    this.#focusZone();
  };

  #add(files: File[]): void {
    this.#notices.replaceChildren();
    for (const file of files) {
      if (isNeither(file)) this.#refuse(file, "cannot be analysed", neither);
      else if (isVideo(file)) this.#addVideo(file);
      else this.#addPicture(file);
    }
    this.#work();
  }

  #refuse(file: File, why: string, text: string): void {
    this.#notices.append(notice("warning", `${file.name} ${why}`, text));
  }

  #refuseSize(file: File, most: number): void {
    const text = `It has ${bytes(file.size)}; this server takes at most ${bytes(most)}.`;
    this.#refuse(file, "is too large", text);
  }

  #addPicture(file: File): void {
    if (this.#limits && file.size > this.#limits.picture) {
      return this.#refuseSize(file, this.#limits.picture);
    }
    const card = new PictureCard(file, (removed) => this.#removePicture(removed));
    this.#pictures.push(card);
    this.#waiting.push(card);
    this.#results.prepend(card.element);
  }

  #addVideo(file: File): void {
    if (this.#limits && file.size > this.#limits.job) {
      return this.#refuseSize(file, this.#limits.job);
    }
    this.#results.prepend(JobCard.ofFile(file, this.#dropJob).element);
  }

  #removePicture(card: PictureCard): void {
    card.element.remove();
    for (const list of [this.#pictures, this.#waiting]) {
      const index = list.indexOf(card);
      if (index >= 0) list.splice(index, 1);
    }
    this.#showAll();
    this.#focusZone();
  }

  #focusZone(): void {
    this.#zone.element.querySelector("button")?.focus();
  }

  #work(): void {
    while (this.#running < atOnce) {
      const card = this.#waiting.shift();
      if (!card) return;
      this.#running += 1;
      void card.run().finally(() => {
        this.#running -= 1;
        this.#showAll();
        this.#work();
      });
    }
  }

  /** What all pictures together offer, from two of them on. */
  #showAll(): void {
    const results = this.#pictures
      .map(({ result }) => result)
      .filter((result): result is FrameResult => result !== undefined);
    this.#all.hidden = results.length < 2;
    if (this.#all.hidden) return;
    const save = (text: string, name: string, type: string, make: () => string) =>
      element(
        "button",
        {
          type: "button",
          on: {
            click: () => {
              saveText(name, type, make());
              announce(`${name} saved.`);
            },
          },
        },
        text,
      );
    fill(
      this.#all,
      element("span", {}, `${many(results.length, "picture")} together:`),
      save("All as JSON", "mien.json", "application/json", () => toJson(results)),
      save("All as CSV", "mien.csv", "text/csv", () => toCsv(results)),
    );
  }
}

/** Browsers do not know the type of every video, and take some for programs' files. */
function isVideo({ type, name }: File): boolean {
  if (/^(image|video)\//.test(type)) return type.startsWith("video/");
  return /\.(3gp|avi|flv|m2ts|m4v|mkv|mov|mp4|mpe?g|mts|ogv|ts|webm|wmv)$/i.test(name);
}

/** Certainly, by its type; what has none may be anything. */
function isNeither(file: File): boolean {
  const open = ["", "application/octet-stream"].includes(file.type);
  return !open && !file.type.startsWith("image/") && !isVideo(file);
}
