// Routing: what a router was learnt from, how well rules choose, and what is chosen for a task or a prompt.
import { useMemo, useState } from "preact/hooks";
import { count, number, percent, shortened } from "../format";
import type { ReportDocument } from "../page_data";
import { Foreign, Table } from "../parts";
import { CostCurve } from "../plots/cost_curve";
import { Forest } from "../plots/forest";
import type { RouteEvaluateCurve, RouteEvaluatePerQuery, RouteEvaluateReport, RouteEvaluateScore, RouteFitReport, RouteQueryReport, RouteTaskReport } from "../reports";
import { Method } from "./method";
import type { Part } from "./part";

const unit: [number, number] = [0, 1];
const pm = (value: number | null, se: number | null) => (value === null ? "–" : `${percent(value)} ± ${percent(se)}`);

export function routeEvaluateParts(document: ReportDocument<"route-evaluate", RouteEvaluateReport>): Part[] {
  const report = document.report;
  return [
    { id: "tasks", title: "A model for a new task", body: () => <Rules label="Accuracy of the model that a rule chooses for a new task" rows={report.scores} se="tasks" /> },
    { id: "queries", title: "A model for each prompt", body: () => <Rules label="Accuracy of the answers when each prompt is routed" rows={report.per_query} se="prompts" /> },
    report.curves.length > 0 && { id: "price", title: "Accuracy against price", body: () => <Prices curves={report.curves} /> },
    { id: "method", title: "Method and settings", body: () => <Method document={document} notes={report.notes} facts={[
      ["embedding", report.embedding], ["tasks, each left out in turn", report.tasks.length], ["models", report.models.length], ["queries", report.queries], ["labelled queries of the new task", report.labelled],
      ["pools", `${count(report.pools)} of ${count(report.pools_drawn)} drawn`], ["seed", report.seed], ["abstained", percent(report.abstained)], ["95 % intervals that hold the truth", percent(report.coverage)],
      ["mean width of the intervals", percent(report.interval_width)], ["Brier score of chances", number(report.brier)], ["of the accuracies alone", number(report.brier_of_accuracy)], ["calibration error", number(report.calibration_error)],
    ]} /> },
  ].filter((part) => part !== false);
}

function Prices({ curves }: { curves: RouteEvaluateCurve[] }) {
  return (
    <>
      <CostCurve label="Accuracy of the answers against the price of 1,000 prompts" curves={curves}
        caption="Each line goes over all cost weights, from the best answers to the cheapest model. That of best-single asks one model for all prompts. Whiskers are one standard error over texts." />
      <Table label="What a curve comes to" rows={curves} columns={[
        { head: "how", text: true, cell: (row) => row.name }, { head: "mean over prices", help: "from that of the cheapest model to that of the dearest (AIQ)", cell: (row) => pm(row.area, row.area_se) },
        { head: "above one model", help: "the best for its price, the same for all prompts", cell: (row) => pm(row.area_gain, row.area_gain_se) },
        { head: "at half price", help: "accuracy at half the price of the best single model, as a share of its accuracy", cell: (row) => pm(row.at_half, row.at_half_se) },
        { head: "above one model", cell: (row) => pm(row.at_half_gain, row.at_half_gain_se) },
        { head: "arena score", help: "RouterArena's, at the cost weight given", cell: (row) => pm(row.arena, row.arena_se) }, { head: "above best single", cell: (row) => pm(row.arena_gain, row.arena_gain_se) },
      ]} />
    </>
  );
}

function Rules({ label, rows, se }: { label: string; rows: (RouteEvaluateScore | RouteEvaluatePerQuery)[]; se: string }) {
  // An end of a whisker is where the plot puts it; the figures are the report's.
  const drawn = useMemo(() => rows.map((row) => ({
    ...row, value: row.accuracy, low: row.accuracy === null || row.accuracy_se === null ? null : row.accuracy - row.accuracy_se,
    high: row.accuracy === null || row.accuracy_se === null ? null : row.accuracy + row.accuracy_se, strong: row.name === "assay", said: percent(row.accuracy),
  })), [rows]);
  type Row = (typeof drawn)[number];
  const has = (key: string) => rows.some((row) => key in row);
  const one = (key: "ratio_to_best" | "spearman" | "rank" | "regret_to_oracle" | "cost" | "dollars_per_1000" | "seconds", head: string, show: (value: number | null | undefined) => string) =>
    has(key) ? [{ head, cell: (row: Row) => show((row as unknown as Record<string, number | null>)[key]) }] : [];
  return <Forest label={label} noun="rule" axis={`accuracy, ± one standard error over ${se}`} rows={drawn} domain={unit} caption={`Lines are one standard error over ${se} to either side.`}
    columns={[
      { head: "accuracy", cell: (row) => pm(row.accuracy, row.accuracy_se) },
      { head: "gain", help: "above the best single model on average", cell: (row) => pm(row.gain, row.gain_se) },
      ...one("ratio_to_best", "ratio to best", (value) => number(value)), ...one("spearman", "Spearman", (value) => number(value, 2)), ...one("rank", "rank", (value) => number(value, 2)),
      ...one("regret_to_oracle", "below the oracle", (value) => percent(value)), ...one("cost", "$ per M tokens", (value) => number(value, 2)),
      ...one("dollars_per_1000", "$ per 1,000 prompts", (value) => number(value, 2)), ...one("seconds", "seconds", (value) => number(value, 2)),
    ]} />;
}

