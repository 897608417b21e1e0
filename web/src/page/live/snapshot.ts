import { saveCanvas } from "../../component/download";
import type { Overlay } from "./overlay";

/** Saves the video's picture with its outlines, on the user's own machine. */
export function saveSnapshot(video: HTMLVideoElement, overlay: Overlay): void {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext("2d");
  if (!context) return;
  if (overlay.mirrored) {
    context.translate(canvas.width, 0);
    context.scale(-1, 1);
  }
  context.drawImage(video, 0, 0);
  context.resetTransform();
  overlay.drawInto(context, canvas.width);
  saveCanvas(`mien-${timestamp(new Date())}.png`, canvas);
}

/** 2026-11-21-14-03-08, in the user's own time. */
function timestamp(now: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())];
  const time = [two(now.getHours()), two(now.getMinutes()), two(now.getSeconds())];
  return [...day, ...time].join("-");
}
