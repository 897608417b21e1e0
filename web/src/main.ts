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
    path: "/about",
    title: "About",
    make: async () => new (await import("./page/about_page")).AboutPage(),
  },
];

startTheme();
new Router(new Shell(pages), pages);
