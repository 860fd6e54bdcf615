// A selection: which model is best, how sure that is, and the verdicts behind it.
import * as Plot from "@observablehq/plot";
import { useCallback, useMemo } from "preact/hooks";
import { Exchanges } from "../exchanges/exchanges";
import { liveSource, offlineSource } from "../exchanges/source";
import { count, difference, dollars, microDollars, number, percent, rateName, shortened, visible } from "../format";
import type { Calls, JudgeFacts, SelectDocument } from "../page_data";
import { Facts, Foreign, Table } from "../parts";
import { CallMap } from "../plots/call_map";
import { Figure, margins, percentTick, seriesColor } from "../plots/figure";
import { Forest } from "../plots/forest";
import type { SelectModel, SelectReport } from "../reports";
import { Method } from "./method";
import type { Part } from "./part";

export function selectParts(document: SelectDocument, live: boolean): Part[] {
  const report = document.report;
  const { judge } = document;
  const calls = document.calls && document.calls.query.length > 0 ? document.calls : null;
  return [
    report.models.length > 0 && { id: "ranking", title: "Ranking", body: () => <Ranking report={report} /> },
    report.trace.length > 1 && { id: "course", title: "How it came about", body: () => <Course report={report} /> },
    calls && { id: "calls", title: "Where the calls went", body: () => <CallMap calls={calls} models={report.models} measure={report.measure} /> },
    { id: "saved", title: "What was saved", body: () => <Saved report={report} judge={judge} /> },
    report.models.some((model) => model.price !== null) && { id: "price", title: "Quality and price", body: () => <Price report={report} /> },
    calls && { id: "verdicts", title: "The verdicts behind it", body: () => <Verdicts document={document} calls={calls} live={live} /> },
    judge && report.calls > 0 && { id: "judge", title: "The judge", body: () => <Judge judge={judge} report={report} /> },
    { id: "method", title: "Method and settings", body: () => <Method document={document} facts={settings(report)} notes={report.notes} /> },
  ].filter((part) => part !== false && part !== null);
}

function Verdicts({ document, calls, live }: { document: SelectDocument; calls: Calls; live: boolean }) {
  const source = useMemo(() => (live ? liveSource() : offlineSource(document.exchanges)), [live, document.exchanges]);
  const leftOut = live ? 0 : document.exchanges_left_out;
  return <Exchanges calls={calls} measure={document.report.measure} baseline={document.report.baseline} source={source} leftOut={leftOut} cutAt={live ? 0 : document.texts_cut_at} />;
}

/** How far below the best the answer may be, as a share. */
const toleranceOf = (report: SelectReport) => report.stop?.good_enough ?? report.stop?.epsilon ?? 0;

/** Within a tolerance, who is not filled may be better than who is. */
function whatIsFilled(report: SelectReport) {
  const { stop } = report;
  const tolerance = toleranceOf(report);
  const filled = stop?.possible.length ?? 0;
  if (!stop || tolerance === 0) return filled > 1 ? `Filled: the ${count(filled)} models that may still be the best.` : "Filled: what may be the best; hollow: what is out.";
  const within = difference(tolerance, report.measure);
  if (!stop.decided) return `Filled: what may still be the answer, a model at most ${within} below the best. Hollow: not excluded as the best, only not needed.`;
  if (report.keep_baseline) return `The baseline is the answer: it is at most ${within} below the best. The models: not excluded as the best, only not needed.`;
  return `Filled: the model found; it is at most ${within} below the best. Hollow: not excluded as the best, only not needed.`;
}

/** Who is soon out is judged on few prompts, and these were chosen. */
const howRough = (report: SelectReport) => (report.stop && report.calls < report.calls_all
  ? " Only the top is decided here: rates and order of models that were judged little are rough, and their intervals say how rough. A rate is what is expected over all prompts, not the mean over the calls that were made: these were chosen."
  : "");

