// Made by web/generate. Do not edit.
// What verbs print with --json. Money is in micro-dollars unless it says dollars.

/** See `SelectReport.parameters`. */
export interface SelectParameters {
  /** Of `llm-selector`. */
  e_loss?: number;
  /** Of `llm-selector`. */
  e_draw?: number;
  /** Of `select-llm`. */
  temperature?: number;
}

/** See `SelectReport.averaging`. */
export interface SelectAveraging {
  /** Queries of these alone; empty: all. */
  tasks: unknown[];
  /** Name of the weights; empty: all weigh the same. */
  weights: string;
  /** `queries` or `tasks`: what counts the same. */
  average: string;
}

/** See `SelectReport.stop`. */
export interface SelectStop {
  /** Always `guaranteed`: older versions had another one, too. */
  rule: string;
  /** Tolerance in win rate. */
  epsilon: number;
  /** With `--good-enough`, the tolerance; else null. */
  good_enough: number | null;
  /** Asked for. */
  confidence: number;
  /** The confidence was reached. */
  decided: boolean;
  /** The risk: level at which it is excluded that `best` is more than epsilon below the best, whatever the rewards are. */
  doubt: number;
  /** Whether the promise is about all prompts like these (`--population`). */
  population: boolean;
  /** About the chance that `best` is more than epsilon below the best on other prompts like these: an estimate. */
  population_doubt: number;
  /** Calls that will probably decide, beyond those made. */
  calls_to_decide: number;
  /** Models that may still be the best. */
  possible: string[];
}

/** See `SelectBaselineSensitivity.order_holds`. */
export interface SelectBaselineSensitivityOrderHolds {
  /** With this baseline. */
  same_baseline: number;
  /** With another one. */
  other_baseline: number;
  /** Of the interval of `other_baseline`. */
  low: number;
  /** Of the interval of `other_baseline`. */
  high: number;
}

/** See `SelectBaselineSensitivity.better_baseline`. */
export interface SelectBaselineSensitivityBetterBaseline {
  /** Its name. */
  model: string;
  /** Expected against it. */
  leaders_win_rate: number;
  /** Its expected sensitivity as a multiple of the present one. */
  gain: number;
}

/** See `SelectReport.baseline_sensitivity`. */
export interface SelectBaselineSensitivity {
  /** The best first: two to five models. */
  leaders: string[];
  /** Their mean. */
  leaders_win_rate: number;
  /** Mean of 4 p (1 - p) of the leaders, p the win rate. */
  sensitivity: number;
  /** On which the first two leaders both have an outcome. */
  first_two_queries: number;
  /** Share of these on which their outcomes differ. */
  first_two_discordance: number;
  /** Random queries until a gap as it looks is 1.96 standard errors; null without a gap. */
  queries_to_separate: number | null;
  /** Probability that the first leader stays ahead on other queries; at most, see the method. */
  order_holds: SelectBaselineSensitivityOrderHolds;
  /** The one that promises most; null if none is worth a change. */
  better_baseline: SelectBaselineSensitivityBetterBaseline | null;
}

/** See `SelectReport.assistant`. */
export interface SelectAssistant {
  /** Its name. */
  judge: string;
  /** Calls to which it and the judge gave a reward. */
  both: number;
  /** Share of these with the same outcome; null without any, and where outcomes differ in kind. */
  agreement: number | null;
  /** Pearson's, of the rewards, where outcomes differ in kind; else null. */
  correlation: unknown;
  /** 95 % interval of either, as if the calls had been drawn at random; null without one. */
  low: number | null;
  /** Likewise. */
  high: number;
  /** The best model by the assistant alone. */
  winner: string;
}

/** See `SelectReport.models`. */
export interface SelectModel {
  /** Its name. */
  name: string;
  /** Of being the best, by the strategy's posterior; with tolerance: within epsilon of the best. */
  probability: number;
  /** Of strategies that stop by themselves: expected over all queries; else on what was judged. */
  win_rate: number;
  /** Of the 95 % interval of the win rate. */
  low: number;
  /** Of the 95 % interval of the win rate. */
  high: number;
  /** Among its calls. */
  wins: number;
  /** Among its calls. */
  draws: number;
  /** Among its calls. */
  losses: number;
  /** Calls that failed, or asked for what is missing. */
  no_verdict: number;
  /** May still be the best. */
  possible: boolean;
  /** Queries of which there is no recorded judgement to ask for; each counts 1/2. */
  missing: number;
  /** Dollars or seconds an answered prompt, or weights, as `prefer` says; null without prices. */
  price: number | null;
  /** It has a price, and no model that is cheaper, or as cheap, seems better. */
  pareto: boolean;
}

/** See `SelectAnswering.models`. */
export interface SelectAnsweringModel {
  /** In the study. */
  name: string;
  /** Answers that the study had before the run. */
  answers_before: number;
  /** In this run. */
  answers_made: number;
  /** Prompts to which it gave no answer. */
  failed: number;
  /** Of the answers made, those that ended at the limit of tokens. */
  truncated: number;
  /** Of this run, as billed. */
  tokens_in: number;
  /** Likewise. */
  tokens_out: number;
  /** Micro-dollars of this run, at most; null without a price. */
  cost: number | null;
  /** Micro-dollars, at most: of requests that got no reply. */
  cost_possibly_more: number;
  /** Micro-dollars, at most: of judging its answers in this run, a pair's with those of the model that is compared with the baseline; null where nobody is paid for judging, no price is known, or the judge is asked by batches. */
  judging_cost: unknown;
  /** Dollars of one answer, of all that the study has; null: not known. */
  mean_cost: number | null;
  /** Of one answer, likewise. */
  mean_seconds: number;
  /** Dollars for `--per-month` prompts; only with it. */
  cost_per_month?: number;
  /** Why it left the race; empty: it did not. */
  gone: string;
}

/** See `SelectReport.answering`. */
export interface SelectAnswering {
  /** Of the study. */
  prompts: number;
  /** Micro-dollars, of the answers of this run, as far as prices are known. */
  cost: number;
  /** Dollars that making and judging every answer would cost, by the means so far; null where something is not known. */
  cost_of_everything: number | null;
  /** In the order of the file. */
  models: SelectAnsweringModel[];
}

/** See `SelectReport.judge_calls`. */
export interface SelectJudgeCalls {
  /** Of the endpoint. */
  url: string;
  /** As the endpoint calls it. */
  model: string;
  /** Sent, tries included. */
  requests: number;
  /** Of these, by failure. */
  requests_failed: Record<string, number>;
  /** Questions that the study answered. */
  from_study: number;
  /** Questions that stayed without an answer, by failure. */
  unanswered: Record<string, number>;
  /** Requests under way. */
  most_at_once: number;
  /** Of the prompts, as billed. */
  tokens_in: number;
  /** Of the replies, as billed. */
  tokens_out: number;
  /** Of the replies of this run, micro-dollars, at most; null without a price. */
  cost: number | null;
  /** At most: of requests that got no reply, or an error, and may have been billed all the same; micro-dollars, null without a price. */
  cost_possibly_more: number | null;
  /** By all runs of the study, micro-dollars, at most. */
  spent: number;
  /** Of `spent`: calls that were under way when runs were killed and may have been billed. */
  spent_killed_at_most: number;
  /** `--max-cost`, given or remembered, in micro-dollars; null without. */
  max_cost: number | null;
  /** `both`, `random` or `fixed`. */
  order: string;
  /** As given. */
  repeats: number;
  /** Pairs of which both orders were read. */
  pairs_in_both_orders: number;
  /** Of these, contradictions. */
  flips: number;
  /** Of these, a tie in one order only. */
  half_flips: number;
  /** Flips / pairs_in_both_orders; null without any. */
  flip_rate: number | null;
  /** Single verdicts for the response that stood first. */
  for_first: number;
  /** Single verdicts for the second. */
  for_second: number;
  /** Single verdicts. */
  ties: number;
  /** Calls that were not asked, as a response is missing. */
  no_response: number;
}

/** See `SelectReport.trace`. */
export interface SelectTrace {
  /** Answered so far. */
  calls: number;
  /** Model that would be returned now. */
  best: string;
  /** Of its being the best, by the strategy's posterior; with tolerance: within epsilon of the best. */
  probability: number;
}

