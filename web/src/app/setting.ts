/** A choice of the user's that the browser keeps, and that pages follow. */
export interface Setting<T extends string> {
  value: T;
  /** Calls `follower` at each change until the returned function is called. */
  follow(follower: (value: T) => void): () => void;
}

/** `parse` says what a kept text means; undefined when it means nothing any more. */
export function setting<T extends string>(
  name: string,
  parse: (text: string) => T | undefined,
  initial: () => T,
): Setting<T> {
  const key = `mien.${name}`;
  const followers = new Set<(value: T) => void>();
  let current = read();

  function read(): T {
    try {
      return parse(localStorage.getItem(key) ?? "") ?? initial();
    } catch {
      return initial();
    }
  }

  function keep(value: T): void {
    try {
      localStorage.setItem(key, value);
    } catch {
      // A browser that keeps nothing still serves for this visit.
    }
  }

  return {
    get value() {
      return current;
    },
    set value(value: T) {
      if (value === current) return;
      current = value;
      keep(value);
      for (const follower of followers) follower(value);
    },
    follow(follower) {
      followers.add(follower);
      return () => followers.delete(follower);
    },
  };
}

/** One of a few words. */
export function choice<T extends string>(name: string, values: readonly T[], initial: T) {
  return setting<T>(
    name,
    (text) => values.find((value) => value === text),
    () => initial,
  );
}
