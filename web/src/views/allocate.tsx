// An allocation: the scores of responses, and where the calls went.
import * as Plot from "@observablehq/plot";
import { useCallback, useMemo } from "preact/hooks";
import { count, microDollars, number, shortened } from "../format";
import type { ReportDocument } from "../page_data";
import { Facts, Foreign, Table } from "../parts";
import { Figure, margins } from "../plots/figure";
import { Forest } from "../plots/forest";
import type { AllocateArm, AllocateReport, SelectJudgeCalls } from "../reports";
import { Method } from "./method";
import type { Part } from "./part";

export function allocateParts(document: ReportDocument<"allocate", AllocateReport>): Part[] {
  const report = document.report;
  return [
    { id: "scores", title: "Scores", body: () => <Scores report={report} /> },
    { id: "calls", title: "Where the calls went", body: () => <Shares report={report} /> },
    { id: "error", title: "How far off", body: () => <Errors report={report} /> },
    { id: "method", title: "Method and settings", body: () => <Method document={document} notes={report.notes} facts={[
      ["allocator", report.allocator], ["estimate", report.estimate], report.delta !== undefined && ["delta", String(report.delta)], ["seed", report.seed], ["budget", report.budget],
      ["judge", report.judge], ["oracle", report.oracle], ["scale", report.scale.map((end) => number(end)).join(" to ")],
      ["scale given", report.scale_declared ? "yes" : "no, that of the scores"],
    ]} /> },
  ];
}

const nameOf = (arm: AllocateArm, several: boolean, turns: boolean) => `${arm.query}${several ? `, ${arm.model}` : ""}${turns ? `, turn ${arm.turn}` : ""}`;

function useArms(report: AllocateReport) {
  return useMemo(() => {
    const several = new Set(report.arms.map((arm) => arm.model)).size > 1;
    const turns = report.arms.some((arm) => arm.turn > 1);
    return report.arms.map((arm) => ({ ...arm, name: nameOf(arm, several, turns), value: arm.estimate, strong: arm.estimate !== null, said: number(arm.estimate) })).sort((a, b) => b.calls - a.calls);
  }, [report]);
}

const columns = [
  { head: "calls", cell: (row: AllocateArm) => count(row.calls) },
  { head: "failed", cell: (row: AllocateArm) => count(row.failed) },
  { head: "mean", cell: (row: AllocateArm) => number(row.mean) },
  { head: "estimate", cell: (row: AllocateArm) => number(row.estimate) },
  { head: "95 % interval", cell: (row: AllocateArm) => `${number(row.low)} to ${number(row.high)}` },
];

function Scores({ report }: { report: AllocateReport }) {
  const rows = useArms(report);
  const domain = useMemo((): [number, number] | null => (report.scale.length === 2 ? [report.scale[0] ?? 0, report.scale[1] ?? 1] : null), [report]);
  return <Forest label={`Estimated scores of ${count(rows.length)} responses`} noun="response" axis="score, 95 % interval" percent={false} domain={domain} rows={rows} columns={columns}
    caption="The estimate of each response's mean score with its 95 % interval; those that were scored most often first." />;
}

function Shares({ report }: { report: AllocateReport }) {
  const rows = useArms(report);
  const plot = useCallback((width: number): Plot.PlotOptions => ({
    height: 240, ...margins,
    x: { label: "responses, by falling calls", labelAnchor: "center", labelArrow: "none", ticks: [], type: "linear", domain: [0, rows.length], insetLeft: 2 },
    y: { label: "calls", labelArrow: "none", grid: true, ticks: 5 },
    marks: [
      Plot.rect(rows.map((row, at) => ({ ...row, at })), { x1: "at", x2: (row: { at: number }) => row.at + 1, y1: 0, y2: "calls", fill: "var(--accent)", inset: width / rows.length > 4 ? 0.5 : 0 }),
      Plot.tip(rows.map((row, at) => ({ ...row, at })), Plot.pointerX({ x: (row: { at: number }) => row.at + 0.5, y: "calls", title: (row: { name: string; calls: number }) => `${shortened(row.name, 60)}\n${count(row.calls)} calls` })),
    ],
  }), [rows]);
  return <Figure label={`Calls of each of ${count(rows.length)} responses`} plot={plot} caption={`${count(report.calls)} calls; noisy responses get more of them, so that the worst estimate is as good as it can be.`}
    table={() => <Table label="Calls of each response" rows={rows} columns={[{ head: "response", text: true, cell: (row) => <Foreign text={row.name} /> }, ...columns]} />} />;
}

function Errors({ report }: { report: AllocateReport }) {
  return <Facts facts={[
    ["largest error, at most (95 %)", number(report.worst_error.bound)],
    ["largest error, likely", number(report.worst_error.likely)],
    report.worst_error.true !== null && ["largest error, true", number(report.worst_error.true)],
    ["calls", count(report.calls)],
    ["equal shares would need", `${count(Math.round(report.uniform_calls))} calls`],
    report.unscored > 0 && ["responses without a score", count(report.unscored)],
    report.calls_failed > 0 && ["calls without a score", count(report.calls_failed)],
    report.judge_calls && ["judging cost", microDollars((report.judge_calls as SelectJudgeCalls).cost)],
  ]} />;
}
