const longestSide = 640; // of a sent picture; faces are found well in it, and it travels fast
const quality = 0.8;

export interface FrameTaker {
  readonly maySend: boolean;
  send(frame: Blob, time: number): void;
}

/** Takes pictures of a playing video, as JPEG, as fast as `taker` takes them. */
export class FramePump {
  readonly #video: HTMLVideoElement;
  readonly #taker: () => FrameTaker | undefined;
  readonly #shortestGap: number;
  readonly #canvas = document.createElement("canvas");
  #encoding = false;
  #last = 0;
  #stopped = false;

  constructor(video: HTMLVideoElement, rate: number, taker: () => FrameTaker | undefined) {
    this.#video = video;
    this.#taker = taker;
    this.#shortestGap = 1000 / rate - 2; // video frames are not exactly in time
    this.#next();
  }

  stop(): void {
    this.#stopped = true;
  }

  #next(): void {
    if (this.#stopped) return;
    const again = () => {
      this.#capture();
      this.#next();
    };
    if ("requestVideoFrameCallback" in this.#video) this.#video.requestVideoFrameCallback(again);
    else requestAnimationFrame(again);
  }

  #capture(): void {
    const { videoWidth, videoHeight, paused } = this.#video;
    const now = performance.now();
    const taker = this.#taker();
    if (this.#stopped || paused || videoWidth === 0) return;
    if (this.#encoding || !taker?.maySend || now - this.#last < this.#shortestGap) return;
    const scale = Math.min(1, longestSide / Math.max(videoWidth, videoHeight));
    this.#canvas.width = Math.round(videoWidth * scale);
    this.#canvas.height = Math.round(videoHeight * scale);
    const context = this.#canvas.getContext("2d", { alpha: false });
    if (!context) return;
    context.drawImage(this.#video, 0, 0, this.#canvas.width, this.#canvas.height);
    this.#last = now;
    this.#encoding = true;
    this.#canvas.toBlob(
      (frame) => {
        this.#encoding = false;
        if (frame && !this.#stopped) this.#taker()?.send(frame, now);
      },
      "image/jpeg",
      quality,
    );
  }
}