/** What `select` prints. */
export interface SelectReport {
  /** The study file. */
  study: string;
  /** Whose verdicts. */
  judge: string;
  /** The model that the others are compared with. */
  baseline: string;
  /** Who was asked: `recorded`, `llm`, `command:...`, `person...`, or nobody: `kept`. */
  oracle: string;
  /** Which chose the calls. */
  strategy: string;
  /** By what the best model was returned: `estimate`, `posterior`, `win-rate`. */
  returns: string;
  /** Of the strategy; empty where it has none. */
  parameters: SelectParameters;
  /** As given. */
  seed: number;
  /** Of the study that are compared. */
  queries: number;
  /** With at least one call. */
  queries_judged: number;
  /** Judged (query, model) pairs, failed ones too. */
  calls: number;
  /** Of these, asked by this run. */
  calls_new: number;
  /** Without a verdict, though the judge was asked. */
  calls_failed: number;
  /** Verdicts that counted before the first call, beside `calls`; of strategies that use them. */
  known: number;
  /** What judging everything takes. */
  calls_all: number;
  /** 1 - calls / calls_all. */
  saved: number;
  /** The model that is returned. */
  best: string;
  /** Whether the baseline is the answer: no candidate beats it, or none seems to. */
  keep_baseline: boolean;
  /** With prices, what they are: `price`, `latency` or `size`; else null. */
  prefer: string | null;
  /** What a reward is: `win-rate`, `preference`, `score` or `accuracy`. */
  measure: string;
  /** What the mean rewards are means of. */
  averaging: SelectAveraging;
  /** Lowest score of the scale; `win_rate`, `low` and `high` of models are shares of the scale. */
  scale_low: number;
  /** Highest. */
  scale_high: number;
  /** Of scores. */
  lower_is_better: boolean;
  /** The queries were judged in random order, so that win rates on them are unbiased. */
  random_queries: boolean;
  /** How sure it is; null for strategies that do not stop by themselves. */
  stop: SelectStop | null;
  /** How much hangs on the baseline, see [method/baseline](../method/baseline.md); null if too little was judged. */
  baseline_sensitivity: SelectBaselineSensitivity | null;
  /** What `--assistant-judge` was worth; null without. */
  assistant: SelectAssistant | null;
  /** The returned one first, then by falling win rate. */
  models: SelectModel[];
  /** What candidates that answer when they are asked were asked; null without. */
  answering: SelectAnswering | null;
  /** What was asked of an LLM; null with another oracle. */
  judge_calls: SelectJudgeCalls | null;
  /** `--max-cost` ended the run. */
  money_ended: boolean;
  /** What ended the run at the judge's endpoint, with exit status 1; null: nothing did. */
  trouble: unknown;
  /** The returned model along the run. */
  trace: SelectTrace[];
  /** What to bear in mind, in words. */
  notes: string[];
}

/** See `AllocateReport.worst_error`. */
export interface AllocateWorstError {
  /** No estimate is further off, with 95 %, however scores are distributed on the scale. */
  bound: number;
  /** Median of the largest error, by the estimated variances. */
  likely: number;
  /** What it is, of recorded scores; null for a live judge. */
  true: number | null;
}

/** See `AllocateReport.arms`. */
export interface AllocateArm {
  /** Its query. */
  query: string;
  /** Its model. */
  model: string;
  /** From 1. */
  turn: number;
  /** Made. */
  calls: number;
  /** Of these, without a score. */
  failed: number;
  /** Of its scores; null without one. */
  mean: number | null;
  /** By the rule `estimate`; null without a score. */
  estimate: number | null;
  /** Of the 95 % interval of the true mean. */
  low: number;
  /** Of the 95 % interval of the true mean. */
  high: number;
}

/** What `allocate` prints. */
export interface AllocateReport {
  /** The study file. */
  study: string;
  /** Whose scores. */
  judge: string;
  /** Who was asked: `recorded`, `llm`, `command:...`, `person...`, or nobody: `kept`. */
  oracle: string;
  /** Which chose the calls. */
  allocator: string;
  /** `mean` or `centre`. */
  estimate: string;
  /** As given. */
  seed: number;
  /** Lowest and highest score. */
  scale: number[];
  /** By `--scale`; else it is that of the recorded scores. */
  scale_declared: boolean;
  /** Calls, as given. */
  budget: number;
  /** Made, kept ones included. */
  calls: number;
  /** Of these, asked by this run. */
  calls_new: number;
  /** Without a score. */
  calls_failed: number;
  /** Responses that got no score; the worst error is that of the others. */
  unscored: number;
  /** Of all estimates. */
  worst_error: AllocateWorstError;
  /** That equal shares would need for the same likely worst error. */
  uniform_calls: number;
  /** As of `select`, without `order` and what follows it; null with another oracle. */
  judge_calls: object | null;
  /** `--max-cost` ended the run. */
  money_ended: boolean;
  /** What ended the run at the judge's endpoint, with exit status 1; null: nothing did. */
  trouble: unknown;
  /** One for each response. */
  arms: AllocateArm[];
  /** What to bear in mind, in words. */
  notes: string[];
  /** Of `robin-hood`. */
  delta?: number;
}

/** See `EnsembleReport.members`. */
export interface EnsembleMember {
  /** Its name. */
  name: string;
  /** Its own, on all queries. */
  accuracy: number;
  /** Of the ensemble up to it, nats; null where it is not known to within 5 %. */
  information: number | null;
  /** Of the ensemble up to it. */
  heldout_accuracy: number;
  /** Dollars per million tokens; null if unknown. */
  cost: number | null;
  /** 95 %; always there. */
  information_interval: number[];
  /** By it, nats. */
  information_gained: number;
  /** Standard error. */
  information_gained_se: number;
  /** 95 %. */
  heldout_interval: number[];
  /** By it. */
  accuracy_gained: number;
  /** Standard error. */
  accuracy_gained_se: number;
}

/** See `EnsembleReport.sequential`. */
export interface EnsembleSequential {
  /** That chance; 1: only where the others can't change the answer. */
  sure: number;
  /** Members, mean. */
  asked: number;
  /** Of all calls. */
  share: number;
  /** Of its answers. */
  accuracy: number;
  /** Accuracy less than that of all members. */
  lost: number;
  /** Standard error, over questions. */
  lost_se: number;
  /** Standard deviation over the splits. */
  lost_spread: number;
  /** Share of the questions where all members answer the same. */
  stays: number;
  /** Mean chance of that, as stated. */
  stated: number;
}

/** See `EnsembleReport.copula`. */
export interface EnsembleCopula {
  /** What the floor bounds, in words. */
  bounds: string;
  /** Share of the queries where no strict majority of the first 1, 2, ... members is right. */
  majority_error: number[];
  /** The same by the copula. */
  majority_error_copula: number[];
  /** The same if errors were independent. */
  majority_error_independent: number[];
  /** Share of the difference to independence that the copula explains; null where there is none to speak of. */
  explained: number | null;
  /** Largest change that made the correlations valid; 0: none was needed. */
  repaired: number;
  /** Tetrachoric, members by members. */
  error_correlations: number[][];
}

/** See `EnsembleReport.calibration`. */
export interface EnsembleCalibration {
  /** Mean probability. */
  stated: number;
  /** Share that was right. */
  right: number;
  /** How many. */
  answers: number;
}

/** See `EnsembleReport.tasks`. */
export interface EnsembleTask {
  /** Its name. */
  name: string;
  /** Of it. */
  queries: number;
  /** Its ensemble. */
  members: string[];
}

/** What `ensemble` prints. */
export interface EnsembleReport {
  /** The study file. */
  study: string;
  /** How many to choose from. */
  models: number;
  /** Labelled ones. */
  queries: number;
  /** Classes, or options at most. */
  labels: number;
  /** `classes` or `options`. */
  kind: string;
  /** How members were chosen. */
  method: string;
  /** Members. */
  size: number;
  /** Dollars per million tokens; null without. */
  budget: number | null;
  /** In the order in which to take them. */
  members: EnsembleMember[];
  /** Of all members; null if a price is unknown. */
  cost: number | null;
  /** How votes become an answer. */
  decision: string;
  /** By cross-validation. */
  decision_chosen: boolean;
  /** An ensemble for each task. */
  by_task: boolean;
  /** As given. */
  splits: number;
  /** As given. */
  seed: number;
  /** Mean number of queries that a split learnt from. */
  trained: number;
  /** Mean number of queries that a split answered. */
  tested: number;
  /** Accuracy by method. */
  heldout: Record<string, Record<string, number[]>>;
  /** Standard error of the difference to the chosen method and decision; of these themselves, to `top-accuracy` by `majority`. */
  heldout_se: Record<string, Record<string, number[]>>;
  /** As given, or usual: chance that the answer stays at which no more members are asked. */
  sure: number;
  /** Members asked one after the other, by the chance at which that stops; held out. */
  sequential: EnsembleSequential[];
  /** Error of a strict majority of ever more models like the members. */
  floor: number;
  /** A Gaussian copula of the members' errors. */
  copula: EnsembleCopula;
  /** Share of the questions where a tie was broken. */
  ties: number;
  /** Share of the questions that no member answered. */
  unanswered: number;
  /** By tenths of the stated probability, empty ones left out. */
  calibration: EnsembleCalibration[];
  /** What to bear in mind, in words. */
  notes: string[];
  /** With `--by-task`. */
  tasks?: EnsembleTask[];
}

/** See `EnsembleFitEnsemble.members`. */
export interface EnsembleFitEnsembleMember {
  /** Its name. */
  name: string;
  /** Its own, on these queries. */
  accuracy: number;
  /** Dollars per million tokens; null if unknown. */
  cost: number | null;
}

