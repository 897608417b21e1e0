/** One of the app's pages. It is made when first asked for, and kept. */
export interface Page {
  readonly element: HTMLElement;
  show(): void;
  /** Another page is shown: stop what needs no longer run. */
  hide(): void;
}

export interface PageEntry {
  path: string;
  title: string;
  /** Addresses beneath `path` are this page's, too. */
  beneath?: boolean;
  /** Whether the menu leads to it; without this it does. */
  offered?(): Promise<boolean>;
  make(): Promise<Page>;
}