function Ranking({ report }: { report: SelectReport }) {
  const rate = rateName(report.measure);
  const rows = useMemo(() => report.models.map((model) => ({
    ...model, value: model.win_rate, strong: model.possible, said: percent(model.win_rate),
  })), [report]);
  return (
    <Forest label={`Ranking of ${count(rows.length)} models by ${rate}`} noun="model" axis={`${rate}, 95 % interval`} rows={rows} domain={[0, 1]}
      caption={`Each line is a 95 % interval of the ${rate}, the point the estimate. ${whatIsFilled(report)}${howRough(report)}`}
      columns={[
        { head: rate, cell: (row) => percent(row.win_rate) },
        { head: "95 % interval", cell: (row) => `${percent(row.low)} to ${percent(row.high)}` },
        { head: "probability", help: "of being the best, by the strategy's posterior", cell: (row) => percent(row.probability) },
        { head: toleranceOf(report) > 0 ? "may be the answer" : "may be best", cell: (row) => (row.possible ? "yes" : "no") },
        ...(report.measure === "score" ? [] : [
          { head: "wins", cell: (row: SelectModel) => count(row.wins) },
          { head: "draws", cell: (row: SelectModel) => count(row.draws) },
          { head: "losses", cell: (row: SelectModel) => count(row.losses) },
        ]),
        { head: "no verdict", cell: (row) => count(row.no_verdict) },
        ...(report.prefer ? [{ head: report.prefer, cell: (row: SelectModel) => number(row.price, 6) }] : []),
      ]} />
  );
}

/** Who led, and how probable that was, or how sure, call by call. */
function Course({ report }: { report: SelectReport }) {
  const { stop } = report;
  const tolerance = toleranceOf(report);
  const axis = stop ? "how sure, at least" : "probability of being best";
  const leaders = useMemo(() => {
    const names: string[] = [];
    // Those that led last have the colours of their own.
    for (const entry of [...report.trace].reverse()) if (!names.includes(entry.best)) names.push(entry.best);
    return names;
  }, [report]);
  const plot = useCallback((width: number): Plot.PlotOptions => {
    const spans = report.trace.map((entry, at) => ({ ...entry, end: report.trace[at + 1]?.calls ?? report.calls }));
    const color = (entry: { best: string }) => (leaders.indexOf(entry.best) < 6 ? seriesColor(leaders.indexOf(entry.best)) : "var(--quiet)");
    const wanted = report.stop?.confidence;
    return {
      height: Math.min(320, Math.max(230, width * 0.36)),
      ...margins,
      x: { label: "calls", labelAnchor: "center", labelArrow: "none", domain: [0, report.calls], ticks: width < 500 ? 4 : 8, tickFormat: (value: number) => value.toLocaleString("en-US") },
      y: { label: axis, labelArrow: "none", grid: true, domain: [-0.08, 1], ticks: [0, 0.25, 0.5, 0.75, 1], tickFormat: percentTick },
      marks: [
        wanted ? Plot.ruleY([wanted], { stroke: "var(--ink)", strokeDasharray: "3 3", strokeOpacity: 0.6 }) : null,
        Plot.rect(spans, { x1: "calls", x2: "end", y1: -0.08, y2: -0.03, fill: color }),
        Plot.line(report.trace, { x: "calls", y: "probability", stroke: "var(--ink)", strokeOpacity: 0.35, strokeWidth: 1.5, curve: "step-after" }),
        Plot.dot(report.trace, { x: "calls", y: "probability", r: 3, fill: color }),
        Plot.tip(spans, Plot.pointerX({ x: "calls", y: "probability", title: (entry: (typeof spans)[number]) => `${shortened(entry.best, 60)}\nafter ${count(entry.calls)} calls: ${report.stop ? "at least " : ""}${percent(entry.probability)}` })),
      ],
    };
  }, [report, leaders, axis]);
  return (
    <Figure label={`${stop ? "How sure it is, at least," : "Probability of being best"} against calls, ${count(report.trace.length)} steps`} plot={plot}
      caption={stop
        ? `How sure it is, at least, that the model that would be returned after so many calls is ${tolerance > 0 ? `at most ${difference(tolerance, report.measure)} below the best` : "the best"}, and, below, who that was. This is a guarantee, not an estimate of a probability: it stays near 0 until all others are excluded. Dashed: ${percent(stop.confidence, 0)}, the confidence that was asked for.`
        : "The model that would be returned after so many calls, its probability of being the best by the strategy's posterior, and, below, who that was."}
      legend={
        <ul class="legend">
          {leaders.slice(0, 6).map((name, at) => <li><span class="swatch" style={{ background: seriesColor(at) }} aria-hidden="true" /><bdi>{shortened(name, 40)}</bdi></li>)}
          {leaders.length > 6 && <li><span class="swatch" style={{ background: "var(--quiet)" }} aria-hidden="true" />others that led for a while</li>}
        </ul>
      }
      table={() => (
        <Table label="Leader along the run" rows={report.trace} columns={[
          { head: "calls", cell: (row) => count(row.calls) },
          { head: "would be returned", text: true, cell: (row) => <Foreign text={row.best} /> },
          { head: stop ? axis : "probability", cell: (row) => percent(row.probability) },
        ]} />
      )} />
  );
}