/** See `EnsembleFitReport.ensembles`. */
export interface EnsembleFitEnsemble {
  /** Its name; empty for all queries. */
  task: string;
  /** That it was learnt from. */
  queries: number;
  /** In the order in which they are asked. */
  members: EnsembleFitEnsembleMember[];
}

/** What `ensemble fit` prints. */
export interface EnsembleFitReport {
  /** The study file. */
  study: string;
  /** The ensemble file. */
  ensemble: string;
  /** Of the file. */
  bytes: number;
  /** `classes` or `options`. */
  kind: string;
  /** Their names. */
  labels: string[];
  /** How members were chosen. */
  method: string;
  /** How votes become an answer. */
  decision: string;
  /** By cross-validation. */
  decision_chosen: boolean;
  /** As given, or usual: chance that the answer stays at which no more members are asked. */
  sure: number;
  /** One, or with `--by-task` one for each task. */
  ensembles: EnsembleFitEnsemble[];
  /** What to bear in mind, in words. */
  notes: string[];
}

/** See `SimulateReport.averaging`. */
export interface SimulateAveraging {
  /** Queries of these alone; empty: all. */
  tasks: unknown[];
  /** Name of the weights; empty: all weigh the same. */
  weights: string;
  /** `queries` or `tasks`: what counts the same. */
  average: string;
}

/** See `SimulateReport.assistant`. */
export interface SimulateAssistant {
  /** Its name. */
  judge: string;
  /** Calls to which it and the judge gave a reward. */
  both: number;
  /** Share of these with the same outcome; null without any, and where outcomes differ in kind. */
  agreement: number | null;
  /** Pearson's, of the rewards, where outcomes differ in kind; else null. */
  correlation: unknown;
  /** 95 % interval of either, as if the calls had been drawn at random; null without one. */
  low: number | null;
  /** Likewise. */
  high: number;
  /** The best model by the assistant alone. */
  winner: string;
}

/** See `SimulateStrategyStop.dollars`. */
export interface SimulateStrategyStopDollars {
  /** Generating and judging until the stop; without `lazy` generating all answers. */
  mean: number;
  /** 95th percentile. */
  p95: number;
  /** Of the mean. */
  judging: number;
  /** Mean of generating and judging everything in a pool. */
  all: number;
  /** Of that. */
  all_generating: number;
  /** Mean share of everything in the pool. */
  share: number;
  /** 95th percentile. */
  share_p95: number;
}

/** See `SimulateStrategy.stop`. */
export interface SimulateStrategyStop {
  /** Always `guaranteed`: older versions had another one, too. */
  rule: string;
  /** Asked for. */
  confidence: number;
  /** Tolerance. */
  epsilon: number;
  /** Calls at the stop; a run that did not stop counts all its calls. */
  calls_mean: number;
  /** 95th percentile. */
  calls_p95: number;
  /** Share that stopped at a model more than epsilon below the best. */
  wrong: number;
  /** Share that did not stop within the budget. */
  undecided: number;
  /** What runs cost; null without `--judge-price`. */
  dollars: SimulateStrategyStopDollars | null;
}

/** See `SimulateReport.strategies`. */
export interface SimulateStrategy {
  /** Its name. */
  name: string;
  /** By what the model is returned. */
  returns: string;
  /** Answers were generated when they were to be judged, so that nothing was known of them before. */
  lazy: boolean;
  /** The assistant judge that it looked at; null where it looked at none. */
  assistant: string | null;
  /** As used. */
  parameters: Record<string, number>;
  /** Entry b: share of the realizations that return the best model after b query equivalents. */
  identification: number[];
  /** Entry b: 95th percentile of the win-rate gap to the best. */
  gap95: number[];
  /** Entry b: mean gap. */
  gap_mean: number[];
  /** By tolerance d: `0`, `0.01`, `0.025`, `0.05`. */
  labels_to_reach: Record<string, number | null>;
  /** By tolerance. */
  efficiency: Record<string, number | null>;
  /** Of strategies that stop by themselves. */
  stop: SimulateStrategyStop[];
}

/** What `simulate` prints. */
export interface SimulateReport {
  /** The study file. */
  study: string;
  /** Whose verdicts. */
  judge: string;
  /** The model that the others are compared with. */
  baseline: string;
  /** What a reward is: `win-rate`, `preference`, `score` or `accuracy`. */
  measure: string;
  /** What the mean rewards are means of. */
  averaging: SimulateAveraging;
  /** Of the study. */
  queries: number;
  /** How many candidates. */
  models: number;
  /** As given. */
  realizations: number;
  /** Queries of a pool. */
  pool: number;
  /** Query equivalents. */
  budget: number;
  /** As given. */
  seed: number;
  /** Share of the realizations for `labels_to_reach`. */
  confidence: number;
  /** Tolerance that strategies which stop by themselves are given. */
  epsilon: number;
  /** Calls answered at a time; 0: m for strategies of whole queries, else 1. */
  batch: number;
  /** With `--good-enough`, the tolerance; else null. */
  good_enough: number | null;
  /** Then what the least is of: `price`, `latency` or `size`; else null. */
  prefer: string | null;
  /** That it took; null with `--no-timing`. */
  seconds: number | null;
  /** What `--assistant-judge` was worth; null without. */
  assistant: SimulateAssistant | null;
  /** In the order of the table. */
  strategies: SimulateStrategy[];
  /** What to bear in mind, in words. */
  notes: string[];
}

/** See `SimulateAllocatorsReport.allocators`. */
export interface SimulateAllocatorsAllocator {
  /** Its name. */
  name: string;
  /** `mean` or `centre`. */
  estimate: string;
  /** Calls at which errors are given. */
  budgets: number[];
  /** Worst error at each, mean over the runs. */
  wce: number[];
  /** Standard error. */
  wce_se: number[];
  /** Mean error at each. */
  mae: number[];
  /** Standard error. */
  mae_se: number[];
  /** Own worst error less that of `uniform`, same draws. */
  wce_less_uniform: number[];
  /** Standard error. */
  wce_less_uniform_se: number[];
  /** Share of the budget from which on the worst error stays at or below that of `uniform` at the end; null if never. */
  calls_to_match_uniform: number | null;
  /** Of `robin-hood`. */
  delta?: number;
  /** Agreement of the estimates with the reference, at each budget. */
  pearson: number[];
  /** Likewise. */
  spearman: number[];
  /** Likewise. */
  kendall: number[];
}

/** What `simulate --allocators` prints. */
export interface SimulateAllocatorsReport {
  /** The study file. */
  study: string;
  /** As given. */
  runs: number;
  /** As given. */
  seed: number;
  /** That it took; null with `--no-timing`. */
  seconds: number | null;
  /** Whose scores; with `--each-judge` the mean over them. */
  judge: string;
  /** Judge whose mean scores are the yardstick; null without. */
  reference: string | null;
  /** Responses. */
  arms: number;
  /** Calls. */
  budget: number;
  /** At each budget, sqrt(sum of variances / calls): no allocation has a smaller worst standard deviation. */
  lower_limit: number[];
  /** In the order of the table. */
  allocators: SimulateAllocatorsAllocator[];
  /** What to bear in mind, in words. */
  notes: string[];
  /** With `--each-judge`: for each, `judge`, `reference`, `arms`, `budget`, `lower_limit` and `allocators` as above. */
  settings?: unknown[];
}

/** See `WeakJudgesReport.judges`. */
export interface WeakJudgesJudge {
  /** K of the k-grams. */
  order: number;
  /** Share of the pairs with a verdict. */
  wins: number;
  /** Share of the pairs with a verdict. */
  draws: number;
  /** Share of the pairs with a verdict. */
  losses: number;
  /** Pairs without one. */
  no_verdict: number;
  /** Of the pairs that it and the recorded judge both decided, the share decided alike; 0.5 is chance; null without any. */
  agreement: number | null;
}

/** What `weak-judges` prints. */
export interface WeakJudgesReport {
  /** The study file. */
  study: string;
  /** How they were made, in one line. */
  options: string;
  /** They were in the study already. */
  kept: boolean;
  /** How many. */
  queries: number;
  /** How many candidates. */
  models: number;
  /** One for each order. */
  judges: WeakJudgesJudge[];
  /** What to bear in mind, in words. */
  notes: string[];
}

/** See `InfoReport.imported`. */
export interface InfoImported {
  /** Why. */
  reason: string;
  /** How many. */
  rows: number;
  /** Where the first of them stands, path:line. */
  first: string;
}

/** See `InfoJudge.lacking`. */
export interface InfoJudgeLacking {
  /** Its name. */
  model: string;
  /** Without a score. */
  queries: number;
}

/** See `InfoReport.judges`. */
export interface InfoJudge {
  /** Its name. */
  name: string;
  /** That it judged. */
  models: number;
  /** On which it judged. */
  queries: number;
  /** That it gave. */
  verdicts: number;
  /** Calls that failed. */
  no_verdicts: number;
  /** That it gave. */
  scores: number;
  /** Calls that failed. */
  no_scores: number;
  /** Of its scores, as imports told; null: not known. */
  lower_is_better: unknown;
  /** The lowest score that there can be; null: not known. */
  least: unknown;
  /** The highest; null: not known. */
  most: unknown;
  /** Models that it has not scored on all of its queries, those that lack most first. */
  lacking: InfoJudgeLacking[];
}

