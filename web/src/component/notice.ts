import { element } from "./element";

export type NoticeKind = "info" | "warning" | "error";

/** A box with a message; errors are read out at once, others when there is time. */
export function notice(
  kind: NoticeKind,
  title: string,
  text: string,
  ...more: Node[]
): HTMLElement {
  return element(
    "div",
    { class: `notice notice-${kind}`, role: kind === "error" ? "alert" : "status" },
    element("p", { class: "notice-title" }, title),
    element("p", {}, text),
    ...more,
  );
}
