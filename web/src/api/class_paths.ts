import type { ClassState, Membership } from "./class_types";
import { get, remove } from "./request";

export function classPath(code: string, rest = ""): string {
  return `/api/v1/classes/${encodeURIComponent(code)}${rest}`;
}

export function classState(code: string): Promise<ClassState> {
  return get<ClassState>(classPath(code));
}

/** Leaves, if that was not done yet, and erases all that was recorded of the participant. */
export function takeBack(code: string, { number, key }: Membership): Promise<void> {
  return remove(classPath(code, `/participants/${number}`), { "X-Mien-Key": key });
}
