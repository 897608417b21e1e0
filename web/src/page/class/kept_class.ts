import type { OpenedClass } from "../../api/class_types";
import { keptInBrowser } from "../../app/kept";

/** The class that this tab is the host of. */
export const keptClass = keptInBrowser<OpenedClass>("class");