function Saved({ report, judge }: { report: SelectReport; judge: JudgeFacts | null }) {
  return (
    <>
      <div class="saved" role="img" aria-label={`${count(report.calls)} of ${count(report.calls_all)} calls were made; ${percent(report.saved)} were saved`}>
        <span class="saved-made" style={{ flexGrow: report.calls }} />
        <span class="saved-rest" style={{ flexGrow: Math.max(0, report.calls_all - report.calls) }} />
      </div>
      <Facts facts={[
        ["calls made", count(report.calls)],
        ["judging everything takes", count(report.calls_all)],
        ["saved", percent(report.saved)],
        ["queries judged", `${count(report.queries_judged)} of ${count(report.queries)}`],
        report.known > 0 && ["known before the first call", count(report.known)],
        report.calls_failed > 0 && ["without a verdict", count(report.calls_failed)],
        judge != null && judge.cost !== null && ["judging cost", dollars(judge.cost)],
        report.answering && ["answers cost", microDollars(report.answering.cost)],
        report.answering && report.answering.cost_of_everything !== null && ["answering and judging everything", dollars(report.answering.cost_of_everything)],
      ]} />
    </>
  );
}

function Price({ report }: { report: SelectReport }) {
  const rate = rateName(report.measure);
  const rows = useMemo(() => report.models.filter((model) => model.price !== null), [report]);
  const unit = report.prefer === "latency" ? "seconds an answer" : report.prefer === "size" ? "weights" : "dollars an answered prompt";
  const plot = useCallback((width: number): Plot.PlotOptions => {
    const front = rows.filter((model) => model.pareto).sort((a, b) => (a.price ?? 0) - (b.price ?? 0));
    const positive = rows.every((model) => (model.price ?? 0) > 0);
    return {
      height: Math.min(420, Math.max(280, width * 0.5)),
      ...margins, marginRight: 40,
      x: { label: unit, labelAnchor: "center", labelArrow: "none", type: positive ? "log" : "linear", nice: true, grid: true, ticks: width < 500 ? 3 : 6, tickFormat: (value: number) => value.toLocaleString("en-US", { maximumSignificantDigits: 2 }) },
      y: { label: rate, labelArrow: "none", grid: true, nice: true, ticks: 6, tickFormat: percentTick },
      marks: [
        Plot.line(front, { x: "price", y: "win_rate", stroke: "var(--accent)", strokeOpacity: 0.5, curve: "step-after" }),
        Plot.ruleX(rows, { x: "price", y1: "low", y2: "high", stroke: (model: SelectModel) => (model.pareto ? "var(--accent)" : "var(--quiet)"), strokeOpacity: 0.5 }),
        Plot.dot(rows, { x: "price", y: "win_rate", r: 4.5, strokeWidth: 2, stroke: (model: SelectModel) => (model.pareto ? "var(--accent)" : "var(--quiet)"), fill: (model: SelectModel) => (model.pareto ? "var(--accent)" : "var(--paper)") }),
        Plot.text(front.slice(-12), { x: "price", y: "win_rate", text: (model: SelectModel) => shortened(model.name, 22), dy: -12, fill: "var(--ink)", stroke: "var(--paper)", strokeWidth: 4 }),
        Plot.tip(rows, Plot.pointer({ x: "price", y: "win_rate", title: (model: SelectModel) => `${visible(model.name)}\n${percent(model.win_rate)}\n${number(model.price, 6)} ${unit}` })),
      ],
    };
  }, [rows, rate, unit]);
  return (
    <Figure label={`${rate} against ${unit}`} plot={plot}
      caption="Filled: no model that is cheaper, or as cheap, seems better. Lines are 95 % intervals."
      table={() => (
        <Table label={`${rate} and ${unit}`} rows={rows} columns={[
          { head: "model", text: true, cell: (row) => <Foreign text={row.name} /> },
          { head: unit, cell: (row) => number(row.price, 6) },
          { head: rate, cell: (row) => percent(row.win_rate) },
          { head: "95 % interval", cell: (row) => `${percent(row.low)} to ${percent(row.high)}` },
          { head: "none cheaper is better", cell: (row) => (row.pareto ? "yes" : "no") },
        ]} />
      )} />
  );
}

