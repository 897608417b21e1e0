/** Something that is kept in the browser, so that a page that is loaded anew goes on with it. */
export interface Kept<T> {
  read(): T | undefined;
  write(value: T): void;
  forget(): void;
}

/** Until the tab is closed. */
export function keptInTab<T>(name: string): Kept<T> {
  return keptIn(() => sessionStorage, name);
}

/** In all tabs, until it is forgotten. */
export function keptInBrowser<T>(name: string): Kept<T> {
  return keptIn(() => localStorage, name);
}

/** A browser may refuse its storage. */
function keptIn<T>(storage: () => Storage, name: string): Kept<T> {
  const key = `mien.${name}`;
  return {
    read() {
      try {
        const text = storage().getItem(key);
        return text === null ? undefined : (JSON.parse(text) as T);
      } catch {
        return undefined;
      }
    },
    write(value) {
      try {
        storage().setItem(key, JSON.stringify(value));
      } catch {
        // A browser that keeps nothing still serves until the page is loaded anew.
      }
    },
    forget() {
      try {
        storage().removeItem(key);
      } catch {
        // Then there is nothing to forget.
      }
    },
  };
}
