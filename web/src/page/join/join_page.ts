import { classState } from "../../api/class_paths";
import type { ClassState, Membership } from "../../api/class_types";
import { RequestError, sentenceOf } from "../../api/request";
import { announce } from "../../app/announcer";
import type { Kept } from "../../app/kept";
import type { Page } from "../../app/page";
import { element, fill } from "../../component/element";
import { button } from "../../component/input";
import { notice } from "../../component/notice";
import { adviceFor, type Advice } from "../live/camera";
import { camera, CameraStage } from "../live/camera_stage";
import { ConsentForm, type Consent } from "./consent_form";
import { Departure } from "./departure";
import { keptStay, type Stay } from "./kept_stay";
import { Participation } from "./participation";

/** A class, for those who take part. It asks the server for nothing but this class. */
export class JoinPage implements Page {
  readonly element: HTMLElement;
  readonly #code = location.pathname.split("/")[2] ?? "";
  readonly #kept: Kept<Stay> = keptStay(this.#code);
  readonly #heading = element("h1", { tabindex: "-1" }, "Join a class");
  readonly #body = element("div", { class: "join-body" });
  readonly #stage = new CameraStage(() => this.#cameraGone());
  #state: ClassState | undefined;
  #consent: Consent | undefined;
  #participation: Participation | undefined;

  constructor() {
    this.element = element("div", { class: "join" }, this.#heading, this.#body);
  }

  show(): void {
    void this.#load();
  }

  hide(): void {
    this.#stop();
  }

  async #load(): Promise<void> {
    try {
      const state = await classState(this.#code);
      this.#state = state;
      this.#heading.textContent = state.title;
      document.title = `${state.title} – Mien`;
      if (state.ended) this.#showEnded();
      else this.#showConsent();
    } catch (failure) {
      this.#showUnknown(failure);
    }
  }

  #showUnknown(failure: unknown): void {
    const unknown = failure instanceof RequestError && failure.status === 404;
    const again = button("Try again", () => void this.#load(), "primary");
    const message = unknown
      ? notice(
          "error",
          "There is no such class",
          "The link is wrong, or the server was started anew since. Ask the host for the link.",
        )
      : notice("error", "The class cannot be joined now", sentenceOf(failure));
    fill(this.#body, message, element("div", { class: "toolbar" }, again));
  }

  #showConsent(advice?: Advice): void {
    if (!this.#state) return;
    const form = new ConsentForm(
      this.#state,
      (consent) => void this.#agreed(consent),
      () => this.#showRefused(),
    );
    const stay = this.#kept.read();
    const before = stay && element("h2", {}, "You took part before");
    fill(
      this.#body,
      before,
      stay && this.#departure(stay).element,
      form.element,
      advice && notice("error", advice.title, advice.text),
    );
  }

  #showRefused(): void {
    const back = button("Back", () => this.#showConsent());
    this.#place(
      notice(
        "info",
        "You did not join",
        "No camera was asked for, and nothing was sent or kept. You can close this page.",
      ),
      element("div", { class: "toolbar" }, back),
    );
  }

  /** The camera is asked for only now; where it is refused, nothing has been sent. */
  async #agreed(consent: Consent): Promise<void> {
    this.#consent = consent;
    if (consent.camera) {
      this.#stage.state = "starting";
      this.#place(this.#stage.element);
      try {
        if (!(await this.#stage.open(camera.value, () => this.#consent === consent))) return;
      } catch (failure) {
        if (this.#consent !== consent) return;
        this.#stop();
        return this.#showConsent(adviceFor(failure));
      }
    }
    this.#run(consent);
  }

  #run(consent: Consent): void {
    if (!this.#state) return;
    this.#participation = new Participation(this.#code, this.#state, consent, this.#stage, {
      onJoined: (membership) => this.#keep(membership),
      onLeave: (takeBack) => this.#leave(takeBack),
      onEnded: () => this.#ended(),
      onCamera: () => void this.#changeCamera(),
    });
    this.#place(this.#participation.element);
  }

  #keep(membership: Membership): void {
    const { title = "", recording = false } = this.#state ?? {};
    // After a break it is mostly the same membership.
    const known = this.#kept.read()?.memberships ?? [];
    const others = known.filter(({ number }) => number !== membership.number);
    const memberships = [...others, membership];
    this.#kept.write({ title, recording, memberships });
  }

  async #changeCamera(): Promise<void> {
    const consent = this.#consent;
    this.#stage.close();
    try {
      await this.#stage.open(camera.value, () => this.#consent === consent);
    } catch (failure) {
      this.#interrupt(adviceFor(failure));
    }
  }

  #cameraGone(): void {
    this.#interrupt({
      title: "The camera went away",
      text: "It was unplugged or taken by the system. Connect it and join again, or join without it.",
    });
  }

  /** Out of the class, but not out of the page. */
  #interrupt(advice: Advice): void {
    this.#stop();
    this.#showConsent(advice);
  }

  #leave(takeBack: boolean): void {
    this.#stop();
    const stay = this.#kept.read();
    const again = button("Join again", () => this.#showConsent());
    const departure = stay && this.#departure(stay);
    this.#place(
      element("h2", {}, "You have left the class"),
      departure?.element,
      element("div", { class: "toolbar" }, again),
    );
    announce("You have left the class.");
    if (takeBack) void departure?.takeBack();
  }

  #ended(): void {
    this.#stop();
    announce("The class has ended.");
    this.#showEnded();
  }

  #showEnded(): void {
    const stay = this.#kept.read();
    const text = stay ? "Nothing is read any more." : "It cannot be joined any more.";
    this.#place(notice("info", "The class has ended", text), stay && this.#departure(stay).element);
  }

  #departure(stay: Stay): Departure {
    return new Departure(this.#code, stay, (left) => {
      if (left.memberships.length > 0) this.#kept.write(left);
      else this.#kept.forget();
    });
  }

  #place(...parts: (Node | undefined)[]): void {
    fill(this.#body, ...parts);
    this.#heading.focus();
    window.scrollTo(0, 0);
  }

  #stop(): void {
    this.#consent = undefined;
    this.#participation?.close();
    this.#participation = undefined;
    this.#stage.close();
  }
}
