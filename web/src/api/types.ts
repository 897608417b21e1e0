import type { Expression } from "../expression/expression";
import type { ClassTerms } from "./class_types";

/** What the server's interfaces answer; /api/v1/openapi.json describes them. */

/** x, y, width and height in pixels from the top left. */
export type Box = readonly [number, number, number, number];

export type Probabilities = Record<Expression, number>;

/** As a face looks, when the server was started with --attributes. */
export interface Attributes {
  gender?: { label: "female" | "male"; confidence: number };
  /** Years. */
  age?: number;
}

export interface Face {
  track: number;
  box: Box;
  score: number;
  expression: Expression;
  confidence: number;
  uncertain: boolean;
  probabilities: Probabilities;
  attributes?: Attributes;
}

export interface FrameResult {
  source: string;
  frame: number;
  time: number;
  width: number;
  height: number;
  faces: Face[];
}

/** A frame result of a live connection. */
export interface LiveResult extends FrameResult {
  /** Frames that the server passed over since the last result. */
  dropped: number;
  /** Milliseconds from the frame's receipt to the answer. */
  delay: number;
  /** In a class, once a rest was recorded: the member's probabilities minus those at rest. */
  relative?: Probabilities;
}

/** A live frame that could not be analysed. */
export interface LiveFailure {
  frame?: number;
  error: ServerError;
}

export interface ServerError {
  status: number;
  message: string;
}

export interface Info {
  version: string;
  default_model: string;
  labels: string[];
  stream: { source: string } | null;
  gallery: boolean;
  /** Whether a client must know a token. Older servers say neither this nor the next. */
  token?: boolean;
  /** Whether pages of other sites may show the stream. */
  embedding?: boolean;
  /** What it estimates besides expressions. Older servers do not say it. */
  attributes?: (keyof Attributes)[];
  /** Null unless it was started with --class. Older servers say neither this nor the next. */
  class?: ClassTerms | null;
  /** Whether sessions can be recorded on the server's machine. */
  recording?: boolean;
  limits: {
    picture_bytes: number;
    job_bytes: number;
    live_frame_bytes: number;
    live_in_flight: number;
    live_rate: number;
  };
}

export interface ModelCard {
  name: string;
  architecture?: string;
  parameters?: number;
  multiply_adds?: number;
  labels?: string[];
  input?: Record<string, string | number>;
  temperature?: number;
  uncertain_below?: number;
  training_data?: string;
  training_split?: string;
  selection_split?: string;
  recipe?: string;
  commit?: string;
  metrics?: Record<string, unknown>;
  confusion?: number[][];
  licence?: string;
  data_notice?: string;
  intended_use?: string;
  misuse?: string;
}

export interface Model {
  name: string;
  default: boolean;
  card: ModelCard;
}

export interface Models {
  default: string;
  models: Model[];
}

export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";

export interface Job {
  id: string;
  name: string;
  model: string;
  state: JobState;
  progress: number | null;
  frames: number;
  frames_total: number | null;
  message: string;
  links: { json: string; jsonl: string; csv: string; video: string; timeline: string };
}

export interface TimelineTrack {
  track: number;
  first: number;
  last: number;
  frames: number;
  shares: Partial<Probabilities>;
}

export interface TimelineBin {
  time: number;
  length: number;
  faces: number;
  tracks: Record<string, { probabilities: number[]; expression: Expression; seen: number }>;
}

export interface Change {
  time: number;
  track: number;
  from: Expression;
  to: Expression;
}

export interface Timeline {
  duration: number;
  tracks: TimelineTrack[];
  bins: TimelineBin[];
  changes: Change[];
}

export interface StreamState {
  source: string;
  state: "running" | "ended" | "failed";
  message: string;
  frame: number;
  rate: number;
  viewers: number;
}

export interface Gallery {
  available: boolean;
  expressions: Partial<Record<Expression, number>>;
}
