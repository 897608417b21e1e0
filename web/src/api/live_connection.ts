import { FlowControl } from "./flow_control";
import { get, sentenceOf } from "./request";
import type { LiveFailure, LiveResult } from "./types";

const firstPause = 500; // milliseconds before the first new attempt; doubled for each further one
const longestPause = 10_000;
const longestSilence = 10_000; // without an answer, the connection counts as lost

export interface LiveEvents {
  /** A frame was analysed; `delay` is in milliseconds since its capture. */
  onResult(result: LiveResult, delay: number): void;
  onConnected(): void;
  /** The connection was lost, `why` in a sentence; it is tried again in `pause` milliseconds. */
  onLost(why: string, pause: number): void;
  /** The server cannot analyse any frame now, `why` in its words; frames go on, but seldom. */
  onFailing(why: string): void;
}

/** Sends frames to the server and takes results, and connects again when the server went away. */
export class LiveConnection {
  readonly #path: string;
  readonly #most: number;
  readonly #events: LiveEvents;
  #socket: WebSocket | undefined;
  #flow: FlowControl;
  #attempts = 0;
  #begun = 0;
  #failures = 0;
  #heldUntil = 0;
  #timer: number | undefined;
  #closed = false;

  constructor(path: string, mostUnanswered: number, events: LiveEvents) {
    this.#path = path;
    this.#most = mostUnanswered;
    this.#events = events;
    this.#flow = new FlowControl(mostUnanswered);
    this.#connect();
  }

  get maySend(): boolean {
    const open = this.#socket?.readyState === WebSocket.OPEN;
    return open && this.#flow.maySend && performance.now() >= this.#heldUntil;
  }

  /** Sends a frame that was captured at `time` of performance.now(). */
  send(frame: Blob, time: number): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#flow.sent(time);
    this.#socket.send(frame);
  }

  /** Drops a connection whose answers stay away; to be called now and then. */
  watch(): void {
    const since = this.#waitingSince();
    if (since === undefined || performance.now() - since <= longestSilence) return;
    this.#drop();
    void this.#lost("The server stopped answering.");
  }

  close(): void {
    this.#closed = true;
    window.clearTimeout(this.#timer);
    this.#drop();
  }

  #connect(): void {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.#path}`);
    this.#socket = socket;
    this.#begun = performance.now();
    // One that was dropped still has something to say, which is of no interest any more.
    const ifPresent =
      <E>(action: (event: E) => void) =>
      (event: E) => {
        if (socket === this.#socket) action(event);
      };
    socket.onopen = ifPresent(() => this.#opened());
    socket.onmessage = ifPresent(({ data }) => this.#take(JSON.parse(String(data))));
    socket.onclose = ifPresent(({ reason }) => void this.#lost(reason));
  }

  #opened(): void {
    this.#attempts = 0;
    this.#events.onConnected();
  }

  /** Since when the server owes an answer: to the connection itself, or to a frame. */
  #waitingSince(): number | undefined {
    const connecting = this.#socket?.readyState === WebSocket.CONNECTING;
    return connecting ? this.#begun : this.#flow.oldest;
  }

  #take(answer: LiveResult | LiveFailure): void {
    if ("error" in answer) return this.#takeFailure(answer);
    const captured = this.#flow.answered(answer.frame, answer.dropped);
    this.#failures = 0;
    this.#heldUntil = 0;
    this.#events.onResult(
      answer,
      captured === undefined ? answer.delay : performance.now() - captured,
    );
  }

  /** One frame that is no picture means nothing; a server that fails will fail at the next, too. */
  #takeFailure({ frame, error }: LiveFailure): void {
    if (frame !== undefined) this.#flow.answered(frame, 0);
    if (error.status < 500) return;
    const now = performance.now();
    // Frames that were on their way already fail together with the first.
    if (now >= this.#heldUntil) this.#heldUntil = now + pauseAfter(this.#failures++);
    this.#events.onFailing(error.message);
  }

  async #lost(reason: string): Promise<void> {
    this.#forget();
    const pause = pauseAfter(this.#attempts);
    this.#attempts += 1;
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#connect(), pause);
    const why = reason || (await whyRefused());
    // Meanwhile it may have been joined again, or left.
    const open = this.#socket?.readyState === WebSocket.OPEN;
    if (!this.#closed && !open) this.#events.onLost(why, pause);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#forget();
    socket?.close();
  }

  /** No answer is waited for any more. */
  #forget(): void {
    this.#socket = undefined;
    this.#flow = new FlowControl(this.#most);
  }
}

function pauseAfter(attempts: number): number {
  return Math.min(longestPause, firstPause * 2 ** attempts);
}

/** A browser does not say why a WebSocket failed; an ordinary request does. */
async function whyRefused(): Promise<string> {
  try {
    await get("/api/v1/info");
    return "The connection to the server was lost.";
  } catch (failure) {
    return sentenceOf(failure);
  }
}
