import { info } from "./app/info";
import type { PageEntry } from "./app/page";
import { Router } from "./app/router";
import { Shell } from "./app/shell";
import { startTheme } from "./app/theme";
import "./style/token.css";
import "./style/base.css";
import "./style/control.css";
import "./style/expression.css";
import "./style/component.css";
import "./style/page.css";
import "./style/class.css";
import "./style/join.css";

/** The first is also shown at /. */
const pages: readonly PageEntry[] = [
  {
    path: "/live",
    title: "Live",
    make: async () => new (await import("./page/live/live_page")).LivePage(),
  },
  {
    path: "/stream",
    title: "Stream",
    make: async () => new (await import("./page/stream_page")).StreamPage(),
  },
  {
    path: "/analyze",
    title: "Analyze",
    make: async () => new (await import("./page/analyze/analyze_page")).AnalyzePage(),
  },
  {
    path: "/expressions",
    title: "Expressions",
    make: async () => new (await import("./page/expressions_page")).ExpressionsPage(),
  },
  {
    path: "/models",
    title: "Models",
    make: async () => new (await import("./page/models_page")).ModelsPage(),
  },
  {
    path: "/class",
    title: "Class",
    offered: async () => Boolean((await info()).class),
    make: async () => new (await import("./page/class/class_page")).ClassPage(),
  },
  {
    path: "/about",
    title: "About",
    make: async () => new (await import("./page/about_page")).AboutPage(),
  },
];

/** Of those who have nothing but the link to a class: no other page is theirs. */
const joinPages: readonly PageEntry[] = [
  {
    path: "/join",
    title: "Join a class",
    beneath: true,
    make: async () => new (await import("./page/join/join_page")).JoinPage(),
  },
];

startTheme();
if (location.pathname.startsWith("/join/")) new Router(new Shell([]), joinPages);
else new Router(new Shell(pages), pages);
