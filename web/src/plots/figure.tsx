// A plot with its caption and, behind a fold, the table of the same figures.
import * as Plot from "@observablehq/plot";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Details, useWidth } from "../parts";

interface FigureProps {
  /** What the plot shows, for those who don't see it. */
  label: string;
  caption: ComponentChildren;
  /** The same figures. */
  table: () => ComponentChildren;
  /** Options of the plot for a width in pixels; a new function draws it anew. */
  plot: (width: number) => Plot.PlotOptions;
  legend?: ComponentChildren;
}

export function Figure({ label, caption, table, plot, legend }: FigureProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const drawing = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!width || !drawing.current) return;
    const svg = Plot.plot({ ...plot(width), width, ariaLabel: label });
    // A policy without inline styles would object to the element; its rules are in page.css.
    for (const style of svg.querySelectorAll("style")) style.remove();
    // The picture has one name; a group of marks may have none.
    for (const group of svg.querySelectorAll("g[aria-label]")) {
      group.setAttribute("class", `mark-${group.getAttribute("aria-label")?.replace(/\W+/g, "-")}`);
      group.removeAttribute("aria-label");
      group.removeAttribute("aria-description");
    }
    svg.setAttribute("role", "img");
    drawing.current.replaceChildren(svg);
  }, [width, plot, label]);
  return (
    <figure>
      {legend}
      <div ref={frame} class="plot-frame"><div ref={drawing} /></div>
      <figcaption>{caption}</figcaption>
      <Details summary="Figures as a table">{table}</Details>
    </figure>
  );
}

/** Room for the names of both axes. */
export const margins = { marginTop: 30, marginLeft: 56, marginBottom: 48 } as const;

/** 0.125 -> "12.5 %" */
export const percentTick = (share: number) => `${Number((100 * share).toFixed(6))} %`;

/** Colours of series, and dashes, so that colour alone says nothing. */
export const seriesColor = (at: number) => `var(--series-${(at % 8) + 1})`;
export const seriesDash = (at: number) => ["", "6 3", "2 3", "8 3 2 3"][(Math.floor(at / 2) + Math.floor(at / 8)) % 4] ?? "";

/** Names of series with their lines. */
export function Legend({ names }: { names: string[] }) {
  return (
    <ul class="legend">
      {names.map((name, at) => (
        <li>
          <svg width="28" height="10" aria-hidden="true">
            <line x1="0" x2="28" y1="5" y2="5" stroke={seriesColor(at)} stroke-width="2.5" stroke-dasharray={seriesDash(at)} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
