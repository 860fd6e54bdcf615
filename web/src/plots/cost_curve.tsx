// Accuracy against price, a line for each way to choose models.
import * as Plot from "@observablehq/plot";
import { useCallback } from "preact/hooks";
import { percent } from "../format";
import { Table } from "../parts";
import type { RouteEvaluateCurve } from "../reports";
import { Figure, Legend, margins, percentTick, seriesColor, seriesDash } from "./figure";

const dollars = (value: number) => `$${value.toLocaleString("en-US", { maximumSignificantDigits: 3 })}`;

export function CostCurve({ label, caption, curves }: { label: string; caption: string; curves: RouteEvaluateCurve[] }) {
  const plot = useCallback((width: number): Plot.PlotOptions => {
    const points = curves.flatMap((curve, at) => curve.points.flatMap((point) => (point.accuracy === null || point.dollars_per_1000 === null ? [] : [{ x: point.dollars_per_1000, y: point.accuracy, se: point.accuracy_se ?? 0, at }])));
    const log = points.every((point) => point.x > 0);
    return {
      height: Math.min(380, Math.max(260, width * 0.45)),
      ...margins,
      x: { label: "dollars for 1,000 prompts", labelAnchor: "center", labelArrow: "none", type: log ? "log" : "linear", ticks: width < 500 ? 3 : 6, tickFormat: (value: number) => dollars(value) },
      y: { label: "accuracy", labelArrow: "none", grid: true, nice: true, ticks: 6, tickFormat: percentTick },
      marks: [
        ...curves.map((_, at) => Plot.line(points.filter((point) => point.at === at), { x: "x", y: "y", stroke: seriesColor(at), strokeWidth: at === 0 ? 2.75 : 1.75, strokeDasharray: seriesDash(at) })),
        Plot.ruleX(points, { x: "x", y1: (p: { y: number; se: number }) => p.y - p.se, y2: (p: { y: number; se: number }) => p.y + p.se, stroke: (p: { at: number }) => seriesColor(p.at), strokeOpacity: 0.35 }),
        Plot.dot(points, { x: "x", y: "y", r: 2.5, fill: (p: { at: number }) => seriesColor(p.at) }),
        Plot.tip(points, Plot.pointer({ x: "x", y: "y", title: (p: { at: number; x: number; y: number }) => `${curves[p.at]?.name}\n${dollars(p.x)} for 1,000 prompts\naccuracy: ${percent(p.y)}` })),
      ],
    };
  }, [curves]);
  const rows = curves.flatMap((curve) => curve.points.map((point) => ({ name: curve.name, ...point })));
  return (
    <Figure label={label} caption={caption} plot={plot} legend={<Legend names={curves.map((curve) => curve.name)} />} table={() => (
      <Table label={label} rows={rows} columns={[
        { head: "how", text: true, cell: (row) => row.name }, { head: "cost weight", cell: (row) => (row.cost_weight === null ? "cheapest" : row.cost_weight.toLocaleString("en-US", { maximumSignificantDigits: 3 })) },
        { head: "accuracy", cell: (row) => percent(row.accuracy) }, { head: "$ for 1,000 prompts", cell: (row) => (row.dollars_per_1000 === null ? "–" : dollars(row.dollars_per_1000)) },
      ]} />
    )} />
  );
}
