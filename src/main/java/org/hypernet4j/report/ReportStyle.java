// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.report;

/** The head and the style of the page. */
final class ReportStyle {
  // %% because of formatted
  private static final String BEGIN =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy"
        content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
      <title>%s</title>
      <style>
      :root { color-scheme: light dark; --ink: #111; --ground: #fff; --pale: #595959;
        --line: #d5d5d5; --card: #f4f4f4; }
      @media (prefers-color-scheme: dark) {
        :root { --ink: #eee; --ground: #111; --pale: #a8a8a8; --line: #3a3a3a; --card: #1e1e1e; } }
      * { box-sizing: border-box; }
      body { margin: 0; color: var(--ink); background: var(--ground);
        font: 16px/1.5 system-ui, sans-serif; }
      main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
      h1 { margin: 0 0 .5rem; font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere; }
      h2 { margin: 2.2rem 0 .6rem; font-size: 1.3rem; border-bottom: 1px solid var(--line); }
      h3 { margin: 1.4rem 0 .4rem; font-size: 1.05rem; }
      p, ul { max-width: 46rem; }
      p, li, td { overflow-wrap: break-word; }
      .small, figcaption, footer { color: var(--pale); font-size: .875rem; }
      .facts { display: grid; gap: .75rem;
        grid-template-columns: repeat(auto-fit, minmax(min(100%%, 10.5rem), 1fr)); }
      .facts div { padding: .6rem .8rem; background: var(--card); border-radius: .5rem; }
      dt { color: var(--pale); font-size: .875rem; }
      dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
      .wide { overflow-x: auto; max-width: 100%%; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
      th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line);
        text-align: left; vertical-align: top; font-weight: normal; }
      thead th { color: var(--pale); }
      tbody th { white-space: nowrap; }
      .numbers td, .numbers thead th:not(:first-child) { padding-left: 1.2rem; text-align: right;
        white-space: nowrap; }
      .words td { overflow-wrap: anywhere; min-width: 8rem; }
      .charts { display: grid; gap: 1.2rem;
        grid-template-columns: repeat(auto-fit, minmax(min(100%%, 26rem), 1fr)); }
      .charts svg { width: 100%%; height: auto; }
      figure { margin: 0 0 1.2rem; }
      .pictures { display: flex; flex-wrap: wrap; gap: 0 1.5rem; align-items: flex-start; }
      .pictures figure { max-width: 100%%; }
      .picture img { max-width: 100%%; height: auto; border-radius: .25rem; }
      .picture img[src^="data:image/png"] { background: #fff; padding: .4rem; }
      pre { overflow-x: auto; padding: .7rem .9rem; background: var(--card); border-radius: .5rem;
        font-size: .875rem; }
      summary { cursor: pointer; }
      @media (max-width: 600px) { .picture img[src^="data:image/png"] { max-width: 250%%; } }
      @media (max-width: 480px) { .words tbody th { white-space: normal; } }
      @media print {
        :root { color-scheme: light; --ink: #000; --ground: #fff; --pale: #444; --line: #bbb;
          --card: #f4f4f4; }
        main { max-width: none; padding: 0; }
        figure, table, pre, .facts div { break-inside: avoid; }
        h2, h3 { break-after: avoid; }
        pre { white-space: pre-wrap; }
      }
      </style>
      </head>
      <body>
      <main>
      """;

  private ReportStyle() {}

  static String begin(String title) {
    return BEGIN.formatted(Html.escape(title));
  }
}
