import { get } from "../api/request";
import type { Info } from "../api/types";

let known: Promise<Info> | undefined;

/** What the server says of itself; asked once. */
export function info(): Promise<Info> {
  known ??= get<Info>("/api/v1/info").catch((failure: unknown) => {
    known = undefined;
    throw failure;
  });
  return known;
}
