import { classPath, classState } from "./class_paths";
import type { HostMoment, HostStart, Mark, OpenedClass } from "./class_types";
import { KeptSocket } from "./kept_socket";
import { RequestError, sentenceOf } from "./request";

const hereEvery = 8000; // milliseconds between signs of life; the server wants one in 20 seconds
const longestSilence = 12_000; // it tells of each second, so after this it is gone

export interface HostEvents {
  /** At the beginning, and again after each break. */
  onStart(start: HostStart): void;
  onMoment(moment: HostMoment): void;
  onMark(mark: Mark): void;
  onLost(why: string, pause: number): void;
  /** The class is over, or the server knows it no more. */
  onEnded(): void;
}

type Message = HostStart | HostMoment | { mark: Mark } | { ended: true };

/** A host's connection to the class; it is joined anew after a break. */
export class HostConnection {
  readonly #code: string;
  readonly #events: HostEvents;
  readonly #socket: KeptSocket;
  readonly #timer: number;
  #heard = performance.now();
  #told = 0;

  constructor({ code, key }: OpenedClass, events: HostEvents) {
    this.#code = code;
    this.#events = events;
    const path = `${classPath(code, "/host")}?${new URLSearchParams({ key })}`;
    const taken = {
      onOpened: () => (this.#heard = performance.now()),
      onAnswer: (answer: object) => this.#take(answer as Message),
      onGone: () => (this.#heard = performance.now()),
      onLost: (why: string, pause: number) => events.onLost(why, pause),
    };
    this.#socket = new KeptSocket(
      () => path,
      taken,
      () => this.#whyRefused(),
    );
    this.#timer = window.setInterval(() => this.#watch(), 2000);
  }

  /** False when there is no connection. */
  mark(text: string): boolean {
    return this.#socket.send(JSON.stringify({ mark: text }));
  }

  /** Ends the class for all; the server confirms it. False when there is no connection. */
  end(): boolean {
    return this.#socket.send(JSON.stringify({ end: true }));
  }

  close(): void {
    window.clearInterval(this.#timer);
    this.#socket.close();
  }

  #take(message: Message): void {
    this.#heard = performance.now();
    // A timer alone would not do: browsers slow the timers of a page that lies behind another one.
    this.#sayHere();
    if ("class" in message) this.#events.onStart(message);
    else if ("mark" in message) this.#events.onMark(message.mark);
    else if ("ended" in message) this.#over();
    else if ("participants" in message) this.#events.onMoment(message);
  }

  #sayHere(): void {
    const now = performance.now();
    if (now - this.#told < hereEvery) return;
    this.#told = now;
    this.#socket.send(JSON.stringify({ here: true }));
  }

  #watch(): void {
    this.#sayHere();
    const waits = this.#socket.isOpen || this.#socket.connectingSince !== undefined;
    if (!waits || performance.now() - this.#heard <= longestSilence) return;
    this.#socket.renew("The server stopped answering.");
  }

  #over(): void {
    this.close();
    this.#events.onEnded();
  }

  async #whyRefused(): Promise<string> {
    try {
      if ((await classState(this.#code)).ended) this.#over();
      return "The connection to the server was lost.";
    } catch (failure) {
      if (failure instanceof RequestError && failure.status === 404) this.#over();
      return sentenceOf(failure);
    }
  }
}
