import type { Membership } from "../../api/class_types";
import { keptInTab, type Kept } from "../../app/kept";

/** What a participant may need after a reload. */
export interface Stay {
  title: string;
  recording: boolean;
  /** One for each time that the server let them in; each is taken back on its own. */
  memberships: Membership[];
}

export function keptStay(code: string): Kept<Stay> {
  return keptInTab<Stay>(`join.${code}`);
}