/** See `InfoComparison.best`. */
export interface InfoComparisonBest {
  /** Its name. */
  model: string;
  /** Over all queries. */
  win_rate: number;
}

/** See `InfoComparison.worst`. */
export interface InfoComparisonWorst {
  /** Its name. */
  model: string;
  /** Over all queries. */
  win_rate: number;
}

/** See `InfoReport.comparisons`. */
export interface InfoComparison {
  /** By whom. */
  judge: string;
  /** With which model. */
  baseline: string;
  /** What a reward is: `win-rate`, `preference`, `score` or `accuracy`; rates are shares of its scale. */
  measure: string;
  /** How many. */
  queries: number;
  /** How many. */
  models: number;
  /** Of queries x models. */
  unknown_outcomes: number;
  /** Highest recorded win rate. */
  best: InfoComparisonBest;
  /** Lowest. */
  worst: InfoComparisonWorst;
  /** As of `select`, of all that is recorded. */
  baseline_sensitivity: object | null;
  /** What to bear in mind, in words. */
  notes: string[];
  /** Why nothing can be compared as it is; then nothing else stands here. */
  problem: string;
}

/** See `InfoEveryPair.baselines`. */
export interface InfoEveryPairBaseline {
  /** Its name. */
  model: string;
  /** Highest win rate against it. */
  best: string;
  /** Mean of the other leaders against it. */
  leaders_win_rate: number;
  /** Mean of 4 p (1 - p) of these. */
  sensitivity: number;
  /** Kendall's tau-b with the order of mean win rates against all. */
  agreement: number;
  /** Mean tau-b with the orders of the other baselines. */
  mutual_agreement: number;
}

/** See `InfoEveryPair.order_kept`. */
export interface InfoEveryPairOrderKept {
  /** At least. */
  standard_errors_from: number;
  /** Below; null: no limit. */
  standard_errors_to: number | null;
  /** Pairs times baselines. */
  pairs: number;
  /** Share of the other baselines that order the pair alike, ties half. */
  other_baselines_agree: number;
  /** Share in which the two, compared with each other, come out alike, ties half. */
  direct_comparison_agrees: number;
}

/** See `InfoReport.every_pair`. */
export interface InfoEveryPair {
  /** Its name. */
  judge: string;
  /** Of models. */
  triples: number;
  /** Of these: a beats b beats c beats a. */
  circular_triples: number;
  /** Each model as the baseline of all others. */
  baselines: InfoEveryPairBaseline[];
  /** Pairs of models that one baseline sets so many standard errors apart. */
  order_kept: InfoEveryPairOrderKept[];
}

/** See `InfoReport.paid_judges`. */
export interface InfoPaidJudge {
  /** Of the endpoint. */
  url: string;
  /** As the endpoint calls it. */
  model: string;
  /** Sent. */
  requests: number;
  /** Of these, by failure. */
  failed: Record<string, number>;
  /** As billed. */
  tokens_in: number;
  /** As billed. */
  tokens_out: number;
  /** Micro-dollars. */
  cost: number;
  /** Micro-dollars, of calls of which it is not known what they cost. */
  cost_possibly_more: number;
  /** Whose price is not known. */
  requests_without_price: number;
}

/** See `InfoReport.oracles`. */
export interface InfoOracle {
  /** In words. */
  name: string;
  /** Under which the answers are kept. */
  key: string;
  /** `verdicts` or `scores`. */
  gives: string;
  /** How many the study has, those concluded from the replies of an LLM included. */
  answers: number;
  /** Whose last call failed, and that have no answer since. */
  failed: number;
}

/** What `info` prints. */
export interface InfoReport {
  /** The study file. */
  study: string;
  /** Of the file. */
  bytes: number;
  /** Version of its tables. */
  schema: number;
  /** All of them. */
  queries: number;
  /** All of them, baselines too. */
  models: number;
  /** All of them. */
  responses: number;
  /** Predicted and true labels. */
  labels: number;
  /** Of all texts. */
  text_bytes: number;
  /** All, sorted. */
  model_names: string[];
  /** Names of what queries count. */
  weights: unknown[];
  /** What all imports left out or read in some way, by reason. */
  imported: InfoImported[];
  /** What would mislead whoever uses the study, e.g. predictions that fit no true label. */
  warnings: unknown[];
  /** Their names. */
  tasks: string[];
  /** That verdicts were given against. */
  baselines: string[];
  /** Who gave verdicts or scores. */
  judges: InfoJudge[];
  /** What making the responses took, by model: `provider`, `responses`, and as far as imports told `tokens_in`, `tokens_out`, `cost` (micro-dollars), `seconds`; `with_tokens`, `with_cost`, `with_seconds`: of how many. */
  answering: unknown[];
  /** What `select` could compare. */
  comparisons: InfoComparison[];
  /** Judges that can compare every pair of models, see [method/baseline](../method/baseline.md). */
  every_pair: InfoEveryPair[];
  /** Endpoints that were asked. */
  paid_judges: InfoPaidJudge[];
  /** Micro-dollars at most, of what was under way when runs were killed. */
  paid_lost: number;
  /** Live judges that were asked and whose every call failed. */
  never_answered: unknown[];
  /** Live judges that answered. */
  oracles: InfoOracle[];
  /** Keys of computations that the study keeps. */
  derived: string[];
}

/** See `RemoveReport.now`. */
export interface RemoveNow {
  /** All. */
  queries: number;
  /** All. */
  models: number;
  /** All. */
  responses: number;
}

/** What `remove` prints. */
export interface RemoveReport {
  /** The study file. */
  study: string;
  /** What was asked to be removed. */
  models: string[];
  /** What was asked to be removed. */
  judges: unknown[];
  /** Removed. */
  responses: number;
  /** Removed. */
  verdicts: number;
  /** Removed. */
  scores: number;
  /** Removed. */
  labels: number;
  /** Of live judges, removed. */
  kept_answers: number;
  /** Of `verdicts`, those of other models against a removed one. */
  verdicts_against: number;
  /** Removed models that others were compared with. */
  baselines: unknown[];
  /** Judges that had said nothing else, and went, too. */
  judges_left_without: unknown[];
  /** What the study holds after it. */
  now: RemoveNow;
}

/** See `ExportReport.left_out`. */
export interface ExportLeftOut {
  /** Kind of record. */
  what: string;
  /** How many. */
  records: number;
}

/** What `export` prints. */
export interface ExportReport {
  /** As given. */
  study: string;
  /** As given, or as the file's ending tells. */
  format: string;
  /** The file or folder written. */
  output: string;
  /** Written. */
  queries: number;
  /** Written. */
  responses: number;
  /** Predicted and true ones, written. */
  labels: number;
  /** Written, those of live judges among them. */
  verdicts: number;
  /** Written, likewise. */
  scores: number;
  /** Of these, judgements of programs, LLMs and people. */
  live: number;
  /** That the format has no place for. */
  left_out: ExportLeftOut[];
}

/** See `ImportReport.dropped`. */
export interface ImportDropped {
  /** Why. */
  reason: string;
  /** How many. */
  rows: number;
  /** Where the first of them stands, path:line. */
  first: string;
}

/** See `ImportReport.noted`. */
export interface ImportNoted {
  /** What. */
  reason: string;
  /** How many. */
  rows: number;
  /** Where the first of them stands, path:line. */
  first: string;
}

/** See `ImportReport.now`. */
export interface ImportNow {
  /** All of them. */
  queries: number;
  /** All of them, baselines too. */
  models: number;
  /** All of them. */
  responses: number;
  /** All of them. */
  labels: number;
  /** Of all texts. */
  text_bytes: number;
}

/** What `import` prints. */
export interface ImportReport {
  /** The study file. */
  study: string;
  /** As given, or as recognised. */
  format: string;
  /** Why the format was taken; empty where it was given. */
  recognised_by: string;
  /** New ones. */
  queries: number;
  /** New ones. */
  responses: number;
  /** New ones. */
  verdicts: number;
  /** Of these, calls that gave none. */
  no_verdict: number;
  /** New ones. */
  scores: number;
  /** Of these, calls that gave none. */
  no_score: number;
  /** Predicted and true labels. */
  labels: number;
  /** New sizes and prices of models. */
  facts: number;
  /** New weights of queries. */
  weights: number;
  /** Records that were there already, the same, or in a new study came twice in the files. */
  repeated: number;
  /** Of the files, in the order in which they came. */
  models: string[];
  /** What was left out, by reason. */
  dropped: ImportDropped[];
  /** What people should know of rows that were read, by reason. */
  noted: ImportNoted[];
  /** What would mislead whoever uses the study, e.g. predictions that fit no true label. */
  warnings: unknown[];
  /** What the study holds after the import. */
  now: ImportNow;
}