function Judge({ judge, report }: { judge: JudgeFacts; report: SelectReport }) {
  const habits = useMemo(() => judge.habits.map((habit) => ({ ...habit, value: habit.share, strong: true, said: `${percent(habit.share)} of ${count(habit.of)}`, name: habit.text || habit.name })), [judge]);
  return (
    <>
      <Facts facts={[
        ["judge", <Foreign text={judge.title || report.judge} />],
        ["asked through", <Foreign text={judge.oracle || report.oracle} />],
        judge.cost !== null && ["cost", dollars(judge.cost)],
        judge.tokens_in !== null && ["tokens in", count(judge.tokens_in)],
        judge.tokens_out !== null && ["tokens out", count(judge.tokens_out)],
        report.assistant && ["assistant judge", <Foreign text={report.assistant.judge} />],
        report.assistant && report.assistant.agreement !== null && ["agrees with the judge", `${percent(report.assistant.agreement)} of ${count(report.assistant.both)}`],
      ]} />
      {habits.length > 0 && (
        <Forest label="Habits of the judge" noun="habit" axis="share, 95 % interval" rows={habits} domain={[0, 1]} caption="What the judge does, as a share of the calls in which it could have."
          columns={[
            { head: "share", cell: (row) => percent(row.share) },
            { head: "95 % interval", cell: (row) => `${percent(row.low)} to ${percent(row.high)}` },
            { head: "count", cell: (row) => count(row.count) },
            { head: "of", cell: (row) => count(row.of) },
          ]} />
      )}
      {judge.failures.length > 0 && (
        <Table label="Calls that failed" rows={judge.failures} columns={[
          { head: "failed for", text: true, cell: (row) => <Foreign text={row.why} /> },
          { head: "calls", cell: (row) => count(row.count) },
        ]} />
      )}
    </>
  );
}

function settings(report: SelectReport): (readonly [string, string | number] | false | null)[] {
  const stop = report.stop;
  return [
    ["strategy", report.strategy],
    ["returned by", report.returns],
    ...Object.entries(report.parameters).map(([name, value]) => [name, String(value)] as const),
    ["seed", report.seed],
    ["measure", report.measure],
    ["judge", report.judge],
    ["oracle", report.oracle],
    report.baseline !== "" && ["baseline", report.baseline],
    ["averaged over", report.averaging.average],
    report.averaging.weights !== "" && ["weights", report.averaging.weights],
    stop && ["confidence asked for", percent(stop.confidence)],
    stop && ["tolerance", percent(stop.epsilon)],
    stop && ["decided", stop.decided ? "yes" : "no"],
    stop && ["promise about", stop.population ? "all prompts like these" : "these prompts"],
    report.prefer !== null && ["prefers the least", report.prefer],
    report.judge_calls && ["order of the pair", report.judge_calls.order],
    report.judge_calls && ["repeats", report.judge_calls.repeats],
  ];
}
