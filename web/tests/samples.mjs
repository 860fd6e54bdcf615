// Documents for the tests: the golden reports of tests/golden, and selections made up at any size.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const golden = join(dirname(fileURLToPath(import.meta.url)), "../../tests/golden/expected");
const json = (name) => JSON.parse(readFileSync(join(golden, `${name}.json`), "utf8"));
const text = (name) => readFileSync(join(golden, `${name}.txt`), "utf8");

/** Numbers that are the same in every run (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const page = (...documents) => ({ assay: "0.1.0", made: null, live: false, checks: [], documents });

/** A document of a golden report; its summary is the first line of the text. */
export function goldenDocument(kind, name = kind.replaceAll("-", "_")) {
  const report = json(name);
  const lines = text(name).split("\n").filter((line) => line.trim() !== "");
  return { kind, title: report.study ?? report.router, source: report.study ?? report.router, command: `assay ${kind.replace("-", " ")} ${report.study ?? report.router}`, summary: lines.slice(0, 1), text: text(name), report };
}

export const goldenKinds = ["allocate", "simulate", "simulate-allocators", "route-evaluate", "route-fit", "route-task", "route-query", "ensemble"];

const words = "the model answers in short plain sentences and gives an example where one helps so that a reader can try it at once".split(" ");

function prose(next, length) {
  const out = [];
  for (let i = 0; i < length; ++i) out.push(words[Math.floor(next() * words.length)]);
  const line = out.join(" ");
  return `${line[0].toUpperCase()}${line.slice(1)}.`;
}

/** A selection of so many models, queries and calls; `exchanges` of them with texts. */
export function selectDocument({ models = 12, queries = 200, calls = 900, exchanges = 60, prices = true, name = (at) => `model-${String(at + 1).padStart(2, "0")}`, foreign = null, seed = 1 } = {}) {
  const next = random(seed);
  const names = Array.from({ length: models }, (_, at) => name(at));
  const skill = names.map((_, at) => 0.82 - (0.6 * at) / models);
  const tally = names.map(() => ({ wins: 0, draws: 0, losses: 0, no_verdict: 0 }));
  const asked = { queries: Array.from({ length: queries }, (_, at) => `q${String(at + 1).padStart(5, "0")}`), models: names, query: [], model: [], reward: [], known: 0 };
  for (let call = 0; call < calls; ++call) {
    // The better a model, the more calls it has.
    const model = Math.min(models - 1, Math.floor(models * next() ** 2.2));
    const u = next();
    const reward = u < 0.01 ? null : u < 0.06 ? 0.5 : next() < skill[model] ? 1 : 0;
    asked.query.push(Math.floor((call / calls) * queries * 0.7 + next() * queries * 0.3) % queries);
    asked.model.push(model);
    asked.reward.push(reward);
    tally[model][reward === null ? "no_verdict" : reward === 1 ? "wins" : reward === 0 ? "losses" : "draws"] += 1;
  }
  const possible = Math.min(models, 3);
  const rows = names.map((one, at) => {
    const wide = 0.02 + (0.25 * at) / models;
    return {
      name: one, probability: at === 0 ? 0.81 : at < possible ? 0.09 : 0, win_rate: skill[at], low: Math.max(0, skill[at] - wide), high: Math.min(1, skill[at] + wide),
      ...tally[at], possible: at < possible, missing: 0, price: prices ? 0.0002 * 1.7 ** (models - at > 12 ? 12 : models - at) : null, pareto: prices && (at === 0 || at % 4 === 3),
    };
  });
  const trace = Array.from({ length: Math.min(80, calls) }, (_, at) => ({
    calls: Math.max(1, Math.floor((calls * (at + 1)) / Math.min(80, calls))), best: names[at < 8 ? Math.min(models - 1, 7 - at) : at % 9 === 0 && at < 40 ? Math.min(1, models - 1) : 0], probability: Math.min(0.81, 0.02 + 0.01 * at + 0.05 * next()),
  }));
  const report = {
    ...json("select_assay"), study: "sample.assay", judge: "gpt-judge", baseline: "baseline-model", queries, queries_judged: new Set(asked.query).size, calls, calls_new: calls, calls_failed: 0, known: 0,
    calls_all: models * queries, saved: models * queries > 0 ? 1 - calls / (models * queries) : 0, best: names[0] ?? "", prefer: prices ? "price" : null, models: rows, trace,
    stop: { rule: "guaranteed", epsilon: 0, good_enough: null, confidence: 0.95, decided: false, doubt: 0.19, population: false, population_doubt: 0.3, calls_to_decide: 240, possible: names.slice(0, possible) },
    notes: ["2 of 2,400 outcomes are not known"],
  };
  const told = foreign ?? ((part, length) => prose(next, length));
  return {
    kind: "select", title: "sample.assay", source: "sample.assay", command: "assay select sample.assay --seed 1",
    summary: calls === 0 ? ["No call has been judged yet"] : [
      `Best so far: ${names[0]}, wins 82.0 % against baseline-model`,
      "Sure: 81.0 % on these prompts; 3 models may still be the best",
      `Judged: ${calls.toLocaleString("en-US")} of ${(models * queries).toLocaleString("en-US")} calls; about 240 more would decide`,
    ],
    text: text("select_assay"), report, calls: asked,
    judge: {
      oracle: "llm", title: "gpt-judge",
      habits: [
        { name: "ties", text: "draws", share: 0.05, low: 0.037, high: 0.066, count: 45, of: 900 },
        { name: "no verdict", text: "no verdict", share: 0.01, low: 0.005, high: 0.019, count: 9, of: 900 },
        { name: "first preferred", text: "the response that stood first is preferred", share: 0.56, low: 0.53, high: 0.59, count: 960, of: 1714 },
        { name: "longer preferred", text: "the longer response is preferred", share: 0.63, low: 0.6, high: 0.66, count: 540, of: 857 },
      ],
      cost: 3.4172, tokens_in: 812345, tokens_out: 91234, failures: [{ why: "rate-limited", count: 3 }],
    },
    exchanges: Array.from({ length: Math.min(exchanges, calls) }, (_, call) => ({
      call, query: asked.queries[asked.query[call]], model: names[asked.model[call]], reward: asked.reward[call],
      prompt: told("prompt", 14), response: told("response", 70), baseline: told("baseline", 50),
      replies: [{ order: "model first", text: told("reply", 25), verdict: "A" }, { order: "baseline first", text: told("reply", 25), verdict: "B" }],
    })),
    exchanges_left_out: Math.max(0, calls - exchanges), texts_cut_at: 4000,
  };
}