/** See `RouteFitReport.models`. */
export interface RouteFitModel {
  /** Its name. */
  name: string;
  /** Over all queries. */
  accuracy: number;
  /** Queries of which it is known whether it is right. */
  known: number;
  /** Dollars per million tokens; null if unknown. */
  cost: number | null;
}

/** See `RouteFitReport.tasks_belief`. */
export interface RouteFitTasksBelief {
  /** Of the average over tasks, the neighbours and the ridge. */
  weights: number[];
  /** Of what is predicted for all models together, w0. */
  common_weight: number;
  /** Standard errors by which left-out tasks and their single queries together were predicted better than by the averages over tasks. */
  skill: number;
}

/** See `RouteFitReport.queries_belief`. */
export interface RouteFitQueriesBelief {
  /** As above. */
  weights: number[];
  /** As above. */
  common_weight: number;
  /** Standard errors by which left-out queries were predicted better than by the accuracies. */
  skill: number;
}

/** See `RouteFitReport.guard`. */
export interface RouteFitGuard {
  /** Points of accuracy that routing may lose against the best single model. */
  risk: number;
  /** Chance that it loses more all the same. */
  delta: number;
  /** That it was made for. */
  cost_weight: number;
  /** False: it could not be shown, or is void, and every query goes to the best single model. */
  routes: boolean;
  /** It was shown of the router before an update, and routes nothing. */
  void: boolean;
  /** By how much a choice must be worth more than the best single model. */
  margin: number;
  /** Held out for it. */
  queries: number;
  /** Share of them above the margin. */
  routed: number;
  /** Points of accuracy that routing changes on all of them. */
  gain: number;
  /** Its lower bound, with probability 1 - delta. */
  least_gain: number;
  /** Queries that a guard of this risk needs. */
  fewest_held_out: number;
}

/** What `route fit` prints. */
export interface RouteFitReport {
  /** The study file. */
  study: string;
  /** The router file. */
  router: string;
  /** Of the file. */
  bytes: number;
  /** Id of the embedding. */
  embedding: string;
  /** How neighbours are found: `plain`, `codes` or `graph`. */
  index: string;
  /** Digest of the names of the models. */
  candidates: string;
  /** Learnt from. */
  queries: number;
  /** Their names. */
  tasks: string[];
  /** In the order of the file. */
  models: RouteFitModel[];
  /** Stacking weights for a new task. */
  tasks_belief: RouteFitTasksBelief;
  /** The same for single queries. */
  queries_belief: RouteFitQueriesBelief;
  /** K for single queries. */
  query_neighbours: number;
  /** Of the ridge, for single queries. */
  query_penalty: number;
  /** K of the rules `s1`, `s2`, `s3`. */
  score_neighbours: number[];
  /** Of the kernel of `s3`. */
  bandwidth: number;
  /** Share of a prompt that must be known for it to be looked at; 0: every prompt is; null with other vectors than the built-in ones. */
  familiar: number | null;
  /** What to bear in mind, in words. */
  notes: string[];
  /** Of single queries; absent without `--risk`. */
  guard: RouteFitGuard;
}

/** See `RouteInfoReport.models`. */
export interface RouteInfoModel {
  /** Its name. */
  name: string;
  /** Over all queries. */
  accuracy: number;
  /** Queries of which it is known whether it is right. */
  known: number;
  /** Dollars per million tokens; null if unknown. */
  cost: number | null;
}

/** See `RouteInfoReport.tasks_belief`. */
export interface RouteInfoTasksBelief {
  /** Of the average over tasks, the neighbours and the ridge. */
  weights: number[];
  /** Of what is predicted for all models together, w0. */
  common_weight: number;
  /** Standard errors by which left-out tasks and their single queries together were predicted better than by the averages over tasks. */
  skill: number;
}

/** See `RouteInfoReport.queries_belief`. */
export interface RouteInfoQueriesBelief {
  /** As above. */
  weights: number[];
  /** As above. */
  common_weight: number;
  /** Standard errors by which left-out queries were predicted better than by the accuracies. */
  skill: number;
}

/** See `RouteInfoReport.guard`. */
export interface RouteInfoGuard {
  /** Points of accuracy that routing may lose against the best single model. */
  risk: number;
  /** Chance that it loses more all the same. */
  delta: number;
  /** That it was made for. */
  cost_weight: number;
  /** False: it could not be shown, or is void, and every query goes to the best single model. */
  routes: boolean;
  /** It was shown of the router before an update, and routes nothing. */
  void: boolean;
  /** By how much a choice must be worth more than the best single model. */
  margin: number;
  /** Held out for it. */
  queries: number;
  /** Share of them above the margin. */
  routed: number;
  /** Points of accuracy that routing changes on all of them. */
  gain: number;
  /** Its lower bound, with probability 1 - delta. */
  least_gain: number;
  /** Queries that a guard of this risk needs. */
  fewest_held_out: number;
}

/** What `route info` prints. */
export interface RouteInfoReport {
  /** The router file. */
  router: string;
  /** Of the file. */
  bytes: number;
  /** Id of the embedding. */
  embedding: string;
  /** How neighbours are found: `plain`, `codes` or `graph`. */
  index: string;
  /** Digest of the names of the models. */
  candidates: string;
  /** Learnt from. */
  queries: number;
  /** Their names. */
  tasks: string[];
  /** In the order of the file. */
  models: RouteInfoModel[];
  /** Stacking weights for a new task. */
  tasks_belief: RouteInfoTasksBelief;
  /** The same for single queries. */
  queries_belief: RouteInfoQueriesBelief;
  /** K for single queries. */
  query_neighbours: number;
  /** Of the ridge, for single queries. */
  query_penalty: number;
  /** K of the rules `s1`, `s2`, `s3`. */
  score_neighbours: number[];
  /** Of the kernel of `s3`. */
  bandwidth: number;
  /** Share of a prompt that must be known for it to be looked at; 0: every prompt is; null with other vectors than the built-in ones. */
  familiar: number | null;
  /** What to bear in mind, in words. */
  notes: string[];
  /** Of single queries; absent without `--risk`. */
  guard: RouteInfoGuard;
}

/** See `RouteUpdateReport.models`. */
export interface RouteUpdateModel {
  /** Its name. */
  name: string;
  /** The router did not know it. */
  new: boolean;
  /** Over all queries. */
  accuracy: number;
  /** Standard error of it. */
  error: number;
  /** Accuracy before; null if new. */
  before: number | null;
  /** Queries of which it is known whether it is right. */
  known: number;
  /** In the file. */
  outcomes: number;
}

/** What `route update` prints. */
export interface RouteUpdateReport {
  /** The router file. */
  router: string;
  /** The router file that was written. */
  output: string;
  /** Of the file. */
  bytes: number;
  /** Digest of the names of the models. */
  candidates: string;
  /** That were taken. */
  outcomes: number;
  /** Lines without `model` or `right`, left out. */
  without_outcome: number;
  /** Outcomes with neither `prompt` nor `vector`, left out. */
  without_prompt: number;
  /** Of the router now. */
  queries: number;
  /** That it did not know. */
  new_queries: number;
  /** Outcomes of which nothing was known before. */
  filled: number;
  /** Outcomes in place of others. */
  changed: number;
  /** Outcomes, with `--half-life`. */
  forgotten: number;
  /** As given, days; null without. */
  half_life: number | null;
  /** That it did not know. */
  new_tasks: string[];
  /** Of the router now. */
  models: RouteUpdateModel[];
  /** It had a guard, which holds no longer. */
  guard_void: boolean;
  /** As asked for; else a router with a void guard routes nothing. */
  guard_dropped: boolean;
  /** What to bear in mind, in words. */
  notes: string[];
}

/** See `RouteEvaluateReport.scores`. */
export interface RouteEvaluateScore {
  /** The rule. */
  name: string;
  /** Of the chosen model. */
  accuracy: number | null;
  /** Standard error over tasks. */
  accuracy_se: number | null;
  /** Accuracy over that of the best model on the task. */
  ratio_to_best: number | null;
  /** Standard error. */
  ratio_to_best_se: number | null;
  /** Correlation of the ranking with the accuracies. */
  pearson: number | null;
  /** Rank correlation. */
  spearman: number | null;
  /** How often the best model on average is chosen. */
  share_bma: number | null;
  /** Number of weights of the chosen models; null if unknown. */
  mean_params: number | null;
  /** Of the chosen model on the task, 1 is the best. */
  rank: number | null;
  /** Accuracy above that of `bma`. */
  gain: number | null;
  /** Standard error. */
  gain_se: number | null;
  /** Accuracy of `assay` less this one's. */
  behind_assay: number | null;
  /** Standard error. */
  behind_assay_se: number | null;
}

