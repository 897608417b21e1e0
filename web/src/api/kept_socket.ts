const firstPause = 500; // milliseconds before the first new attempt; doubled for each further one
const longestPause = 10_000;

export interface SocketEvents {
  onOpened(): void;
  /** What the server said, parsed. */
  onAnswer(answer: object): void;
  /** The connection is gone, and nothing is owed any more. */
  onGone(): void;
  /** Why it is gone, in a sentence; it is tried again in `pause` milliseconds. */
  onLost(why: string, pause: number): void;
}

/** A WebSocket that is opened anew whenever it breaks off. */
export class KeptSocket {
  readonly #path: () => string;
  readonly #events: SocketEvents;
  readonly #explain: () => Promise<string>;
  #socket: WebSocket | undefined;
  #attempts = 0;
  #begun = 0;
  #timer: number | undefined;
  #closed = false;

  /** `explain` finds out why the server refuses; a browser does not say why a WebSocket failed. */
  constructor(path: () => string, events: SocketEvents, explain: () => Promise<string>) {
    this.#path = path;
    this.#events = events;
    this.#explain = explain;
    this.#connect();
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Since when it has been waiting to be let in. */
  get connectingSince(): number | undefined {
    return this.#socket?.readyState === WebSocket.CONNECTING ? this.#begun : undefined;
  }

  /** False when there is no connection, and `data` is lost. */
  send(data: Blob | string): boolean {
    if (!this.isOpen) return false;
    this.#socket?.send(data);
    return true;
  }

  /** Leaves a connection that is of no use, for a new one. */
  renew(why: string): void {
    this.#drop();
    void this.#lost(why);
  }

  close(): void {
    this.#closed = true;
    window.clearTimeout(this.#timer);
    this.#drop();
  }

  #connect(): void {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.#path()}`);
    this.#socket = socket;
    this.#begun = performance.now();
    // One that was dropped still has something to say, which is of no interest any more.
    const ifPresent =
      <E>(action: (event: E) => void) =>
      (event: E) => {
        if (socket === this.#socket) action(event);
      };
    socket.onopen = ifPresent(() => this.#opened());
    socket.onmessage = ifPresent(({ data }) => this.#events.onAnswer(JSON.parse(String(data))));
    socket.onclose = ifPresent(({ reason }) => void this.#lost(reason));
  }

  #opened(): void {
    this.#attempts = 0;
    this.#events.onOpened();
  }

  async #lost(reason: string): Promise<void> {
    this.#forget();
    const pause = pauseAfter(this.#attempts);
    this.#attempts += 1;
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#connect(), pause);
    const why = reason || (await this.#explain());
    // Meanwhile it may have been joined again, or left.
    if (!this.#closed && !this.isOpen) this.#events.onLost(why, pause);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#forget();
    socket?.close();
  }

  #forget(): void {
    this.#socket = undefined;
    this.#events.onGone();
  }
}

/** Milliseconds to wait after so many attempts in vain. */
export function pauseAfter(attempts: number): number {
  return Math.min(longestPause, firstPause * 2 ** attempts);
}
