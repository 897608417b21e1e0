import { element } from "../component/element";
import { announcerRegion } from "./announcer";
import { info } from "./info";
import type { PageEntry } from "./page";
import { theme, themes, type Theme } from "./theme";

const themeNames: Record<Theme, string> = { auto: "Auto", light: "Light", dark: "Dark" };

/**
 * What stands around every page: header, ways between pages, footer. Without `pages` to lead to it
 * asks the server for nothing, as who takes part in a class may ask for no more than that.
 */
export class Shell {
  readonly main = element("main", { id: "main" });
  readonly #links = new Map<string, HTMLAnchorElement>();
  readonly #menu: HTMLButtonElement;
  readonly #nav: HTMLElement;

  constructor(pages: readonly PageEntry[]) {
    const items = pages.map((entry) => this.#makeItem(entry));
    this.#nav = element(
      "nav",
      { id: "pages", "aria-label": "Pages" },
      element("ul", { role: "list" }, ...items),
    );
    this.#menu = element(
      "button",
      {
        type: "button",
        class: "menu-button",
        "aria-expanded": "false",
        "aria-controls": "pages",
        on: { click: () => this.#openMenu(!this.#nav.classList.contains("open")) },
      },
      "Menu",
    );
    const alone = pages.length === 0;
    document.body.append(
      skipLink(this.main),
      alone ? bareHeader() : this.#header(),
      this.main,
      alone ? bareFooter() : footer(),
      announcerRegion,
    );
    document.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || !this.#nav.classList.contains("open")) return;
      this.#openMenu(false);
      this.#menu.focus();
    });
  }

  /** Marks the page that is shown. */
  mark(path: string): void {
    for (const [at, link] of this.#links) {
      if (at === path) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.#openMenu(false);
  }

  #makeItem({ path, title, offered }: PageEntry): HTMLElement {
    const link = element("a", { href: path, "data-route": true }, title);
    this.#links.set(path, link);
    const item = element("li", { hidden: offered !== undefined }, link);
    offered?.().then(
      (shown) => (item.hidden = !shown),
      () => undefined,
    );
    return item;
  }

  #openMenu(open: boolean): void {
    this.#nav.classList.toggle("open", open);
    this.#menu.setAttribute("aria-expanded", String(open));
  }

  #header(): HTMLElement {
    return element(
      "header",
      { class: "site-header" },
      element("a", { class: "brand", href: "/", "data-route": true }, logo(), "Mien"),
      this.#menu,
      this.#nav,
      themeSwitch(),
    );
  }
}

function logo(): HTMLElement {
  return element("img", { src: "/favicon.svg", alt: "", width: 28, height: 28 });
}

function bareHeader(): HTMLElement {
  const brand = element("span", { class: "brand" }, logo(), "Mien");
  return element("header", { class: "site-header bare" }, brand, themeSwitch());
}

function skipLink(main: HTMLElement): HTMLElement {
  const skip = (event: Event) => {
    event.preventDefault();
    main.querySelector<HTMLElement>("h1")?.focus();
  };
  return element(
    "a",
    { class: "skip-link", href: "#main", on: { click: skip } },
    "Skip to content",
  );
}

function themeSwitch(): HTMLElement {
  const options = themes.map((value) => {
    const input = element("input", {
      type: "radio",
      name: "theme",
      value,
      checked: theme.value === value,
      on: { change: () => (theme.value = value) },
    });
    return element("label", {}, input, element("span", {}, themeNames[value]));
  });
  return element(
    "fieldset",
    { class: "theme-switch" },
    element("legend", { class: "visually-hidden" }, "Colours"),
    ...options,
  );
}

function bareFooter(): HTMLElement {
  const said = "Mien says what faces show, not what people feel.";
  return element("footer", { class: "site-footer" }, element("p", {}, said));
}

function footer(): HTMLElement {
  const version = element("span", {});
  info().then(
    (known) => (version.textContent = ` ${known.version}`),
    () => undefined,
  );
  return element(
    "footer",
    { class: "site-footer" },
    element("p", {}, "Mien", version, " says what a face shows, not what a person feels. "),
    element(
      "p",
      {},
      element("a", { href: "/about", "data-route": true }, "What Mien does with data"),
    ),
  );
}