/** See `RouteEvaluateReport.per_query`. */
export interface RouteEvaluatePerQuery {
  /** How. */
  name: string;
  /** Of the answers. */
  accuracy: number | null;
  /** Standard error over queries. */
  accuracy_se: number | null;
  /** Mean price of the chosen models, dollars per million tokens; null where one is unknown. */
  cost: number | null;
  /** Mean price of 1,000 answered prompts; null where one is unknown. */
  dollars_per_1000: number | null;
  /** Mean time of the chosen models' answers, as imported; null where one is unknown. */
  seconds: unknown;
  /** Accuracy below that of the oracle. */
  regret_to_oracle: number | null;
  /** Standard error. */
  regret_to_oracle_se: number | null;
  /** Accuracy above that of the best single model. */
  gain: number | null;
  /** Standard error. */
  gain_se: number | null;
}

/** See `RouteEvaluateCurve.points`. */
export interface RouteEvaluateCurvePoint {
  /** Chance of a right answer that a dollar per million tokens is worth; null: the cheapest model alone. */
  cost_weight: number | null;
  /** Mean price of 1,000 answered prompts. */
  dollars_per_1000: number;
  /** Of the answers. */
  accuracy: number;
  /** Standard error over texts. */
  accuracy_se: number;
}

/** See `RouteEvaluateReport.curves`. */
export interface RouteEvaluateCurve {
  /** How models are chosen. */
  name: string;
  /** Mean accuracy over the prices from the cheapest model's to the dearest's (AIQ). */
  area: number;
  /** Standard error. */
  area_se: number;
  /** Above that of one model for all prompts, the best for its price. */
  area_gain: number;
  /** Standard error, paired. */
  area_gain_se: number;
  /** Accuracy at half the price of the best single model, as a share of its accuracy; null: no model is that cheap. */
  at_half: number | null;
  /** Standard error. */
  at_half_se: number | null;
  /** Above that of one model for all prompts. */
  at_half_gain: number;
  /** Standard error, paired. */
  at_half_gain_se: number | null;
  /** RouterArena's score at the cost weight given. */
  arena: number;
  /** Standard error. */
  arena_se: number;
  /** Above that of the best single model. */
  arena_gain: number;
  /** Standard error, paired. */
  arena_gain_se: number;
  /** The curve, the dearest first. */
  points: RouteEvaluateCurvePoint[];
}

/** What `route evaluate` prints. */
export interface RouteEvaluateReport {
  /** The study file. */
  study: string;
  /** Id of the embedding. */
  embedding: string;
  /** As given. */
  seed: number;
  /** Each is left out in turn. */
  tasks: string[];
  /** Their names. */
  models: string[];
  /** Of all tasks. */
  queries: number;
  /** Queries of the left-out task whose outcomes are given. */
  labelled: number;
  /** That were kept: all, or with `--pools-by all-tasks` those where the oracle is more than a point above `bma`. */
  pools: number;
  /** Of which they were kept. */
  pools_drawn: number;
  /** Routing rules for new tasks; means over tasks of means over pools. */
  scores: RouteEvaluateScore[];
  /** Routing of single queries by a router of the other half, which has seen others of their tasks. */
  per_query: RouteEvaluatePerQuery[];
  /** Accuracy against price, of those of `per_query` but `cheapest`; empty without prices. */
  curves: RouteEvaluateCurve[];
  /** Share of pools and tasks in which `assay` returned `bma` for want of better. */
  abstained: number | null;
  /** Share of models and tasks whose accuracy lies in the 95 % interval of `assay`. */
  coverage: number | null;
  /** Standard error. */
  coverage_se: number | null;
  /** Mean. */
  interval_width: number | null;
  /** Mean squared error of the chances of single queries. */
  brier: number | null;
  /** That of the accuracies alone. */
  brier_of_accuracy: number | null;
  /** Mean distance of ten bins of chances from what came true. */
  calibration_error: number | null;
  /** What to bear in mind, in words. */
  notes: string[];
  /** With `--pools`. */
  pool_size?: number;
  /** Points, with `--pools`. */
  pool_spread?: number;
  /** `other-tasks` or `all-tasks`, with `--pools`: by which accuracies models of a pool are close. */
  pools_by: string;
}

/** See `RouteTaskReport.usual_distance`. */
export interface RouteTaskUsualDistance {
  /** The least. */
  low: number;
  /** The largest. */
  high: number;
}

/** See `RouteTaskReport.models`. */
export interface RouteTaskModel {
  /** Its name. */
  name: string;
  /** By the rule; of `assay` the predicted accuracy; null where nothing is known. */
  score: number | null;
  /** Of the 95 % interval of the accuracy; null where the rule predicts none. */
  low: number | null;
  /** Of the 95 % interval of the accuracy; null where the rule predicts none. */
  high: number | null;
  /** On average over the benchmark's tasks. */
  benchmark_accuracy: number;
  /** Number of weights; null if unknown. */
  parameters: number | null;
  /** Dollars per million tokens; null if unknown. */
  cost: number | null;
}

/** What `route task` prints. */
export interface RouteTaskReport {
  /** The router file. */
  router: string;
  /** Id of the embedding. */
  embedding: string;
  /** Digest of the names of the models. */
  candidates: string;
  /** The routing rule. */
  score: string;
  /** Of the task. */
  queries: number;
  /** Of these, with known outcomes. */
  labelled: number;
  /** Of these, those that the router knows little or nothing in, as in another language. */
  unknown: number;
  /** The model to take. */
  chosen: string;
  /** The benchmark says nothing to choose by: the best on average is chosen. */
  abstained: boolean;
  /** Mean distance (1 - cosine) of the queries to their 20 nearest of the benchmark. */
  distance: number;
  /** Of the benchmark's tasks to each other; null with one task. */
  usual_distance: RouteTaskUsualDistance | null;
  /** The best first. */
  models: RouteTaskModel[];
}

/** See `RouteQueryPrompt.models`. */
export interface RouteQueryPromptModel {
  /** Its name. */
  name: string;
  /** Of its being right. */
  chance: number;
  /** Dollars per million tokens; null if unknown. */
  cost: number | null;
}

/** See `RouteQueryReport.prompts`. */
export interface RouteQueryPrompt {
  /** The model to ask. */
  chosen: string;
  /** Of its being right. */
  chance: number;
  /** Of the best model on average. */
  chance_of_best_on_average: number;
  /** False: the router knows little or nothing in it (another language, an empty text), and the best on average is asked. */
  known: boolean;
  /** The most likely first. */
  models: RouteQueryPromptModel[];
}

/** See `RouteQueryReport.guard`. */
export interface RouteQueryGuard {
  /** Points of accuracy that routing may lose against the best single model. */
  risk: number;
  /** Chance that it loses more all the same. */
  delta: number;
  /** False: it could not be shown, or is void, and every query goes to the best single model. */
  routes: boolean;
  /** It was shown of the router before an update, and routes nothing. */
  void: boolean;
  /** By how much a choice must be worth more than the best single model. */
  margin: number;
}

/** What `route query` prints. */
export interface RouteQueryReport {
  /** The router file. */
  router: string;
  /** Id of the embedding. */
  embedding: string;
  /** Digest of the names of the models. */
  candidates: string;
  /** As given. */
  cost_weight: number;
  /** The benchmark says nothing to choose by: the best on average is chosen. */
  abstained: boolean;
  /** One for each. */
  prompts: RouteQueryPrompt[];
  /** What to bear in mind, in words. */
  notes: string[];
  /** Of single queries; absent without `--risk`. */
  guard: RouteQueryGuard;
}

/** See `SynthReport.models`. */
export interface SynthModel {
  /** Its name. */
  name: string;
  /** On the logistic scale. */
  ability: number;
  /** The true one against the baseline. */
  win_rate: number;
}

/** What `synth` prints. */
export interface SynthReport {
  /** The study file. */
  study: string;
  /** How many were made. */
  queries: number;
  /** As given. */
  seed: number;
  /** Standard deviation of the abilities. */
  spread: number;
  /** By falling true win rate. */
  models: SynthModel[];
}

/** What `synth --scores` prints. */
export interface SynthScoresReport {
  /** The study file. */
  study: string;
  /** The family. */
  scores: string;
  /** Responses to score. */
  arms: number;
  /** Scores of each. */
  repeats: number;
  /** As given. */
  seed: number;
  /** Of the arms. */
  largest_variance: number;
  /** Of the arms. */
  mean_variance: number;
}

/** See `DoctorReport.findings`. */
export interface DoctorFinding {
  /** Answers, settings, model, json-schema, verdicts, usage, reasoning, length, order, sense, latency, limits or price. */
  about: string;
  /** Good, note or problem. */
  level: string;
  /** What was found. */
  text: string;
  /** What to do; null: nothing. */
  advice: string | null;
}

/** See `DoctorReport.seconds`. */
export interface DoctorSeconds {
  /** Of all. */
  least: number;
  /** Of all. */
  median: number;
  /** Of all. */
  most: number;
}

