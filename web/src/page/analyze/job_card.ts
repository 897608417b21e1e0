import { get, post, remove, RequestError, sentenceOf, upload, wasAborted } from "../../api/request";
import type { Job, Timeline } from "../../api/types";
import { announce } from "../../app/announcer";
import { count, percent } from "../../app/format";
import { withModel } from "../../app/model";
import { element, fill } from "../../component/element";
import { notice } from "../../component/notice";
import { JobResult } from "./job_result";
import { forgetJob, keepJob } from "./kept_jobs";

const askEvery = 500; // milliseconds between questions after a job's progress

/** One video: on its way to the server, analysed there, and its result. */
export class JobCard {
  readonly element: HTMLElement;
  readonly #title = element("h3", {});
  readonly #body = element("div", { class: "result-body" });
  readonly #stage = element("p", { class: "stage-name" });
  readonly #bar = element("progress", { max: 1, "aria-label": "Progress" });
  readonly #button = element("button", { type: "button", on: { click: () => void this.#leave() } });
  readonly #uploading = new AbortController();
  readonly #onRemove: (card: JobCard) => void;
  #id: string | undefined;
  #finished = false;
  #result: JobResult | undefined;

  private constructor(name: string, onRemove: (card: JobCard) => void) {
    this.#onRemove = onRemove;
    this.#title.textContent = name;
    this.#button.textContent = "Cancel";
    this.element = element(
      "article",
      { class: "card result" },
      element("header", {}, this.#title, this.#button),
      this.#body,
    );
  }

  static ofFile(file: File, onRemove: (card: JobCard) => void): JobCard {
    const card = new JobCard(file.name, onRemove);
    void card.#send(file);
    return card;
  }

  /** A job that the server has already. */
  static ofJob(id: string, onRemove: (card: JobCard) => void): JobCard {
    const card = new JobCard("Video", onRemove);
    card.#id = id;
    void card.#follow();
    return card;
  }

  async #send(file: File): Promise<void> {
    this.#showProgress("Sending", 0);
    try {
      const path = withModel("/api/v1/jobs", { name: file.name });
      const job = await upload<Job>(path, file, this.#uploading.signal, (share) =>
        this.#showProgress(`Sending, ${percent(share)}`, share),
      );
      this.#id = job.id;
      keepJob(job.id);
    } catch (failure) {
      if (wasAborted(failure)) this.#end("info", "Cancelled", "The video was not sent.");
      else this.#end("error", "This video could not be sent", sentenceOf(failure));
      return;
    }
    if (this.#uploading.signal.aborted) await this.#takeBack();
    else await this.#follow();
  }

  /** Deletes a video whose sending was cancelled when the server had all of it. */
  async #takeBack(): Promise<void> {
    try {
      await this.#deleteJob();
      this.#end("info", "Cancelled", "The server deleted the video.");
    } catch (failure) {
      this.#end("error", "The video is still on the server", sentenceOf(failure));
    }
  }

  async #follow(): Promise<void> {
    try {
      while (!this.#finished) {
        await this.#ask();
        if (!this.#finished) await new Promise((resolve) => setTimeout(resolve, askEvery));
      }
    } catch (failure) {
      if (this.#finished) return;
      const gone = hasStatus(failure, 404);
      if (gone && this.#id) forgetJob(this.#id);
      const text = gone ? "The server does not have it any more." : sentenceOf(failure);
      this.#end("error", "The video's result is not known", text);
    }
  }

  async #ask(): Promise<void> {
    try {
      const job = await get<Job>(`/api/v1/jobs/${this.#id}`);
      if (this.#finished) return;
      this.#title.textContent = job.name;
      await this.#showJob(job);
    } catch (failure) {
      if (!hasStatus(failure, 0)) throw failure; // 0: unreachable
      this.#showProgress("The server does not answer; trying again", undefined);
    }
  }

  async #showJob(job: Job): Promise<void> {
    switch (job.state) {
      case "queued":
        return this.#showProgress("Waiting for other videos", undefined);
      case "running":
        return this.#showRunning(job);
      case "done":
        return this.#showResult(job);
      case "failed":
        return this.#end("error", "This video could not be analysed", job.message);
      case "cancelled":
        return this.#end("info", "Cancelled", "The analysis was stopped before its end.");
    }
  }

  #showRunning({ progress, frames, frames_total: total }: Job): void {
    const of = total === null ? "" : ` of ${count(total)}`;
    this.#showProgress(`Analysing, frame ${count(frames)}${of}`, progress ?? undefined);
  }

  #showProgress(stage: string, share: number | undefined): void {
    this.#stage.textContent = stage;
    if (share === undefined) this.#bar.removeAttribute("value");
    else this.#bar.value = share;
    if (!this.#bar.isConnected) fill(this.#body, this.#stage, this.#bar);
  }

  async #showResult(job: Job): Promise<void> {
    const timeline = await get<Timeline>(job.links.timeline);
    this.#finished = true;
    this.#button.textContent = "Delete";
    this.#button.setAttribute("aria-label", `Delete ${job.name} from the server`);
    this.#result = new JobResult(job, timeline);
    fill(this.#body, this.#result.element);
    announce(`${job.name} is analysed.`);
  }

  #end(kind: "info" | "error", title: string, text: string): void {
    this.#finished = true;
    this.#button.textContent = "Remove";
    fill(this.#body, notice(kind, title, text));
  }

  /** Cancels what is under way; removes what is finished, here and on the server. */
  #leave(): Promise<void> {
    if (this.#finished) return this.#remove();
    if (this.#id === undefined) return this.#cancelSending();
    return this.#cancelAnalysis();
  }

  async #cancelSending(): Promise<void> {
    this.#showProgress("Cancelling", undefined);
    this.#uploading.abort();
  }

  async #cancelAnalysis(): Promise<void> {
    if (this.#uploading.signal.aborted) return; // it is deleted already
    try {
      await post(`/api/v1/jobs/${this.#id}/cancel`);
    } catch (failure) {
      // It ended at the same moment: how, is shown as for every other.
      if (hasStatus(failure, 409) || this.#finished) return;
      this.#end("error", "This video could not be cancelled", sentenceOf(failure));
    }
  }

  async #remove(): Promise<void> {
    try {
      await this.#deleteJob();
    } catch {
      // It goes from the page all the same; a reload shows it again if the server still has it.
    }
    this.#result?.destroy();
    this.#onRemove(this);
  }

  async #deleteJob(): Promise<void> {
    if (this.#id === undefined) return;
    try {
      await remove(`/api/v1/jobs/${this.#id}`);
    } catch (failure) {
      if (!hasStatus(failure, 404)) throw failure; // 404: it is gone already
    }
    forgetJob(this.#id);
  }
}

function hasStatus(failure: unknown, status: number): boolean {
  return failure instanceof RequestError && failure.status === status;
}
