// Series of figures along an axis.
import * as Plot from "@observablehq/plot";
import { useCallback } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { number, percent as asPercent } from "../format";
import { Table } from "../parts";
import { Figure, Legend, margins, percentTick, seriesColor, seriesDash } from "./figure";

export interface Series {
  name: string;
  /** Where null, the line is broken. */
  y: (number | null)[];
  /** Standard errors, drawn as whiskers. */
  se?: (number | null)[];
}

interface LinesProps {
  label: string;
  caption: ComponentChildren;
  xAxis: string;
  yAxis: string;
  /** The same for all series, as long as each. */
  x: number[];
  series: Series[];
  percent?: boolean;
  domain?: [number, number];
  dots?: boolean;
  log?: boolean;
}

export function Lines({ label, caption, xAxis, yAxis, x, series, percent = false, domain, dots = false, log = false }: LinesProps) {
  const plot = useCallback((width: number): Plot.PlotOptions => {
    const points = series.flatMap((one, at) => x.map((value, i) => ({ x: value, y: one.y[i] ?? null, se: one.se?.[i] ?? null, at })));
    const whiskers = points.filter((point) => point.se && point.y !== null);
    return {
      height: Math.min(380, Math.max(260, width * 0.45)),
      ...margins,
      x: { label: xAxis, labelAnchor: "center", labelArrow: "none", nice: true, type: log ? "log" : "linear", ticks: x.length < 9 && !log ? x : width < 500 ? 4 : 8, tickFormat: (value: number) => value.toLocaleString("en-US") },
      y: { label: yAxis, labelArrow: "none", grid: true, ticks: 6, nice: !domain, domain, tickFormat: percent ? percentTick : undefined },
      marks: [
        ...series.map((_, at) => Plot.line(points.filter((point) => point.at === at), { x: "x", y: "y", stroke: seriesColor(at), strokeWidth: at === 0 ? 2.75 : 1.75, strokeDasharray: seriesDash(at) })),
        whiskers.length > 0 ? Plot.ruleX(whiskers, { x: "x", y1: (p: { y: number; se: number }) => p.y - p.se, y2: (p: { y: number; se: number }) => p.y + p.se, stroke: (p: { at: number }) => seriesColor(p.at), strokeOpacity: 0.5 }) : null,
        dots ? Plot.dot(points, { x: "x", y: "y", r: 3, fill: (p: { at: number }) => seriesColor(p.at) }) : null,
        Plot.tip(points, Plot.pointer({ x: "x", y: "y", title: (p: { at: number; x: number; y: number | null }) => `${series[p.at]?.name}\n${xAxis}: ${p.x.toLocaleString("en-US")}\n${yAxis}: ${percent ? asPercent(p.y) : number(p.y)}` })),
      ],
    };
  }, [x, series, xAxis, yAxis, percent, domain, dots, log]);
  const rows = x.map((value, i) => ({ value, i }));
  return (
    <Figure label={label} caption={caption} plot={plot} legend={series.length > 1 && <Legend names={series.map((one) => one.name)} />} table={() => (
      <Table label={label} rows={rows} columns={[
        { head: xAxis, cell: (row) => row.value.toLocaleString("en-US") },
        ...series.map((one) => ({ head: one.name, cell: (row: { i: number }) => (percent ? asPercent(one.y[row.i]) : number(one.y[row.i])) })),
      ]} />
    )} />
  );
}