/** What `doctor` prints. */
export interface DoctorReport {
  /** Address of the API. */
  url: string;
  /** As asked. */
  model: string;
  /** It can serve as a judge with the options that were given; null if `--max-cost` came before that was known. */
  can_judge: boolean | null;
  /** In words. */
  findings: DoctorFinding[];
  /** That were sent. */
  requests: number;
  /** By failure; the names are in [method/judge](../method/judge.md#failures). */
  requests_failed: object;
  /** That were put to it and have an end: 4 if nothing is in the way. */
  questions: number;
  /** Of these, with a verdict. */
  verdicts: number;
  /** The model as the replies call it; null: untold. */
  answers_as: string | null;
  /** What it does with one: kept, ignored or refused; null: not known. */
  json_schema: string | null;
  /** It refuses `max_tokens`: `--completion-tokens`. */
  needs_completion_tokens: boolean;
  /** It refuses the temperature: `--no-judge-temperature`. */
  needs_no_temperature: boolean;
  /** Names of the counts that it tells. */
  usage: string[];
  /** What it bills follows from them, without contradiction. */
  usage_certain: boolean;
  /** It thinks before it replies. */
  reasons: boolean;
  /** Of a reply, mean; null: not told. */
  reasoning_tokens: unknown;
  /** Of a reply, mean; null: not told. */
  tokens_in: number | null;
  /** Likewise, reasoning included. */
  tokens_out: number;
  /** Tokens out; null: not told. */
  longest_reply: number | null;
  /** That a reply was allowed. */
  max_tokens: number;
  /** Until a reply was there; null without any. */
  seconds: DoctorSeconds | null;
  /** Headers by which it tells its limits, as the last reply has them. */
  rate_limits: object;
  /** Of all requests, at most; null: no price is known. */
  cost: number | null;
  /** Of a reply, mean, at most; null: not known. */
  verdict_cost: number | null;
  /** Both are exact, as far as the price is right. */
  cost_certain: boolean;
  /** As given, in micro-dollars; null: no limit. */
  max_cost: unknown;
}

/** See `DryRunReport.answering`. */
export interface DryRunAnswering {
  /** Who answers. */
  candidates: number;
  /** That would be made. */
  answers_at_most: number;
  /** From and to, micro-dollars: of the answers that `probable_calls` need; null unless each candidate has a price. */
  probable_cost: number[] | null;
  /** Micro-dollars, of the answers that all `calls` need, of likely lengths; null likewise. */
  cost: number | null;
  /** Micro-dollars, each answer as long as `max_tokens` allows; null likewise. */
  cost_at_most: number | null;
  /** A candidate has given no answer yet, by whose length one could go. */
  lengths_guessed: boolean;
}

/** What `select --dry-run` prints. */
export interface DryRunReport {
  /** True. */
  dry_run: boolean;
  /** Of the endpoint. */
  url: string;
  /** As the endpoint calls it. */
  model: string;
  /** Pairs (or scores), at most. */
  calls: number;
  /** For these; what the study can answer is not among them. */
  requests: number;
  /** Questions that the study can answer. */
  from_study: number;
  /** From and to: what strategy `assay` will probably ask before it stops, without what is known; of other strategies and `allocate` twice `calls`. */
  probable_calls: number[];
  /** Of all `calls`, likely. */
  tokens_in: number;
  /** A token a byte, and what frames a message. */
  tokens_in_at_most: number;
  /** Of all `calls`, likely. */
  tokens_out: number;
  /** `--max-tokens` each. */
  tokens_out_at_most: number;
  /** Of this judge, whose lengths the likely tokens are from; 0: fewer than twenty, they are guessed. */
  replies_seen: number;
  /** From and to, micro-dollars: of `probable_calls`, with likely tokens; null without a price. */
  probable_cost: number[] | null;
  /** Micro-dollars, of all `calls` with likely tokens; null without a price. */
  cost: number | null;
  /** Micro-dollars; null without a price. */
  cost_at_most: number | null;
  /** By all runs of the study so far, micro-dollars. */
  spent: number;
  /** `--max-cost`, given or remembered, in micro-dollars; null without. */
  max_cost: number | null;
  /** Of candidates that answer when they are asked; null without. */
  answering: DryRunAnswering | null;
}

/** See `PageReport.checks`. */
export interface PageCheck {
  /** The file. */
  source: string;
  /** What was checked. */
  name: string;
  /** `passed`, `failed` or `undecided`. */
  outcome: string;
  /** A sentence with the numbers. */
  message: string;
}

/** See `PageDocument.calls`. */
export interface PageDocumentCalls {
  /** Names of the queries. */
  queries: string[];
  /** Names of the models. */
  models: string[];
  /** Of each call, in the order in which they counted: its query, from 0. */
  query: number[];
  /** Likewise its model, from 0. */
  model: number[];
  /** Likewise what came, from 0 to 1; null: no verdict. */
  reward: (number | null)[];
  /** Of these, the first ones, which were known before the run. */
  known: number;
}

/** See `PageDocumentJudge.habits`. */
export interface PageDocumentJudgeHabit {
  /** `no_verdict`, `draws`, `longer_preferred`, `first_preferred` or `orders_contradict`. */
  name: string;
  /** The same for people. */
  text: string;
  /** How often. */
  share: number;
  /** Of its 95 % interval (Wilson). */
  low: number;
  /** Of its 95 % interval. */
  high: number;
  /** How many cases. */
  count: number;
  /** Of so many. */
  of: number;
}

/** See `PageDocumentJudge.failures`. */
export interface PageDocumentJudgeFailure {
  /** As the keys of `requests_failed` of `select`. */
  why: string;
  /** How many. */
  count: number;
}

/** See `PageDocument.judge`. */
export interface PageDocumentJudge {
  /** `recorded` or `kept`. */
  oracle: string;
  /** Name of the judge. */
  title: string;
  /** Those of which there is a case. */
  habits: PageDocumentJudgeHabit[];
  /** Dollars that all calls of a paid judge took, at most; null: not known. */
  cost: number | null;
  /** Of all these; null: there are none. */
  tokens_in: number | null;
  /** Likewise. */
  tokens_out: number | null;
  /** Requests that failed, by reason, those tried again included. */
  failures: PageDocumentJudgeFailure[];
}

/** See `PageDocumentExchange.replies`. */
export interface PageDocumentExchangeReply {
  /** `model first`, `baseline first`, or empty where the answer was judged alone. */
  order: string;
  /** As it came. */
  text: string;
  /** Of the model `win`, `draw` or `loss`, or a score; `unreadable`. */
  verdict: string;
}

/** See `PageDocument.exchanges`. */
export interface PageDocumentExchange {
  /** Number of the call, from 0. */
  call: number;
  /** Its query. */
  query: string;
  /** Its model. */
  model: string;
  /** What came, from 0 to 1; null: no verdict. */
  reward: number | null;
  /** The prompt; empty if unknown. */
  prompt: string;
  /** The model's answer; empty if unknown. */
  response: string;
  /** The baseline's answer; null without one. */
  baseline: string | null;
  /** What an LLM judge replied. */
  replies: PageDocumentExchangeReply[];
}

/** See `PageReport.documents`. */
export interface PageDocument {
  /** `select`, `allocate`, `simulate`, `simulate-allocators`, `route-fit`, `route-task`, `route-query`, `route-evaluate`, `ensemble` or `comparison`. */
  kind: string;
  /** Name of the file. */
  title: string;
  /** The file as given. */
  source: string;
  /** Repeats it; null: not known. */
  command: string | null;
  /** The first lines of the text report. */
  summary: string[];
  /** The whole text report. */
  text: string;
  /** The document of the verb's `--json`; of a `comparison` as below. */
  report: object;
  /** Of `select`: what was judged; null without the study. */
  calls: PageDocumentCalls | null;
  /** Of `select`: what is known of the judge; null without the study. */
  judge: PageDocumentJudge | null;
  /** Of `select`: calls with their texts, as many as fit, in the order of the calls. */
  exchanges: PageDocumentExchange[];
  /** Of `select`: calls whose texts did not fit. */
  exchanges_left_out: number;
  /** Of `select`: bytes after which texts are cut; 0: there are none. */
  texts_cut_at: number;
}

/** What `report` prints. */
export interface PageReport {
  /** Version that made it. */
  assay: string;
  /** When, as ISO 8601; null with `--no-timing`. */
  made: string | null;
  /** Whether exchanges are to be fetched: never. */
  live: boolean;
  /** Of `--fail-below` and `--expect-best`, for each selection. */
  checks: PageCheck[];
  /** A comparison where there are several selections, then one for each input. */
  documents: PageDocument[];
}

/** See `ComparisonModel.in`. */
export interface ComparisonModelIn {
  /** As `models[].win_rate` of `select`; and so on. */
  win_rate: number;
  /** Of the 95 % interval. */
  low: number;
  /** Of the 95 % interval. */
  high: number;
  /** Of being the best. */
  probability: number;
  /** It is what was found there. */
  best: boolean;
  /** May still be the best. */
  possible: boolean;
  /** Judged. */
  calls: number;
}

/** See `ComparisonReport.models`. */
export interface ComparisonModel {
  /** Its name. */
  name: string;
  /** One for each input; null where it has not this model. */
  in: (ComparisonModelIn | null)[];
}

