import { FlowControl } from "./flow_control";
import { KeptSocket, pauseAfter } from "./kept_socket";
import { get, sentenceOf } from "./request";
import type { LiveFailure, LiveResult } from "./types";

const longestSilence = 10_000; // milliseconds without an answer, after which a connection counts as lost

export interface LiveEvents {
  /** A frame was analysed; `delay` is in milliseconds since its capture. */
  onResult(result: LiveResult, delay: number): void;
  onConnected(): void;
  /** The connection was lost, `why` in a sentence; it is tried again in `pause` milliseconds. */
  onLost(why: string, pause: number): void;
  /** The server cannot analyse any frame now, `why` in its words; frames go on, but seldom. */
  onFailing(why: string): void;
  /** The server said something that is about no frame. */
  onTold?(message: object): void;
}

/** Sends frames to the server and takes results, and connects again when the server went away. */
export class LiveConnection {
  readonly #most: number;
  readonly #events: LiveEvents;
  readonly #socket: KeptSocket;
  #flow: FlowControl;
  #failures = 0;
  #heldUntil = 0;

  /** `path` is asked for anew at each attempt, as what it says may have changed. */
  constructor(
    path: string | (() => string),
    mostUnanswered: number,
    events: LiveEvents,
    explain = whyRefused,
  ) {
    this.#most = mostUnanswered;
    this.#events = events;
    this.#flow = new FlowControl(mostUnanswered);
    const taken = {
      onOpened: () => events.onConnected(),
      onAnswer: (answer: object) => this.#take(answer),
      onGone: () => (this.#flow = new FlowControl(this.#most)),
      onLost: (why: string, pause: number) => events.onLost(why, pause),
    };
    this.#socket = new KeptSocket(typeof path === "string" ? () => path : path, taken, explain);
  }

  get maySend(): boolean {
    return this.#socket.isOpen && this.#flow.maySend && performance.now() >= this.#heldUntil;
  }

  /** Sends a frame that was captured at `time` of performance.now(). */
  send(frame: Blob, time: number): void {
    if (!this.#socket.isOpen) return;
    this.#flow.sent(time);
    this.#socket.send(frame);
  }

  /** Tells the server something that is no frame; false when there is no connection. */
  tell(message: object): boolean {
    return this.#socket.send(JSON.stringify(message));
  }

  /** Drops a connection whose answers stay away; to be called now and then. */
  watch(): void {
    const since = this.#socket.connectingSince ?? this.#flow.oldest;
    if (since === undefined || performance.now() - since <= longestSilence) return;
    this.#socket.renew("The server stopped answering.");
  }

  close(): void {
    this.#socket.close();
  }

  #take(answer: object): void {
    if ("error" in answer) return this.#takeFailure(answer as LiveFailure);
    if ("frame" in answer) this.#takeResult(answer as LiveResult);
    else this.#events.onTold?.(answer);
  }

  #takeResult(result: LiveResult): void {
    const captured = this.#flow.answered(result.frame, result.dropped);
    this.#failures = 0;
    this.#heldUntil = 0;
    this.#events.onResult(
      result,
      captured === undefined ? result.delay : performance.now() - captured,
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
}

async function whyRefused(): Promise<string> {
  try {
    await get("/api/v1/info");
    return "The connection to the server was lost.";
  } catch (failure) {
    return sentenceOf(failure);
  }
}
