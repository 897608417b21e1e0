#pragma once

#include <string_view>

namespace mien {

/// The report's style sheet: the web app's colours, light and dark.
inline constexpr std::string_view kReportStyle = R"css(
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --surface: #ffffff; --sunken: #eceef2; --text: #1a1e26; --muted: #555e6c;
  --line: #dadee5; --accent: #3a4cc0; --soft: #cfd5f3; --heat: 58 76 192; --strong: #ffffff;
  --mistake: #8a5200;
  --angry: #d0441a; --disgust: #00805e; --fear: #b3569a; --happy: #b08c00; --sad: #1f74bd;
  --surprise: #c87800; --neutral: #78808a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101319; --surface: #191d25; --sunken: #232833; --text: #eceff4; --muted: #a7b0be;
    --line: #313845; --accent: #a5b1ff; --soft: #39426f; --heat: 165 177 255; --strong: #12162a;
    --mistake: #f2c063;
    --angry: #f0652e; --disgust: #00b888; --fear: #d98abb; --happy: #f5d73c; --sad: #4a9fe3;
    --surprise: #f0a014; --neutral: #bec3c8;
  }
}
@media print {
  :root { --ground: #ffffff; }
  section, figure, tr, .shares, .tile { break-inside: avoid; }
  .scroll { overflow: visible; }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 100%/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
}
main, header, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.25rem; }
footer { padding-top: 1rem; padding-bottom: 2.25rem; color: var(--muted); }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 0.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 0 0 0.25rem; }
h2.session { font-size: 1.4rem; margin: 2.5rem 0 0; overflow-wrap: anywhere; }
h3, h4 { font-size: 1rem; margin: 1rem 0 0.25rem; }
section > h2, section > h3 { overflow-wrap: anywhere; }
section > h3:first-child { font-size: 1.1rem; margin-top: 0; }
a { color: var(--accent); }
p { margin: 0 0 0.75rem; max-width: 46rem; }
.muted, caption, figcaption { color: var(--muted); }
section {
  background: var(--surface); border: 1px solid var(--line); border-radius: 0.75rem;
  padding: 1.25rem 1.5rem; margin: 0 0 1.25rem;
}
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.75rem; margin: 1.25rem 0; }
.tile { background: var(--surface); border: 1px solid var(--line); border-radius: 0.75rem; padding: 0.75rem 1rem; }
.tile dt { color: var(--muted); font-size: 0.875rem; }
.tile dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem; align-items: start; }
.two { margin-bottom: 1.25rem; }
.two > section { margin: 0; }
.two svg { max-width: 36rem; }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: 1rem; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 0.5rem; }
th, td { padding: 0.3rem 0.6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; }
th[scope="row"], thead th:first-child, .text th, .text td { text-align: left; }
.text th, .text td { vertical-align: top; }
.text td:last-child { white-space: pre-wrap; overflow-wrap: anywhere; }
.confusion td, .confusion thead th { text-align: center; min-width: 4.4rem; }
.confusion td { border: 2px solid var(--surface); border-radius: 0.4rem; background: rgb(var(--heat) / var(--share)); }
.confusion td.strong { color: var(--strong); }
.confusion td small { display: block; font-size: 0.75rem; line-height: 1.2; }
svg { display: block; width: 100%; height: auto; overflow: visible; font: 13px system-ui, "Segoe UI", "Liberation Sans", sans-serif; }
svg text { fill: var(--muted); }
svg .grid { stroke: var(--line); }
svg .bar { fill: var(--soft); }
svg .line { fill: none; stroke: var(--accent); stroke-width: 2.5; stroke-linejoin: round; }
svg .guide { fill: none; stroke: var(--muted); stroke-width: 1.5; stroke-dasharray: 5 4; }
svg .band { fill: var(--soft); opacity: 0.6; }
svg .dot { fill: var(--accent); }
svg circle.mark { fill: var(--accent); stroke: var(--surface); stroke-width: 2; }
svg text.mark { fill: var(--text); }
figure { margin: 0; }
.faces { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 0.25rem 0 0; padding: 0; list-style: none; }
.faces img { display: block; width: 96px; height: 96px; object-fit: contain; image-rendering: auto; background: var(--sunken); border-radius: 0.4rem; }
.faces figcaption { font-size: 0.8125rem; text-align: center; font-variant-numeric: tabular-nums; }
summary { cursor: pointer; color: var(--accent); padding: 0.25rem 0; }
pre { background: var(--sunken); border-radius: 0.5rem; padding: 0.75rem 1rem; overflow-x: auto; font-size: 0.85rem; }
.empty { fill: var(--sunken); }
.angry { fill: var(--angry); }
.disgust { fill: var(--disgust); }
.fear { fill: var(--fear); }
.happy { fill: var(--happy); }
.sad { fill: var(--sad); }
.surprise { fill: var(--surprise); }
.neutral { fill: var(--neutral); }
.shares { padding: 0 1.4rem 0 2.8rem; }
.shares path, .share-bar rect { shape-rendering: crispEdges; }
svg .flag { stroke: var(--text); stroke-width: 1.5; stroke-dasharray: 3 2; }
svg text.flag { stroke: none; fill: var(--text); font-weight: 600; }
svg.share-bar { width: 6rem; height: 1rem; }
.wide { font-size: 0.8125rem; }
.wide th, .wide td { padding: 0.3rem 0.4rem; }
.wide small { font-weight: 400; }
.wide th[scope="row"] { white-space: normal; overflow-wrap: anywhere; min-width: 6.5rem; max-width: 16rem; }
.side { display: flex; flex-wrap: wrap; gap: 0.5rem 3rem; }
.side > div { max-width: 100%; }
.side p { max-width: 22rem; }
.wide .bars { text-align: left; }
.legend, .chips { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin: 0.25rem 0 0.5rem; padding: 0; list-style: none; font-size: 0.875rem; }
.legend svg { display: inline-block; width: 0.85rem; height: 0.85rem; margin-right: 0.35rem; vertical-align: -0.1rem; border-radius: 0.2rem; overflow: hidden; }
.chips { gap: 0.5rem; }
.chips li { border: 1px solid var(--line); border-radius: 1rem; padding: 0.1rem 0.75rem; }
.notes { margin: 0; padding-left: 1.2rem; max-width: 46rem; }
.notes li { margin-bottom: 0.5rem; }
.notice { border-left: 4px solid var(--mistake); padding: 0.25rem 0 0.25rem 0.75rem; }
@media (max-width: 40rem) {
  main, header, footer { padding-left: 0.75rem; padding-right: 0.75rem; }
  section { padding: 1rem; }
  svg .minor { display: none; }
}
@media print {
  main, header, footer { padding-left: 0; padding-right: 0; }
  section { padding: 0.75rem; }
  .two { grid-template-columns: 1fr 1fr; }
  .wide { font-size: 0.6rem; }
  .wide th, .wide td { padding: 0.15rem 0.2rem; }
  .wide th[scope="row"] { min-width: 4rem; }
  svg.share-bar { width: 3rem; }
  details { display: none; }
}
)css";

}  // namespace mien
