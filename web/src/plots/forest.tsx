// Estimates with their intervals, one below the other.
import * as Plot from "@observablehq/plot";
import { useCallback, useState } from "preact/hooks";
import { shortened, visible } from "../format";
import type { Column } from "../parts";
import { Foreign, Table, usePrinting } from "../parts";
import { Figure, percentTick } from "./figure";

export interface ForestRow {
  name: string;
  value: number | null;
  low: number | null;
  high: number | null;
  /** Stands out: it may still be the best, say. */
  strong?: boolean;
  /** What stands right of it. */
  said: string;
}

interface ForestProps<Row extends ForestRow> {
  label: string;
  caption: string;
  axis: string;
  /** What the rows are, in the plural. */
  noun: string;
  rows: Row[];
  columns: Column<Row>[];
  /** Of the axis; null: as the rows have it. */
  domain?: [number, number] | null;
  percent?: boolean;
  /** A line across, with what it is. */
  line?: { at: number; text: string } | null;
}

const first = 30;

export function Forest<Row extends ForestRow>({ label, caption, axis, noun, rows, columns, domain, percent = true, line }: ForestProps<Row>) {
  const [whole, showWhole] = useState(false);
  const printing = usePrinting();
  const all = whole || (printing && rows.length <= 200);
  const plot = useCallback((width: number): Plot.PlotOptions => {
    const shown = all ? rows : rows.slice(0, first);
    const most = Math.max(8, Math.floor(Math.min(width * 0.36, 260) / 7));
    const names = shown.map((row) => shortened(row.name, most));
    const longest = Math.max(4, ...names.map((name) => name.length));
    const known = shown.flatMap((row, at) => (row.value === null ? [] : [{ ...row, at }]));
    const ends = Math.max(5, ...shown.map((row) => row.said.length));
    const room = width - 28 - 7 * (longest + ends);
    const tone = (row: { strong?: boolean }) => (row.strong ? "var(--accent)" : "var(--quiet)");
    return {
      height: 58 + shown.length * 22,
      marginLeft: 14 + longest * 7,
      marginRight: 14 + ends * 7,
      marginTop: 8,
      marginBottom: 48,
      x: { label: axis, grid: true, nice: !domain, domain: domain ?? undefined, tickFormat: percent ? percentTick : undefined, labelAnchor: "center", labelArrow: "none", ticks: room < 220 ? 2 : room < 420 ? 4 : 8 },
      y: { domain: shown.map((_, at) => at), tickFormat: (at: number) => names[at] ?? "", tickSize: 0, label: null, type: "band", padding: 0 },
      marks: [
        line ? Plot.ruleX([line.at], { stroke: "var(--ink)", strokeDasharray: "3 3", strokeOpacity: 0.6 }) : null,
        Plot.ruleY(known.filter((row) => row.low !== null), { x1: "low", x2: "high", y: "at", stroke: tone, strokeWidth: (row: Row) => (row.strong ? 3 : 2), strokeLinecap: "round" }),
        Plot.dot(known, { x: "value", y: "at", r: 4.5, stroke: tone, fill: (row: Row) => (row.strong ? "var(--accent)" : "var(--paper)"), strokeWidth: 2 }),
        Plot.text(shown.map((row, at) => ({ row, at })), { y: "at", text: (one) => one.row.said, frameAnchor: "right", textAnchor: "start", dx: 8, fill: "var(--ink)" }),
        Plot.tip(known, Plot.pointerY({ x: "value", y: "at", title: (row: Row) => `${visible(row.name)}\n${row.said}` })),
      ],
    };
  }, [rows, all, axis, domain, percent, line]);
  return (
    <>
      <Figure label={label} caption={caption} plot={plot} table={() => (
        <Table label={label} rows={rows} columns={[{ head: noun, text: true, cell: (row) => <Foreign text={row.name} /> }, ...columns]} />
      )} />
      {rows.length > first && (
        <button type="button" class="more" aria-expanded={whole} onClick={() => showWhole(!whole)}>
          {whole ? `Show the first ${first}` : `Show all ${rows.length.toLocaleString("en-US")} ${noun}s`}
        </button>
      )}
    </>
  );
}
