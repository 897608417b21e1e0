import type { Expression } from "../expression/expression";
import { classPath, classState } from "./class_paths";
import type { Membership, ParticipantMessage, RestState } from "./class_types";
import { LiveConnection } from "./live_connection";
import { RequestError, sentenceOf } from "./request";
import type { LiveResult } from "./types";

const hereEvery = 8000; // milliseconds between signs of life; the server wants one in 20 seconds
const watchEvery = 500;

/** As whom to join. */
export interface JoinWish {
  name?: string;
  shown: boolean;
  /** The host's secret: it is the host's own camera, on the whole room. */
  room?: string;
}

export interface JoinEvents {
  /** Once let in, and again after each break: as the same member, if the server still knows them. */
  onJoined?(membership: Membership): void;
  onResult(result: LiveResult): void;
  onMood?(mood: Expression): void;
  onRest?(state: RestState): void;
  onLost(why: string, pause: number): void;
  /** The server cannot analyse any picture now. */
  onFailing(why: string): void;
  /** The class is over, or the server knows it no more. */
  onEnded(): void;
}

/** A participant's connection to a class. At most one picture is on its way. */
export class JoinConnection {
  readonly #code: string;
  readonly #events: JoinEvents;
  readonly #live: LiveConnection;
  readonly #timers: number[];
  #membership: Membership | undefined;
  #over = false;

  /** `wish` is asked for anew at each attempt, as it may have changed. */
  constructor(code: string, wish: () => JoinWish, events: JoinEvents) {
    this.#code = code;
    this.#events = events;
    const taken = {
      onResult: (result: LiveResult) => events.onResult(result),
      onConnected: () => undefined,
      onLost: (why: string, pause: number) => events.onLost(why, pause),
      onFailing: (why: string) => events.onFailing(why),
      onTold: (message: ParticipantMessage) => this.#told(message),
    };
    const explain = () => this.#whyRefused();
    this.#live = new LiveConnection(
      () => pathOf(code, wish(), this.#membership),
      1,
      taken,
      explain,
    );
    this.#timers = [
      window.setInterval(() => this.#live.tell({ here: true }), hereEvery),
      window.setInterval(() => this.#live.watch(), watchEvery),
    ];
  }

  get maySend(): boolean {
    return this.#live.maySend;
  }

  send(frame: Blob, time: number): void {
    this.#live.send(frame, time);
  }

  /** Tells the server something that is no picture; false when there is no connection. */
  tell(message: object): boolean {
    return this.#live.tell(message);
  }

  close(): void {
    this.#over = true;
    for (const timer of this.#timers) window.clearInterval(timer);
    this.#live.close();
  }

  #told({ joined, mood, rest, ended }: ParticipantMessage): void {
    if (joined) {
      this.#membership = joined;
      this.#events.onJoined?.(joined);
    }
    if (mood) this.#events.onMood?.(mood);
    if (rest) this.#events.onRest?.(rest.state);
    if (ended) this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.close();
    this.#events.onEnded();
  }

  async #whyRefused(): Promise<string> {
    try {
      if ((await classState(this.#code)).ended) this.#end();
      return this.#membership
        ? "The connection to the server was lost."
        : "The server did not let you in; perhaps the class is full.";
    } catch (failure) {
      if (failure instanceof RequestError && failure.status === 404) this.#end();
      return sentenceOf(failure);
    }
  }
}

/** After a break a member comes again by the key. */
function pathOf(
  code: string,
  { name, shown, room }: JoinWish,
  membership: Membership | undefined,
): string {
  const query = new URLSearchParams({
    ...(name === undefined ? {} : { name }),
    shown: shown ? "yes" : "no",
    ...(room === undefined ? {} : { room }),
    ...(membership?.key ? { key: membership.key } : {}),
  });
  return `${classPath(code, "/join")}?${query}`;
}
