// People beside a judge on the same pairs: how far it can be trusted.
import { useMemo } from "preact/hooks";
import { count, number, percent } from "../format";
import type { Agreeing, ReportDocument, TrustReport, TrustShare } from "../page_data";
import { Facts, Foreign, Table } from "../parts";
import { Forest } from "../plots/forest";
import { Method } from "./method";
import type { Part } from "./part";

export function trustParts(document: ReportDocument<"trust", TrustReport>): Part[] {
  const report = document.report;
  return [
    { id: "agreement", title: "Agreement", body: () => <Agreement report={report} /> },
    { id: "habits", title: "Habits of the judge and of people", body: () => <Habits report={report} /> },
    { id: "pairs", title: "What people say, and what the judge says", body: () => <Pairs report={report} /> },
    { id: "method", title: "Method and settings", body: () => <Method document={document} notes={report.notes} facts={[
      ["judge", report.judge], report.baseline !== "" && ["baseline", report.baseline], ["pairs judged by both", report.pairs], ["pairs that people judged", report.people.pairs], ["verdicts of people", report.people.verdicts],
    ]} /> },
  ];
}

const shareOf = (one: Agreeing | null) => one && { share: one.agreement, low: one.low, high: one.high, of: one.pairs };
const unit: [number, number] = [0, 1];

function Shares({ label, caption, noun, rows }: { label: string; caption: string; noun: string; rows: { name: string; share: TrustShare | null; strong?: boolean }[] }) {
  const drawn = useMemo(() => rows.map((row) => ({
    name: row.name, value: row.share?.share ?? null, low: row.share?.low ?? null, high: row.share?.high ?? null, of: row.share?.of ?? null, strong: row.strong,
    said: row.share ? `${percent(row.share.share)} of ${count(row.share.of)}` : "not known",
  })), [rows]);
  return <Forest label={label} noun={noun} axis="share, 95 % interval" rows={drawn} domain={unit} caption={caption} columns={[
    { head: "share", cell: (row) => percent(row.value) },
    { head: "95 % interval", cell: (row) => (row.low === null ? "–" : `${percent(row.low)} to ${percent(row.high)}`) },
    { head: "of", cell: (row) => count(row.of) },
  ]} />;
}

function Agreement({ report }: { report: TrustReport }) {
  const rows = useMemo(() => [
    { name: "judge with people", share: shareOf(report.agreement), strong: true },
    { name: "people with one another", share: shareOf(report.people.agreement) },
    { name: "judge with people together", share: shareOf(report.agreement_pooled) },
    ...report.raters.map((rater) => ({ name: `judge with ${rater.name}`, share: shareOf(rater.against_judge) })),
  ], [report]);
  return (
    <>
      <Shares label="Agreement of the judge and of people" noun="who" rows={rows} caption="Share of the pairs on which the two say the same, with 95 % intervals. Filled: the judge with each person, comparable with people with one another. People together say, where they differ, what most of them do, or a draw: so the judge's share with them is another one than its share with single people." />
      <Facts facts={[
        report.kappa !== null && ["Cohen's kappa", number(report.kappa, 2)],
        report.alpha !== null && ["Krippendorff's alpha, judge and people", `${number(report.alpha.value, 2)} (${number(report.alpha.low, 2)} to ${number(report.alpha.high, 2)})`],
        report.people.alpha !== null && ["Krippendorff's alpha, people", `${number(report.people.alpha.value, 2)} (${number(report.people.alpha.low, 2)} to ${number(report.people.alpha.high, 2)})`],
      ]} />
    </>
  );
}

function Habits({ report }: { report: TrustReport }) {
  const rows = useMemo(() => ([["draws", "draws"], ["the answer that stood first", "first"], ["the longer answer", "longer"]] as const).flatMap(([words, key]) => [
    { name: `${words}: judge`, share: report.judge_habits[key], strong: true },
    { name: `${words}: people`, share: report.people_habits[key] },
  ]), [report]);
  return <Shares label="Habits of the judge and of people" noun="habit" rows={rows} caption="How often a verdict is a draw; and of the others, how often it is for the answer that stood first, and for the longer one." />;
}

function Pairs({ report }: { report: TrustReport }) {
  const said = ["loss", "draw", "win"];
  return <Table label="Pairs by what people and the judge say" rows={report.people_by_judge.map((row, at) => ({ row, at }))} columns={[
    { head: "people together", text: true, cell: (one) => <Foreign text={said[one.at] ?? ""} /> },
    ...said.map((word, at) => ({ head: `judge: ${word}`, cell: (one: { row: number[] }) => count(one.row[at]) })),
  ]} />;
}
