// An ensemble: its members, and what each is worth.
import * as Plot from "@observablehq/plot";
import { useCallback, useMemo } from "preact/hooks";
import { count, number, percent, shortened } from "../format";
import type { ReportDocument } from "../page_data";
import { Foreign, Table } from "../parts";
import { Figure, margins, percentTick } from "../plots/figure";
import { Lines } from "../plots/lines";
import type { EnsembleReport } from "../reports";
import { Method } from "./method";
import type { Part } from "./part";

type Ensemble = ReportDocument<"ensemble", EnsembleReport>;

export function ensembleParts(document: Ensemble): Part[] {
  const report = document.report;
  return [
    { id: "members", title: "Members", body: () => <Members report={report} /> },
    { id: "accuracy", title: "More members, more accuracy", body: () => <Accuracy report={report} /> },
    { id: "errors", title: "Errors that come together", body: () => <Errors report={report} /> },
    report.calibration.length > 0 && { id: "calibration", title: "Stated probability and truth", body: () => <Calibration report={report} /> },
    (report.tasks ?? []).length > 0 && { id: "tasks", title: "By task", body: () => <Tasks report={report} /> },
    { id: "method", title: "Method and settings", body: () => <Method document={document} notes={report.notes} facts={[
      ["method", report.method], ["decision", `${report.decision}${report.decision_chosen ? ", by cross-validation" : ""}`], ["members", report.size], ["models to choose from", report.models], ["labelled queries", report.queries],
      ["splits", report.splits], ["queries to learn from", number(report.trained, 1)], ["queries to answer", number(report.tested, 1)], ["seed", report.seed],
      report.budget !== null && ["budget, dollars per million tokens", report.budget], report.cost !== null && ["cost, dollars per million tokens", report.cost],
    ]} /> },
  ].filter((part) => part !== false);
}

const interval = (two: number[] | undefined, show: (value: number | undefined) => string) => (two ? `${show(two[0])} to ${show(two[1])}` : "–");

function Members({ report }: { report: EnsembleReport }) {
  return <Table label="Members in the order in which to take them" rows={report.members.map((member, at) => ({ ...member, at }))} columns={[
    { head: "member", text: true, cell: (row) => <>{row.at + 1}. <Foreign text={row.name} /></> },
    { head: "accuracy", help: "its own", cell: (row) => percent(row.accuracy) },
    { head: "ensemble, held out", help: "of the ensemble up to it", cell: (row) => percent(row.heldout_accuracy) },
    { head: "95 % interval", cell: (row) => interval(row.heldout_interval, percent) },
    { head: "gained", cell: (row) => `${percent(row.accuracy_gained)} ± ${percent(row.accuracy_gained_se)}` },
    { head: "information, nats", cell: (row) => (row.information === null ? interval(row.information_interval, (v) => number(v)) : number(row.information)) },
    ...(report.members.some((member) => member.cost !== null) ? [{ head: "$ per M tokens", cell: (row: EnsembleReport["members"][number]) => number(row.cost, 2) }] : []),
  ]} />;
}

function Accuracy({ report }: { report: EnsembleReport }) {
  const x = useMemo(() => Array.from({ length: Math.max(0, ...Object.values(report.heldout).flatMap((by) => Object.values(by).map((list) => list.length))) }, (_, at) => at + 1), [report]);
  const series = useMemo(() => Object.entries(report.heldout)
    .map(([method, by]) => ({ name: method, y: by[report.decision] ?? Object.values(by)[0] ?? [] }))
    .sort((a, b) => Number(b.name === report.method) - Number(a.name === report.method)), [report]);
  return <Lines label="Held-out accuracy of ensembles of one and more members" xAxis="members" yAxis="held-out accuracy" percent dots x={x} series={series}
    caption={<>What ensembles of that size, chosen on part of the queries, come to on the others; votes are decided by <Foreign text={report.decision} />. {count(report.splits)} splits.</>} />;
}

