import { element } from "../component/element";
import type { Page, PageEntry } from "./page";
import type { Shell } from "./shell";

/** Shows the page that the address names, without loading the app anew. */
export class Router {
  readonly #shell: Shell;
  readonly #entries: readonly PageEntry[];
  readonly #made = new Map<string, Promise<Page>>();
  #shown: Page | undefined;
  #turn = 0;

  constructor(shell: Shell, entries: readonly PageEntry[]) {
    this.#shell = shell;
    this.#entries = entries;
    document.addEventListener("click", (event) => this.#follow(event));
    window.addEventListener("popstate", () => void this.#show(true));
    void this.#show(false);
  }

  #follow(event: MouseEvent): void {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
      return;
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-route]");
    if (!link) return;
    event.preventDefault();
    if (link.pathname !== location.pathname) history.pushState(null, "", link.href);
    void this.#show(true);
  }

  #entry(): PageEntry | undefined {
    const path = location.pathname.replace(/\/+$/, "");
    if (path === "") return this.#entries[0];
    return this.#entries.find(
      (entry) => entry.path === path || (entry.beneath && path.startsWith(`${entry.path}/`)),
    );
  }

  async #show(focus: boolean): Promise<void> {
    const turn = ++this.#turn;
    const entry = this.#entry();
    this.#shell.mark(entry?.path ?? "");
    document.title = `${entry?.title ?? "Not found"} – Mien`;
    const page = await this.#page(entry);
    // A later click may have chosen another page meanwhile.
    if (turn !== this.#turn || page === this.#shown) return;
    this.#shown?.hide();
    this.#shown = page;
    this.#shell.main.replaceChildren(page.element);
    page.show();
    if (!focus) return;
    window.scrollTo(0, 0);
    page.element.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }

  #page(entry: PageEntry | undefined): Promise<Page> {
    if (!entry) return Promise.resolve(notFound());
    let page = this.#made.get(entry.path);
    if (!page) {
      page = entry.make();
      this.#made.set(entry.path, page);
    }
    return page;
  }
}

function notFound(): Page {
  return {
    element: element(
      "div",
      { class: "prose" },
      element("h1", { tabindex: "-1" }, "There is no such page"),
      element("p", {}, "Choose one of the pages above."),
    ),
    show: () => undefined,
    hide: () => undefined,
  };
}
