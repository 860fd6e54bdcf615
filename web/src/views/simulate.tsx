// Replayed experiments: strategies, or allocators, against each other.
import { useMemo } from "preact/hooks";
import { count, dollars, number, percent } from "../format";
import type { ReportDocument } from "../page_data";
import { Table } from "../parts";
import { Lines } from "../plots/lines";
import type { SimulateAllocatorsReport, SimulateReport } from "../reports";
import { Method } from "./method";
import type { Part } from "./part";

export function simulateParts(document: ReportDocument<"simulate", SimulateReport>): Part[] {
  const report = document.report;
  const stops = report.strategies.some((one) => (one.stop ?? []).length > 0);
  return [
    { id: "identification", title: "Finding the best model", body: () => <Identification report={report} /> },
    { id: "gap", title: "How far below the best", body: () => <Gap report={report} /> },
    { id: "labels", title: "What it takes", body: () => <Labels report={report} /> },
    stops && { id: "stop", title: "Strategies that stop by themselves", body: () => <Stops report={report} /> },
    { id: "method", title: "Method and settings", body: () => <Method document={document} notes={report.notes} facts={[
      ["realizations", report.realizations], ["queries in a pool", `${count(report.pool)} of ${count(report.queries)}`], ["models", report.models], ["budget, query equivalents", report.budget],
      ["seed", report.seed], ["confidence", percent(report.confidence)], ["tolerance", percent(report.epsilon)], ["judge", report.judge], report.baseline !== "" && ["baseline", report.baseline], ["measure", report.measure],
      ...report.strategies.filter((one) => Object.keys(one.parameters).length > 0).map((one) => [one.name, Object.entries(one.parameters).map(([name, value]) => `${name} ${number(value)}`).join(", ")] as const),
    ]} /> },
  ].filter((part) => part !== false);
}

const budgets = (report: SimulateReport) => Array.from({ length: Math.max(0, ...report.strategies.map((one) => one.identification.length)) }, (_, b) => b + 1);

function Identification({ report }: { report: SimulateReport }) {
  const x = useMemo(() => budgets(report), [report]);
  const series = useMemo(() => report.strategies.map((one) => ({ name: one.name, y: one.identification })), [report]);
  return <Lines label="Share of the realizations that return the best model, against the budget" xAxis="budget, query equivalents" yAxis="best model found" percent domain={unit} x={x} series={series}
    caption={`Share of ${count(report.realizations)} realizations in which a strategy returns the best model after so many query equivalents (as many calls as there are models).`} />;
}

const unit: [number, number] = [0, 1];

function Gap({ report }: { report: SimulateReport }) {
  const x = useMemo(() => budgets(report), [report]);
  const series = useMemo(() => report.strategies.map((one) => ({ name: one.name, y: one.gap95 })), [report]);
  return <Lines label="95th percentile of the gap to the best model, against the budget" xAxis="budget, query equivalents" yAxis="gap, 95th percentile" percent x={x} series={series}
    caption="How far the returned model is below the best one; in 95 of 100 realizations it is no further." />;
}

function Labels({ report }: { report: SimulateReport }) {
  const tolerances = Object.keys(report.strategies[0]?.labels_to_reach ?? {});
  type Row = SimulateReport["strategies"][number];
  return (
    <>
      <p>Query equivalents from which on {percent(report.confidence, 0)} of the realizations are within a tolerance of the best model, and what that saves against the best of the plain strategies.</p>
      <Table label="Query equivalents to come within a tolerance" rows={report.strategies} columns={[
        { head: "strategy", text: true, cell: (row) => row.name },
        ...tolerances.flatMap((d) => [
          { head: `within ${percent(Number(d), Number(d) * 1000 % 10 ? 1 : 0)}`, cell: (row: Row) => number(row.labels_to_reach[d], 1) },
          { head: "saved", cell: (row: Row) => percent(row.efficiency[d], 0) },
        ]),
      ]} />
    </>
  );
}

