import type { ServerError } from "./types";

/** An answer that is none, in a sentence that can be shown. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const unreachable =
  "The Mien server does not answer. Check that mien serve still runs and that you are connected to it.";
const tokenNeeded =
  "This Mien server asks for a token. Open the whole address that mien serve printed, with its token.";

/** The error that an answer's body tells of, as far as it can be read. */
export function errorOf(status: number, body: string): RequestError {
  if (status === 0) return new RequestError(0, unreachable);
  if (status === 401) return new RequestError(401, tokenNeeded);
  try {
    const { error } = JSON.parse(body) as { error: ServerError };
    return new RequestError(status, error.message);
  } catch {
    return new RequestError(status, `The server answered with status ${status}.`);
  }
}

async function answer(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (failure) {
    if (init.signal?.aborted) throw failure;
    throw errorOf(0, "");
  }
  if (!response.ok) throw errorOf(response.status, await response.text());
  return response;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await answer(path, signal ? { signal } : {});
  return (await response.json()) as T;
}

export async function post<T>(path: string, body?: Blob, signal?: AbortSignal): Promise<T> {
  const response = await answer(path, initOf("POST", body, signal));
  return (await response.json()) as T;
}

export async function postForBlob(path: string, body: Blob, signal?: AbortSignal): Promise<Blob> {
  return (await answer(path, initOf("POST", body, signal))).blob();
}

export async function postJson<T>(path: string, body: object): Promise<T> {
  return post<T>(path, new Blob([JSON.stringify(body)], { type: "application/json" }));
}

export async function remove(path: string, headers: Record<string, string> = {}): Promise<void> {
  await answer(path, { method: "DELETE", headers });
}

function initOf(method: string, body?: Blob, signal?: AbortSignal): RequestInit {
  const init: RequestInit = { method };
  if (body) {
    init.body = body;
    // A blob whose type the browser does not know is sent without one.
    if (!body.type) init.headers = { "Content-Type": "application/octet-stream" };
  }
  if (signal) init.signal = signal;
  return init;
}

/**
 * Posts a file and tells how much of it is on its way; fetch cannot. Once all of it is sent, the
 * server may have taken it already: `signal` does not end the request then, and its answer tells.
 */
export function upload<T>(
  path: string,
  file: Blob,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = (event) => onProgress(event.loaded / Math.max(1, event.total));
    const abort = () => request.abort();
    request.upload.onload = () => signal.removeEventListener("abort", abort);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        resolve(JSON.parse(request.responseText) as T);
      } else {
        reject(errorOf(request.status, request.responseText));
      }
    };
    request.onerror = () => reject(errorOf(0, ""));
    request.onabort = () => reject(new DOMException("Cancelled", "AbortError"));
    signal.addEventListener("abort", abort);
    request.send(file);
  });
}

export function wasAborted(failure: unknown): boolean {
  return failure instanceof DOMException && failure.name === "AbortError";
}

export function sentenceOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
