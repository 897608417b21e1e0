import type { TestContext } from "node:test";

/** A socket that does what the test says. */
export class FakeSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 3;
  static all: FakeSocket[] = [];
  readyState = FakeSocket.CONNECTING;
  sent = 0;
  onopen: ((event: object) => void) | null = null;
  onmessage: ((event: object) => void) | null = null;
  onclose: ((event: object) => void) | null = null;

  constructor() {
    FakeSocket.all.push(this);
  }

  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.({});
  }

  send(): void {
    this.sent += 1;
  }

  say(answer: object): void {
    this.onmessage?.({ data: JSON.stringify(answer) });
  }

  /** A browser tells of the end only later, and of messages that came before. */
  close(): void {
    this.readyState = FakeSocket.CLOSED;
  }

  static get alive(): FakeSocket[] {
    return FakeSocket.all.filter(({ readyState }) => readyState !== FakeSocket.CLOSED);
  }
}

/** The time, and what waits for it. */
export class Clock {
  #ahead = 0;
  #timers = new Map<number, { action: () => void; at: number }>();
  #made = 0;
  readonly #real = performance.now.bind(performance);

  readonly now = (): number => this.#real() + this.#ahead;

  readonly setTimeout = (action: () => void, pause: number): number => {
    this.#made += 1;
    this.#timers.set(this.#made, { action, at: this.now() + pause });
    return this.#made;
  };

  readonly clearTimeout = (id: number): void => void this.#timers.delete(id);

  pass(milliseconds: number): void {
    this.#ahead += milliseconds;
    for (const [id, { action, at }] of [...this.#timers]) {
      if (at > this.now()) continue;
      this.#timers.delete(id);
      action();
    }
  }
}

/** Puts sockets and time in the test's hands, until its end. */
export function fakeBrowser(context: TestContext): Clock {
  const clock = new Clock();
  FakeSocket.all = [];
  setGlobal(context, "WebSocket", FakeSocket);
  setGlobal(context, "window", clock);
  setGlobal(context, "location", { protocol: "http:", host: "localhost" });
  context.mock.method(performance, "now", clock.now);
  return clock;
}

function setGlobal(context: TestContext, name: string, value: unknown): void {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  context.after(() => {
    if (before) Object.defineProperty(globalThis, name, before);
    else Reflect.deleteProperty(globalThis, name);
  });
}