function Errors({ report }: { report: EnsembleReport }) {
  const { copula } = report;
  const x = useMemo(() => copula.majority_error.map((_, at) => at + 1), [copula]);
  const series = useMemo(() => [
    { name: "as it is", y: copula.majority_error },
    { name: "by the copula", y: copula.majority_error_copula },
    { name: "if errors were independent", y: copula.majority_error_independent },
  ], [copula]);
  return (
    <>
      <Lines label="Queries without a right strict majority" xAxis="members" yAxis="no right majority" percent dots x={x} series={series}
        caption={`Share of the queries where no strict majority of the first members is right. With ever more models like these it would stay at ${percent(report.floor)}.`} />
      <Correlations report={report} />
    </>
  );
}

function Correlations({ report }: { report: EnsembleReport }) {
  const names = report.members.map((member) => member.name);
  const cells = useMemo(() => report.copula.error_correlations.flatMap((row, y) => row.map((value, x) => ({ x, y, value }))), [report]);
  const plot = useCallback((width: number): Plot.PlotOptions => {
    const label = (at: number) => shortened(names[at] ?? "", 18);
    const size = Math.min(56, Math.max(24, (width - 150) / Math.max(1, names.length)));
    return {
      height: 40 + size * names.length, marginLeft: 140, marginTop: 30, marginRight: Math.max(10, width - 140 - size * names.length),
      x: { type: "band", axis: "top", label: null, tickSize: 0, tickFormat: (at: number) => String(at + 1), domain: names.map((_, at) => at) },
      y: { type: "band", label: null, tickSize: 0, tickFormat: (at: number) => `${label(at)} ${at + 1}`, domain: names.map((_, at) => at) },
      marks: [
        Plot.cell(cells, { x: "x", y: "y", fill: "var(--accent)", fillOpacity: (c: { value: number | null }) => Math.max(0, c.value ?? 0), inset: 1, stroke: "var(--line)" }),
        size > 36 ? Plot.text(cells, { x: "x", y: "y", text: (c: { value: number | null }) => number(c.value, 2), fill: (c: { value: number | null }) => ((c.value ?? 0) > 0.55 ? "var(--on-accent)" : "var(--ink)") }) : null,
      ],
    };
  }, [cells, report]);
  if (cells.length < 4) return null;
  return <Figure label="Correlations of the members' errors" plot={plot} caption="Tetrachoric correlations of the members' errors: the darker, the more they fail together, and the less one adds to the other."
    table={() => <Table label="Correlations of errors" rows={report.copula.error_correlations.map((row, at) => ({ row, at }))} columns={[
      { head: "member", text: true, cell: (one) => <Foreign text={names[one.at] ?? ""} /> },
      ...names.map((_, at) => ({ head: String(at + 1), cell: (one: { row: number[] }) => number(one.row[at], 2) })),
    ]} />} />;
}

function Calibration({ report }: { report: EnsembleReport }) {
  const plot = useCallback((width: number): Plot.PlotOptions => ({
    height: Math.min(340, Math.max(260, width * 0.5)), ...margins,
    x: { label: "stated probability", labelAnchor: "center", labelArrow: "none", domain: [0, 1], grid: true, tickFormat: percentTick, ticks: 5 },
    y: { label: "was right", labelArrow: "none", domain: [0, 1], ticks: 5, grid: true, tickFormat: percentTick },
    marks: [
      Plot.line([[0, 0], [1, 1]], { stroke: "var(--ink)", strokeDasharray: "3 3", strokeOpacity: 0.6 }),
      Plot.line(report.calibration, { x: "stated", y: "right", stroke: "var(--accent)" }),
      Plot.dot(report.calibration, { x: "stated", y: "right", r: 4, fill: "var(--accent)", title: (bin: EnsembleReport["calibration"][number]) => `${count(bin.answers)} answers` }),
    ],
  }), [report]);
  return <Figure label="Share of right answers against the stated probability" plot={plot} caption="Dashed: what is stated is true."
    table={() => <Table label="Calibration" rows={report.calibration} columns={[
      { head: "stated", cell: (row) => percent(row.stated) }, { head: "right", cell: (row) => percent(row.right) }, { head: "answers", cell: (row) => count(row.answers) },
    ]} />} />;
}

function Tasks({ report }: { report: EnsembleReport }) {
  return <Table label="Ensembles by task" rows={report.tasks ?? []} columns={[
    { head: "task", text: true, cell: (row) => <Foreign text={row.name} /> }, { head: "queries", cell: (row) => count(row.queries) },
    { head: "members", text: true, cell: (row) => <Foreign text={row.members.join(", ")} /> },
  ]} />;
}