export function comparisonDocument() {
  const studies = ["english.assay", "korean.assay", "code.assay"];
  const next = random(5);
  return {
    kind: "comparison", title: "3 studies", source: studies.join(", "), command: `assay report ${studies.join(" ")} -o report.html`,
    summary: ["model-01 is the best of 2 of 3 studies", "Studies: 3, with 8 models in common"], text: "model-01 is the best of 2 of 3 studies\n",
    report: {
      studies, best: ["model-01", "model-01", "model-02"], agree: false,
      pairs: [{ first: 0, second: 1, queries: 120, models: 7, agreement: { share: 0.83, low: 0.78, high: 0.87, count: 249, of: 300 },
        differences: Array.from({ length: 6 }, (_, at) => ({ model: `model-${String(at + 1).padStart(2, "0")}`, difference: 0.05 - 0.03 * at, low: 0.01 - 0.03 * at, high: 0.09 - 0.03 * at, calls: 50 })) }],
      models: Array.from({ length: 8 }, (_, at) => ({
        name: `model-${String(at + 1).padStart(2, "0")}`,
        in: studies.map((_, study) => {
          if (at === 6 && study === 1) return null;
          const rate = 0.8 - 0.07 * at + 0.08 * (next() - 0.5);
          return { win_rate: rate, low: rate - 0.06, high: Math.min(1, rate + 0.06), probability: at === 0 ? 0.9 : 0, best: at === 0 && study < 2, possible: at < 2, calls: 100 };
        }),
      })),
    },
  };
}

export function trustDocument() {
  const share = (value, of) => ({ share: value, low: value - 0.06, high: value + 0.05, of });
  const agree = (value, pairs) => ({ agreement: value, low: value - 0.06, high: value + 0.05, pairs });
  const alpha = { value: 0.62, low: 0.5, high: 0.72, pairs: 96 };
  const summary = ["Judge gpt-judge agrees with people in 81.0 % of 120 pairs, people with one another in 84.0 % of 40 pairs."];
  return {
    kind: "trust", title: "sample.assay", source: "sample.assay", command: "assay trust sample.assay --judge gpt-judge", summary, text: `${summary[0]}\n`,
    report: {
      study: "sample.assay", judge: "gpt-judge", baseline: "baseline-model", pairs: 120, agreement: agree(0.81, 120), agreement_pooled: agree(0.83, 120), kappa: 0.66, alpha,
      people_by_judge: [[38, 4, 6], [5, 7, 4], [3, 3, 50]],
      judge_habits: { draws: share(0.12, 120), first: share(0.58, 106), longer: share(0.66, 106) }, people_habits: { draws: share(0.17, 160), first: share(0.5, 133), longer: null },
      raters: [{ name: "ann", against_judge: agree(0.84, 60) }, { name: "bob", against_judge: agree(0.78, 60) }],
      people: { raters: [{ name: "ann", verdicts: 80, alone: 40, against_rest: agree(0.84, 40) }, { name: "bob", verdicts: 80, alone: 40, against_rest: agree(0.84, 40) }], verdicts: 160, pairs: 120, pairs_twice: 40, agreement: agree(0.84, 40), alpha, summary: [] },
      summary, notes: [],
    },
  };
}
