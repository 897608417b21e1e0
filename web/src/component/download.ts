/** Has the browser save `content` on the user's own machine. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken the content by then; before, revoking can stop the download.
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function saveText(name: string, type: string, text: string): void {
  saveFile(name, new Blob([text], { type }));
}

export function saveCanvas(name: string, canvas: HTMLCanvasElement, type = "image/png"): void {
  canvas.toBlob((blob) => blob && saveFile(name, blob), type, 0.92);
}
