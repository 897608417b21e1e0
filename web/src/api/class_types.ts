import type { Expression } from "../expression/expression";
import type { Probabilities } from "./types";

/** What the server's interfaces for classes answer; /api/v1/openapi.json describes them. */

/** Of a server that was started with --class. */
export interface ClassTerms {
  purpose: string;
  agreed: string;
  /** Whether a class may be recorded. */
  recording: boolean;
}

/** What everybody who has the link may know of a class. */
export interface ClassState {
  title: string;
  purpose: string;
  agreed: string;
  recording: boolean;
  /** False: nobody's camera is read, participants tell their mood. */
  faces: boolean;
  ended: boolean;
  /** Of fewer, no shares are told. */
  smallest_group: number;
}

/** A class as its host got it. */
export interface OpenedClass {
  code: string;
  /** The host's secret. */
  key: string;
  title: string;
  link: string;
  /** Only the server's own machine can open the link. */
  local: boolean;
}

/** How many told each mood; those that nobody told are missing. */
export type Reports = Partial<Record<Expression, number>>;

/** One moment of a class; null stands for too few to be told of. */
export interface ClassMoment {
  /** Seconds since the class was opened. */
  time: number;
  participants: number;
  /** How many faces are seen. */
  seen: number;
  group: Probabilities | null;
  reports: Reports | null;
}

export interface Mark {
  time: number;
  text: string;
}

/** A lasting change of the group. */
export interface Hint {
  text: string;
  share: number;
  since: number;
}

/** A participant who chose to be shown. */
export interface NamedParticipant {
  number: number;
  name: string;
  expression: Expression | null;
  confidence: number;
  reported: Expression | null;
}

export interface HostMoment extends ClassMoment {
  hint: Hint | null;
  named: NamedParticipant[];
}

/** What a host is told first. */
export interface HostStart {
  class: {
    title: string;
    code: string;
    purpose: string;
    agreed: string;
    recording: boolean;
    faces: boolean;
    link: string;
    smallest_group: number;
    time: number;
  };
  history: ClassMoment[];
  marks: Mark[];
}

/** One stay in a class, with the secret by which it is taken back. */
export interface Membership {
  number: number;
  key: string;
}

export type RestState = "running" | "done" | "failed";

/** What a participant is told besides results; each message has one of these. */
export interface ParticipantMessage {
  joined?: Membership;
  mood?: Expression;
  rest?: { state: RestState };
  ended?: true;
}