function Stops({ report }: { report: SimulateReport }) {
  const rows = report.strategies.flatMap((one) => (one.stop ?? []).map((stop) => ({ name: one.name, ...stop })));
  const paid = rows.some((row) => row.dollars);
  type Row = (typeof rows)[number];
  return <Table label="Runs that stop by themselves" rows={rows} columns={[
    { head: "strategy", text: true, cell: (row) => row.name },
    { head: "confidence", cell: (row) => percent(row.confidence, 0) },
    { head: "tolerance", cell: (row) => percent(row.epsilon) },
    { head: "calls, mean", cell: (row) => number(row.calls_mean, 1) },
    { head: "95th percentile", cell: (row) => number(row.calls_p95, 1) },
    { head: "wrong", cell: (row) => percent(row.wrong) },
    { head: "undecided", cell: (row) => percent(row.undecided) },
    ...(paid ? [{ head: "dollars, mean", cell: (row: Row) => dollars(row.dollars?.mean) }, { head: "of all", cell: (row: Row) => percent(row.dollars?.share) }] : []),
  ]} />;
}

type Setting = Pick<SimulateAllocatorsReport, "judge" | "reference" | "arms" | "budget" | "allocators">;

export function simulateAllocatorsParts(document: ReportDocument<"simulate-allocators", SimulateAllocatorsReport>): Part[] {
  const report = document.report;
  // With --each-judge a setting for each; else the report is the only one.
  const settings = (report.settings as Setting[] | undefined) ?? [report];
  const named = (title: string, setting: Setting) => (settings.length > 1 ? `${title}: ${setting.judge}` : title);
  return [
    ...settings.flatMap((setting, at) => [
      { id: `worst-${at + 1}`, title: named("Worst error", setting), body: () => <AllocatorLines setting={setting} what="wce" label="Worst error of an estimate" caption={`Mean over ${count(report.runs)} runs of the largest error of any response's estimate, with standard errors.`} /> },
      { id: `mean-${at + 1}`, title: named("Mean error", setting), body: () => <AllocatorLines setting={setting} what="mae" label="Mean error of the estimates" caption={`Mean over ${count(report.runs)} runs, with standard errors.`} /> },
      setting.allocators.some((one) => (one.spearman ?? []).length > 0) && { id: `agreement-${at + 1}`, title: named("Agreement with the reference", setting), body: () => <AllocatorLines setting={setting} what="spearman" label="Rank correlation with the reference" caption="Spearman's rank correlation of the estimates with the reference judge's mean scores." /> },
      { id: `match-${at + 1}`, title: named("What equal shares would need", setting), body: () => <Matches setting={setting} /> },
    ]),
    { id: "method", title: "Method and settings", body: () => <Method document={document} notes={report.notes} facts={[
      ["runs", report.runs], ["seed", report.seed],
      ...settings.flatMap((setting) => [["judge", setting.judge], ["responses", setting.arms], ["budget", setting.budget], setting.reference != null && ["reference", setting.reference]] as (readonly [string, string | number] | false)[]),
    ]} /> },
  ].filter((part) => part !== false);
}

function AllocatorLines({ setting, what, label, caption }: { setting: Setting; what: "wce" | "mae" | "spearman"; label: string; caption: string }) {
  const x = useMemo(() => setting.allocators[0]?.budgets ?? [], [setting]);
  const series = useMemo(() => setting.allocators.map((one) => ({ name: one.name, y: one[what] ?? [], se: what === "spearman" ? undefined : one[`${what}_se`] })), [setting, what]);
  return <Lines label={`${label}, against the budget`} xAxis="calls" yAxis={label.toLowerCase()} x={x} series={series} dots caption={caption} />;
}

function Matches({ setting }: { setting: Setting }) {
  return (
    <>
      <p>The share of the budget from which on the worst error stays at or below what equal shares have at the end.</p>
      <Table label="Share of the budget to match equal shares" rows={setting.allocators} columns={[
        { head: "allocator", text: true, cell: (row) => row.name },
        { head: "estimate", text: true, cell: (row) => row.estimate },
        { head: "share of the budget", cell: (row) => percent(row.calls_to_match_uniform, 0) },
      ]} />
    </>
  );
}
