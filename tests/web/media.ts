import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const portrait = process.env["MIEN_TEST_ASTRONAUT"] ?? "";

/** The files that the tests need, made from NASA's portrait of an astronaut by ffmpeg. */
export class Media {
  readonly folder = mkdtempSync(join(tmpdir(), "mien-web-"));
  readonly portrait = portrait;
  /** What the fake camera shows, again and again. */
  readonly camera = join(this.folder, "camera.mjpeg");
  /** Three seconds. */
  readonly clip = join(this.folder, "clip.mp4");
  /** Five minutes: long enough to be cancelled. */
  readonly longClip = join(this.folder, "long.mp4");
  readonly noPicture = join(this.folder, "noise.jpg");

  constructor() {
    if (!existsSync(portrait)) throw new Error("MIEN_TEST_ASTRONAUT does not name the portrait");
    const inFrame = "scale=480:480,pad=640:480:80:0:color=slategray";
    this.#make(this.camera, 2, 15, inFrame, ["-q:v", "3", "-pix_fmt", "yuvj420p"]);
    const quick = ["-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    this.#make(this.clip, 3, 10, "scale=320:320", quick);
    const again = ["-stream_loop", "99", "-i", this.clip, "-c", "copy", this.longClip];
    execFileSync("ffmpeg", ["-v", "error", "-y", ...again]);
    writeFileSync(this.noPicture, "This is no picture.\n");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #make(path: string, seconds: number, rate: number, filter: string, more: string[]): void {
    const input = ["-loop", "1", "-i", portrait, "-t", String(seconds), "-r", String(rate)];
    execFileSync("ffmpeg", ["-v", "error", "-y", ...input, "-vf", filter, ...more, path]);
  }
}
