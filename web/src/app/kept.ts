/** Something that this tab keeps until it is closed, so that a reload goes on with it. */
export interface Kept<T> {
  read(): T | undefined;
  write(value: T): void;
  forget(): void;
}

export function keptInTab<T>(name: string): Kept<T> {
  const key = `mien.${name}`;
  return {
    read() {
      try {
        const text = sessionStorage.getItem(key);
        return text === null ? undefined : (JSON.parse(text) as T);
      } catch {
        return undefined;
      }
    },
    write(value) {
      try {
        sessionStorage.setItem(key, JSON.stringify(value));
      } catch {
        // A browser that keeps nothing still serves until the page is loaded anew.
      }
    },
    forget() {
      try {
        sessionStorage.removeItem(key);
      } catch {
        // Then there is nothing to forget.
      }
    },
  };
}
