import type { OpenedClass } from "../../api/class_types";
import { keptInTab } from "../../app/kept";

/** The class that this tab is the host of. */
export const keptClass = keptInTab<OpenedClass>("class");