/** See `ComparisonPair.agreement`. */
export interface ComparisonPairAgreement {
  /** How often. */
  share: number;
  /** Of its 95 % interval (Wilson). */
  low: number;
  /** Of its 95 % interval. */
  high: number;
  /** How many. */
  count: number;
  /** Of so many. */
  of: number;
}

/** See `ComparisonPair.differences`. */
export interface ComparisonPairDifference {
  /** Its name. */
  model: string;
  /** Its mean reward in the second less that in the first, on the same calls. */
  difference: number;
  /** Of its 95 % interval (Student). */
  low: number;
  /** Of its 95 % interval. */
  high: number;
  /** Judged in both. */
  calls: number;
}

/** See `ComparisonReport.pairs`. */
export interface ComparisonPair {
  /** Number of the input, from 0. */
  first: number;
  /** Number of the other. */
  second: number;
  /** That both have. */
  queries: number;
  /** That both have. */
  models: number;
  /** Calls judged in both that came out the same; null without one. */
  agreement: ComparisonPairAgreement | null;
  /** Of models with at least two calls judged in both. */
  differences: ComparisonPairDifference[];
}

/** What `report: comparison` prints. */
export interface ComparisonReport {
  /** The inputs that are compared. */
  studies: string[];
  /** The model that each found; null: none. */
  best: string[] | null;
  /** Whether all found the same; null while one is undecided, and where other models are no contradiction: with a tolerance, or of different models. */
  agree: boolean | null;
  /** All that any has, by the mean of their rates. */
  models: ComparisonModel[];
  /** Two inputs each that have queries and models in common, and whose calls are known. */
  pairs: ComparisonPair[];
}

/** See `TrustReport.agreement`. */
export interface TrustAgreement {
  /** The share. */
  agreement: number;
  /** 95 % (Wilson). */
  low: number;
  /** Likewise. */
  high: number;
  /** That it is a mean over. */
  pairs: number;
}

/** See `TrustReport.agreement_pooled`. */
export interface TrustAgreementPooled {
  /** The share. */
  agreement: number;
  /** 95 % (Wilson). */
  low: number;
  /** Likewise. */
  high: number;
  /** That it is a mean over. */
  pairs: number;
}

/** See `TrustReport.alpha`. */
export interface TrustAlpha {
  /** 1 all agree, 0 as by chance. */
  value: number;
  /** 95 %, bootstrap over pairs. */
  low: number;
  /** Likewise. */
  high: number;
  /** With two verdicts. */
  pairs: number;
}

/** See `TrustJudgeHabits.draws`. */
export interface TrustJudgeHabitsDraws {
  /** The share. */
  share: number;
  /** 95 % (Wilson). */
  low: number;
  /** Likewise. */
  high: number;
  /** That it is a mean over. */
  of: number;
}

/** See `TrustJudgeHabits.first`. */
export interface TrustJudgeHabitsFirst {
  /** The share. */
  share: number;
  /** 95 % (Wilson). */
  low: number;
  /** Likewise. */
  high: number;
  /** That it is a mean over. */
  of: number;
}

/** See `TrustJudgeHabits.longer`. */
export interface TrustJudgeHabitsLonger {
  /** The share. */
  share: number;
  /** 95 % (Wilson). */
  low: number;
  /** Likewise. */
  high: number;
  /** That it is a mean over. */
  of: number;
}

/** See `TrustReport.judge_habits`. */
export interface TrustJudgeHabits {
  /** Verdicts that are draws. */
  draws: TrustJudgeHabitsDraws | null;
  /** Verdicts but draws for the answer that was read first; null: not known. */
  first: TrustJudgeHabitsFirst | null;
  /** Verdicts but draws for the longer answer; null without one. */
  longer: TrustJudgeHabitsLonger | null;
}

/** See `TrustPeopleHabits.draws`. */
export interface TrustPeopleHabitsDraws {
  /** The share. */
  share: number;
  /** 95 % (Wilson). */
  low: number;
  /** Likewise. */
  high: number;
  /** That it is a mean over. */
  of: number;
}

/** See `TrustPeopleHabits.first`. */
export interface TrustPeopleHabitsFirst {
  /** The share. */
  share: number;
  /** 95 % (Wilson). */
  low: number;
  /** Likewise. */
  high: number;
  /** That it is a mean over. */
  of: number;
}

/** See `TrustPeopleHabits.longer`. */
export interface TrustPeopleHabitsLonger {
  /** The share. */
  share: number;
  /** 95 % (Wilson). */
  low: number;
  /** Likewise. */
  high: number;
  /** That it is a mean over. */
  of: number;
}

/** See `TrustReport.people_habits`. */
export interface TrustPeopleHabits {
  /** Verdicts that are draws. */
  draws: TrustPeopleHabitsDraws | null;
  /** Verdicts but draws for the answer that was read first; null: not known. */
  first: TrustPeopleHabitsFirst | null;
  /** Verdicts but draws for the longer answer; null without one. */
  longer: TrustPeopleHabitsLonger | null;
}

/** See `TrustRater.against_judge`. */
export interface TrustRaterAgainstJudge {
  /** The share. */
  agreement: number;
  /** 95 % (Wilson). */
  low: number;
  /** Likewise. */
  high: number;
  /** That it is a mean over. */
  pairs: number;
}

/** See `TrustReport.raters`. */
export interface TrustRater {
  /** May be empty. */
  name: string;
  /** How often they say the same; null without a pair. */
  against_judge: TrustRaterAgainstJudge | null;
}

/** See `TrustPeopleRater.against_rest`. */
export interface TrustPeopleRaterAgainstRest {
  /** The share. */
  agreement: number;
  /** 95 % (Wilson). */
  low: number;
  /** Likewise. */
  high: number;
  /** That it is a mean over. */
  pairs: number;
}

/** See `TrustPeople.raters`. */
export interface TrustPeopleRater {
  /** May be empty. */
  name: string;
  /** But skips. */
  verdicts: number;
  /** On pairs that nobody else judged. */
  alone: number;
  /** How often the others say the same; null: nobody else judged these pairs. */
  against_rest: TrustPeopleRaterAgainstRest | null;
}

/** See `TrustPeople.agreement`. */
export interface TrustPeopleAgreement {
  /** The share. */
  agreement: number;
  /** 95 % (Wilson). */
  low: number;
  /** Likewise. */
  high: number;
  /** That it is a mean over. */
  pairs: number;
}

/** See `TrustPeople.alpha`. */
export interface TrustPeopleAlpha {
  /** 1 all agree, 0 as by chance. */
  value: number;
  /** 95 %, bootstrap over pairs. */
  low: number;
  /** Likewise. */
  high: number;
  /** With two verdicts. */
  pairs: number;
}

/** See `TrustPeople.alpha_nominal`. */
export interface TrustPeopleAlphaNominal {
  /** 1 all agree, 0 as by chance. */
  value: number;
  /** 95 %, bootstrap over pairs. */
  low: number;
  /** Likewise. */
  high: number;
  /** With two verdicts. */
  pairs: number;
}

/** See `TrustReport.people`. */
export interface TrustPeople {
  /** Who gave a verdict. */
  raters: TrustPeopleRater[];
  /** Of all people. */
  verdicts: number;
  /** With a verdict. */
  pairs: number;
  /** With two or more. */
  pairs_twice: number;
  /** How often two people say the same; null: no pair has two verdicts. */
  agreement: TrustPeopleAgreement | null;
  /** Krippendorff's, of loss < draw < win; null if it is not defined. */
  alpha: TrustPeopleAlpha | null;
  /** Of loss, draw and win as names; likewise. */
  alpha_nominal: TrustPeopleAlphaNominal | null;
  /** Sentences. */
  summary: string[];
}

/** What `trust` prints. */
export interface TrustReport {
  /** The study file. */
  study: string;
  /** The judge in question: a name, or the title of a live one. */
  judge: string;
  /** What people and the judge compared with. */
  baseline: string;
  /** That people and the judge gave a verdict on. */
  pairs: number;
  /** How often the judge and a person say the same, the mean over pairs; null without a pair. */
  agreement: TrustAgreement | null;
  /** How often the judge says what people say together; null without a pair. */
  agreement_pooled: TrustAgreementPooled | null;
  /** Cohen's, of that; null if chance alone would make them agree. */
  kappa: number | null;
  /** Krippendorff's, ordinal, of the judge and people together; null if it is not defined. */
  alpha: TrustAlpha | null;
  /** Pairs by what people say together: loss, draw, win of the model. */
  people_by_judge: number[][];
  /** Of the judge on these pairs. */
  judge_habits: TrustJudgeHabits;
  /** Of single verdicts of people on these pairs. */
  people_habits: TrustPeopleHabits;
  /** People, beside the judge. */
  raters: TrustRater[];
  /** People among themselves, on all pairs that they judged. */
  people: TrustPeople;
  /** Sentences: how far the judge can be trusted. */
  summary: string[];
  /** What else should be known, in words. */
  notes: string[];
}
