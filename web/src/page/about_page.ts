import { announce } from "../app/announcer";
import { info } from "../app/info";
import type { Page } from "../app/page";
import { element } from "../component/element";

/** What Mien does with data, and what it must not be used for. */
export class AboutPage implements Page {
  readonly element: HTMLElement;
  readonly #version = element("dd", {}, "–");

  constructor() {
    this.element = element(
      "div",
      { class: "prose" },
      element("h1", { tabindex: "-1" }, "About Mien"),
      element(
        "p",
        { class: "lead" },
        "Mien reads facial expressions on your own machine: it finds the faces in a picture, says which of seven expressions each one shows, with a calibrated probability, and follows each face over time.",
      ),
      section(
        "What it must not be used for",
        "An expression is not an emotion. Mien names what a picture of a face shows, as people who labelled such pictures would. It does not know what anybody feels.",
        "It must not be used to decide anything about a person: not at work, at school, at a border, in a shop or in an interview. In the European Union, reading emotions of people at work or in education is forbidden but for medical and safety reasons (Regulation (EU) 2024/1689, Article 5(1)(f)). A class can do without: its members tell their mood, and no camera is read.",
      ),
      section(
        "What happens with your pictures",
        "Your camera's pictures and the pictures you drop are sent to this Mien server, analysed in its memory and dropped. Nothing of them is written to a disk.",
        "A video that you drop is kept in a private folder of the server while it is analysed, and its results for about an hour after that. Delete removes all of it at once; when the server stops, nothing stays.",
        "Results of your camera are recorded only where the server was started with --record, and only if you choose so before it starts: probabilities and labels for each second, never pictures. You can take them back.",
        "In a class the host sees what the group shows, from five faces on, and by name only those who chose to be shown. Members read before they join what it is for and whether it is recorded, and can take their part back.",
        "What the server's own source shows is recorded for as long as it runs, where the server was started with --record.",
        "This page asks no other host for anything, has no trackers and sets no cookie but the token that a protected server needs. Your choices here, such as the theme and the model, stay in your browser.",
        "Mien never recognises who somebody is. A face's number stands for one stay in view: who leaves and comes back gets a new one.",
      ),
      section(
        "How far to trust it",
        "It is often wrong. People agree with the labels of FER-2013, the pictures it learned from, on about 65% of the faces. Disgust and fear are the hardest.",
        "Those pictures come from the web of 2013 and say nothing of age, gender or origin, so how well Mien does on each group has not been measured. Profiles, strongly turned and hidden faces are missed most.",
        "Gender and age are estimated only when the server was started with --attributes. They say what a face looks like to people who labelled pictures, never what a person is, and are less often right for some groups than for others.",
        "A face is marked as uncertain when its largest probability lies below the model's threshold. The Models page has the numbers of each model.",
      ),
      this.#facts(),
    );
  }

  show(): void {
    info().then(
      ({ version }) => (this.#version.textContent = version),
      () => announce("The server does not answer."),
    );
  }

  hide(): void {}

  #facts(): HTMLElement {
    return element(
      "section",
      {},
      element("h2", {}, "This server"),
      element(
        "dl",
        { class: "facts" },
        fact("Version", this.#version),
        fact(
          "Licence",
          element(
            "dd",
            {},
            "Apache-2.0; charts by uPlot (MIT), QR codes by qrcode-generator (MIT)",
          ),
        ),
        fact(
          "For programs",
          element(
            "dd",
            {},
            element(
              "a",
              { href: "/api/v1/openapi.json" },
              "Description of the interface (OpenAPI)",
            ),
            ", ",
            element("a", { href: "/api/v1/metrics" }, "metrics"),
            ", ",
            element("a", { href: "/api/v1/health" }, "health"),
          ),
        ),
      ),
    );
  }
}

function section(title: string, ...paragraphs: string[]): HTMLElement {
  return element(
    "section",
    {},
    element("h2", {}, title),
    ...paragraphs.map((text) => element("p", {}, text)),
  );
}

function fact(name: string, value: HTMLElement): HTMLElement {
  return element("div", {}, element("dt", {}, name), value);
}
