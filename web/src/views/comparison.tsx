// Several selections side by side.
import * as Plot from "@observablehq/plot";
import { useCallback, useMemo } from "preact/hooks";
import { count, percent, shortened, visible } from "../format";
import type { ComparedPair, ComparisonReport, ReportDocument } from "../page_data";
import { Facts, Foreign, Table } from "../parts";
import { Figure, Legend, percentTick, seriesColor } from "../plots/figure";
import { Forest } from "../plots/forest";
import { Method } from "./method";
import type { Part } from "./part";

export function comparisonParts(document: ReportDocument<"comparison", ComparisonReport>): Part[] {
  const { pairs } = document.report;
  return [
    { id: "models", title: "Models in each study", body: () => <Models report={document.report} /> },
    ...pairs.map((pair) => ({
      id: `pair-${pair.first + 1}-${pair.second + 1}`, title: pairs.length === 1 ? "What both judged" : `What studies ${pair.first + 1} and ${pair.second + 1} both judged`,
      body: () => <Pair report={document.report} pair={pair} />,
    })),
    { id: "method", title: "Studies", body: () => <Method document={document} facts={document.report.studies.map((study, at) => [`study ${at + 1}`, study] as const)} /> },
  ];
}

function Pair({ report, pair }: { report: ComparisonReport; pair: ComparedPair }) {
  const rows = useMemo(() => pair.differences.map((one) => ({ ...one, name: one.model, value: one.difference, strong: one.low > 0 || one.high < 0, said: points(one.difference) })), [pair]);
  const name = (study: number) => <Foreign text={report.studies[study] ?? ""} />;
  return (
    <>
      <Facts facts={[
        ["first", name(pair.first)], ["second", name(pair.second)], ["queries of both", count(pair.queries)], ["models of both", count(pair.models)],
        pair.agreement !== null && ["came out the same", `${percent(pair.agreement.share)} of ${count(pair.agreement.of)} calls (${percent(pair.agreement.low)} to ${percent(pair.agreement.high)})`],
      ]} />
      {rows.length > 0 && (
        <Forest label={`Difference of mean rewards, study ${pair.second + 1} less study ${pair.first + 1}`} noun="model" axis="difference, 95 % interval" rows={rows} line={zero}
          caption="Mean reward in the second study less that in the first, on the calls that both judged. Filled: the interval does not hold zero."
          columns={[
            { head: "difference", cell: (row) => points(row.difference) },
            { head: "95 % interval", cell: (row) => `${points(row.low)} to ${points(row.high)}` },
            { head: "calls", cell: (row) => count(row.calls) },
          ]} />
      )}
    </>
  );
}

const zero = { at: 0, text: "no difference" };
const points = (share: number) => `${share > 0 ? "+" : ""}${percent(share)}`;

const most = 40;

function Models({ report }: { report: ComparisonReport }) {
  const known = useMemo(() => report.models.slice(0, most).flatMap((model, y) => model.in.flatMap((one, study) => (one ? [{ ...one, name: model.name, y, study }] : []))), [report]);
  const plot = useCallback((width: number): Plot.PlotOptions => {
    const letters = Math.max(8, Math.floor(Math.min(width * 0.36, 260) / 7));
    const names = report.models.slice(0, most).map((model) => shortened(model.name, letters));
    const studies = report.studies.length;
    const band = Math.max(22, 9 * studies + 8);
    type Point = (typeof known)[number];
    const dy = (study: number) => (study - (studies - 1) / 2) * 9;
    return {
      height: 58 + band * names.length, marginLeft: 14 + 7 * Math.max(4, ...names.map((name) => name.length)), marginRight: 20, marginBottom: 48, marginTop: 8,
      x: { label: "win rate, 95 % interval", labelAnchor: "center", labelArrow: "none", domain: [0, 1], grid: true, tickFormat: percentTick, ticks: width < 500 ? 2 : 8 },
      y: { type: "band", domain: names.map((_, at) => at), tickFormat: (at: number) => names[at] ?? "", tickSize: 0, label: null, padding: 0 },
      marks: report.studies.flatMap((_, study) => {
        const own = known.filter((point) => point.study === study);
        return [
          Plot.ruleY(own, { x1: "low", x2: "high", y: "y", dy: dy(study), stroke: seriesColor(study), strokeWidth: 2 }),
          Plot.dot(own, { x: "win_rate", y: "y", dy: dy(study), r: 4, strokeWidth: 2, stroke: seriesColor(study), fill: (point: Point) => (point.possible ? seriesColor(study) : "var(--paper)"),
            title: (point: Point) => `${visible(point.name)}\n${report.studies[study]}: ${percent(point.win_rate)}` }),
        ];
      }),
    };
  }, [report, known]);
  type Row = ComparisonReport["models"][number];
  return (
    <Figure label={`Win rates of ${count(report.models.length)} models in ${count(report.studies.length)} studies`} plot={plot} legend={<Legend names={report.studies.map((study) => shortened(study, 50))} />}
      caption={`Filled: it may still be the best of its study.${report.models.length > most ? ` The first ${most} models; the table has all.` : ""}`}
      table={() => <Table label="Models in each study" rows={report.models} columns={[
        { head: "model", text: true, cell: (row) => <Foreign text={row.name} /> },
        ...report.studies.flatMap((study, at) => [
          { head: shortened(study, 30), cell: (row: Row) => { const one = row.in[at]; return one ? `${percent(one.win_rate)}${one.best ? ", best" : ""}` : "–"; } },
          { head: "95 % interval", cell: (row: Row) => { const one = row.in[at]; return one ? `${percent(one.low)} to ${percent(one.high)}` : "–"; } },
          { head: "calls", cell: (row: Row) => count(row.in[at]?.calls) },
        ]),
      ]} />} />
  );
}
