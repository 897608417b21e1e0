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
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101319; --surface: #191d25; --sunken: #232833; --text: #eceff4; --muted: #a7b0be;
    --line: #313845; --accent: #a5b1ff; --soft: #39426f; --heat: 165 177 255; --strong: #12162a;
    --mistake: #f2c063;
  }
}
@media print { :root { --ground: #ffffff; } section { break-inside: avoid; } }
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
h3 { font-size: 1rem; margin: 1rem 0 0.25rem; }
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
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: 1rem; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 0.5rem; }
th, td { padding: 0.3rem 0.6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; }
th[scope="row"], .text th, .text td { text-align: left; }
.text td { white-space: pre-wrap; overflow-wrap: anywhere; }
.text th { vertical-align: top; }
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
svg circle.mark { fill: var(--accent); stroke: var(--surface); stroke-width: 2; }
svg text.mark { fill: var(--text); }
figure { margin: 0; }
.faces { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 0.25rem 0 0; padding: 0; list-style: none; }
.faces img { display: block; width: 96px; height: 96px; object-fit: contain; image-rendering: auto; background: var(--sunken); border-radius: 0.4rem; }
.faces figcaption { font-size: 0.8125rem; text-align: center; font-variant-numeric: tabular-nums; }
summary { cursor: pointer; color: var(--accent); padding: 0.25rem 0; }
pre { background: var(--sunken); border-radius: 0.5rem; padding: 0.75rem 1rem; overflow-x: auto; font-size: 0.85rem; }
)css";

}  // namespace mien