export function routeFitParts(document: ReportDocument<"route-fit", RouteFitReport>): Part[] {
  const report = document.report;
  return [
    { id: "models", title: "Models", body: () => <Table label="Models of the router" rows={report.models} columns={[
      { head: "model", text: true, cell: (row) => <Foreign text={row.name} /> }, { head: "accuracy", cell: (row) => percent(row.accuracy) }, { head: "queries known", cell: (row) => count(row.known) },
    ]} /> },
    { id: "belief", title: "What the benchmark can tell", body: () => <Table label="Weights and skill" rows={[{ name: "new tasks", ...report.tasks_belief }, { name: "single queries", ...report.queries_belief }]} columns={[
      { head: "for", text: true, cell: (row) => row.name }, { head: "skill, standard errors", cell: (row) => number(row.skill, 1) }, { head: "averages", cell: (row) => number(row.weights[0]) },
      { head: "neighbours", cell: (row) => number(row.weights[1]) }, { head: "ridge", cell: (row) => number(row.weights[2]) }, { head: "common", cell: (row) => number(row.common_weight) },
    ]} /> },
    { id: "method", title: "Method and settings", body: () => <Method document={document} notes={report.notes} facts={[
      ["router", report.router], ["embedding", report.embedding], ["index", report.index], ["candidates", report.candidates], ["queries", report.queries], ["tasks", report.tasks.length],
      ["neighbours of a query", report.query_neighbours], ["penalty of the ridge", report.query_penalty], ["bandwidth", number(report.bandwidth)],
    ]} /> },
  ];
}

export function routeTaskParts(document: ReportDocument<"route-task", RouteTaskReport>): Part[] {
  const report = document.report;
  return [
    { id: "models", title: "Models for this task", body: () => <TaskModels report={report} /> },
    { id: "method", title: "Method and settings", body: () => <Method document={document} facts={[
      ["router", report.router], ["embedding", report.embedding], ["rule", report.score], ["queries", report.queries], ["labelled", report.labelled], ["abstained", report.abstained ? "yes" : "no"],
      ["distance to the benchmark", number(report.distance)], report.usual_distance !== null && ["distance of its tasks to each other", `${number(report.usual_distance.low)} to ${number(report.usual_distance.high)}`],
    ]} /> },
  ];
}

function TaskModels({ report }: { report: RouteTaskReport }) {
  const rows = useMemo(() => report.models.map((model) => ({ ...model, value: model.score, strong: model.name === report.chosen, said: report.score === "assay" ? percent(model.score) : number(model.score) })), [report]);
  return <Forest label="Models for this task" noun="model" axis={report.score === "assay" ? "predicted accuracy, 95 % interval" : `score ${report.score}`} rows={rows} domain={report.score === "assay" ? unit : null} percent={report.score === "assay"}
    caption="Filled: the model to take." columns={[
      { head: "score", cell: (row) => row.said }, { head: "95 % interval", cell: (row) => (row.low === null ? "–" : `${percent(row.low)} to ${percent(row.high)}`) },
      { head: "on the benchmark", cell: (row) => percent(row.benchmark_accuracy) }, { head: "weights", cell: (row) => count(row.parameters) }, { head: "$ per M tokens", cell: (row) => number(row.cost, 2) },
    ]} />;
}

export function routeQueryParts(document: ReportDocument<"route-query", RouteQueryReport>): Part[] {
  const report = document.report;
  return [
    { id: "prompts", title: report.prompts.length === 1 ? "Models for this prompt" : "Models for these prompts", body: () => <Prompts report={report} /> },
    { id: "method", title: "Method and settings", body: () => <Method document={document} facts={[
      ["router", report.router], ["embedding", report.embedding], ["weight of the cost", report.cost_weight], ["abstained", report.abstained ? "yes" : "no"], ["prompts", report.prompts.length],
    ]} /> },
  ];
}

function Prompts({ report }: { report: RouteQueryReport }) {
  const [at, choose] = useState(0);
  const prompt = report.prompts[at];
  const rows = useMemo(() => (prompt?.models ?? []).map((model) => ({ ...model, value: model.chance, low: null, high: null, strong: model.name === prompt?.chosen, said: percent(model.chance) })), [prompt]);
  if (!prompt) return <p class="quiet">There is no prompt.</p>;
  return (
    <>
      {report.prompts.length > 1 && (
        <label class="field"><span>Prompt</span>
          <select value={String(at)} onChange={(event) => choose(Number(event.currentTarget.value))}>
            {report.prompts.slice(0, 2000).map((one, number) => <option value={String(number)}>{number + 1}: {shortened(one.chosen, 50)}</option>)}
          </select>
        </label>
      )}
      <Forest label="Chance of each model to be right" noun="model" axis="chance to be right" rows={rows} domain={unit} caption="Filled: the model to ask."
        columns={[{ head: "chance to be right", cell: (row) => percent(row.chance) }, { head: "$ per M tokens", cell: (row) => number(row.cost, 2) }]} />
      {report.prompts.length > 1 && <Table label="Prompts" rows={report.prompts.slice(0, 2000).map((one, number) => ({ ...one, number }))} columns={[
        { head: "prompt", cell: (row) => count(row.number + 1) }, { head: "ask", text: true, cell: (row) => <Foreign text={row.chosen} /> }, { head: "chance", cell: (row) => percent(row.chance) },
        { head: "of the best on average", cell: (row) => percent(row.chance_of_best_on_average) },
      ]} />}
    </>
  );
}
