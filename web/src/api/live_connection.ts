import { FlowControl } from "./flow_control";
import { get, sentenceOf } from "./request";
import type { LiveFailure, LiveResult } from "./types";

const firstPause = 500; // milliseconds before the first new attempt; doubled for each further one
const longestPause = 10_000;
const longestSilence = 10_000; // without an answer to a frame, the connection counts as lost

export interface LiveEvents {
  /** A frame was analysed; `delay` is in milliseconds since its capture. */
  onResult(result: LiveResult, delay: number): void;
  onConnected(): void;
  /** The connection was lost, `why` in a sentence; it is tried again in `pause` milliseconds. */
  onLost(why: string, pause: number): void;
}

/** Sends frames to the server and takes results, and connects again when the server went away. */
export class LiveConnection {
  readonly #path: string;
  readonly #most: number;
  readonly #events: LiveEvents;
  #socket: WebSocket | undefined;
  #flow: FlowControl;
  #attempts = 0;
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
    return this.#socket?.readyState === WebSocket.OPEN && this.#flow.maySend;
  }

  /** Sends a frame that was captured at `time` of performance.now(). */
  send(frame: Blob, time: number): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#flow.sent(time);
    this.#socket.send(frame);
  }

  /** Drops a connection whose answers stay away; to be called now and then. */
  watch(): void {
    const oldest = this.#flow.oldest;
    if (oldest !== undefined && performance.now() - oldest > longestSilence) {
      this.#drop();
      void this.#lost("The server stopped answering.");
    }
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
    this.#flow = new FlowControl(this.#most);
    socket.onopen = () => {
      this.#attempts = 0;
      this.#events.onConnected();
    };
    socket.onmessage = ({ data }) => this.#take(JSON.parse(String(data)));
    socket.onclose = ({ reason }) => void this.#lost(reason);
  }

  #take(answer: LiveResult | LiveFailure): void {
    if ("error" in answer) {
      if (answer.frame !== undefined) this.#flow.answered(answer.frame, 0);
      return;
    }
    const captured = this.#flow.answered(answer.frame, answer.dropped);
    this.#events.onResult(
      answer,
      captured === undefined ? answer.delay : performance.now() - captured,
    );
  }

  async #lost(reason: string): Promise<void> {
    this.#socket = undefined;
    const pause = Math.min(longestPause, firstPause * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#timer = window.setTimeout(() => this.#connect(), pause);
    const why = reason || (await whyRefused());
    if (!this.#closed) this.#events.onLost(why, pause);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
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
