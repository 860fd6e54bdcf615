// What a page is given: by `assay report` inside the file, by `assay view` at `api/page`.
// Figures and sentences come ready from the command; the page computes none.
import type {
  AllocateReport,
  EnsembleReport,
  RouteEvaluateReport,
  RouteFitReport,
  RouteQueryReport,
  RouteTaskReport,
  SelectReport,
  SimulateAllocatorsReport,
  SimulateReport,
  TrustReport,
} from "./reports";

/** The report of one run of a verb. */
export interface ReportDocument<Kind extends string, Report> {
  kind: Kind;
  title: string;
  source: string;
  /** Repeats the run; null: not known. */
  command: string | null;
  /** The first lines of the text report: "Best: ...". */
  summary: string[];
  /** The whole text report. */
  text: string;
  /** The verb's JSON document. */
  report: Report;
}

/** The calls of a selection, in the order in which they counted. The lists `query`, `model` and `reward` go together. */
export interface Calls {
  /** Names. */
  queries: string[];
  models: string[];
  /** Indices into `queries` and `models`. */
  query: number[];
  model: number[];
  /** 1: a win of the model, 0.5: a draw, 0: a loss; of scores a share of the scale; null: no verdict. */
  reward: (number | null)[];
  /** So many of the first were known before the first call. */
  known: number;
}

/** A share with its 95 % interval: `count` of `of`. */
export interface Habit {
  name: string;
  /** In words. */
  text: string;
  share: number | null;
  low: number | null;
  high: number | null;
  count: number;
  of: number;
}

export interface JudgeFacts {
  oracle: string;
  title: string;
  habits: Habit[];
  /** Dollars. */
  cost: number | null;
  tokens_in: number | null;
  tokens_out: number | null;
  failures: { why: string; count: number }[];
}

/** What an LLM or a person said of a pair. */
export interface Reply {
  order: string;
  text: string;
  verdict: string;
}

/** A call with its texts. */
export interface Exchange {
  /** Index into `calls`. */
  call: number;
  query: string;
  model: string;
  reward: number | null;
  prompt: string;
  response: string;
  baseline: string | null;
  replies: Reply[];
}

export interface SelectDocument extends ReportDocument<"select", SelectReport> {
  /** Null where a report was saved without its study. */
  calls: Calls | null;
  judge: JudgeFacts | null;
  exchanges: Exchange[];
  exchanges_left_out: number;
  /** Texts of exchanges are cut at so many bytes; 0: none is. */
  texts_cut_at: number;
}

export interface ComparedModel {
  name: string;
  /** By study; null where it is not in it. */
  in: ({
    win_rate: number;
    low: number;
    high: number;
    probability: number;
    best: boolean;
    possible: boolean;
    calls: number;
  } | null)[];
}

/** Two of the selections, on the queries and models that both have. */
export interface ComparedPair {
  /** Indices into `studies`. */
  first: number;
  second: number;
  queries: number;
  models: number;
  /** Of the calls judged in both, those that came out the same. */
  agreement: { share: number; low: number; high: number; count: number; of: number } | null;
  /** Mean reward in the first less that in the second. */
  differences: { model: string; difference: number; low: number; high: number; calls: number }[];
}

export interface ComparisonReport {
  studies: string[];
  best?: (string | null)[];
  agree?: boolean | null;
  models: ComparedModel[];
  pairs?: ComparedPair[];
}

/** `of` of which a share is, with its 95 % interval. */
export interface TrustShare {
  share: number;
  low: number;
  high: number;
  of: number;
}

/** How often two say the same of a pair, with its 95 % interval. */
export interface Agreeing {
  agreement: number;
  low: number;
  high: number;
  pairs: number;
}

/** Krippendorff's. */
export interface Alpha {
  value: number;
  low: number;
  high: number;
  pairs: number;
}

/** People among themselves. */
export interface RaterAgreement {
  raters: { name: string; verdicts: number; alone: number; against_rest: Agreeing | null }[];
  verdicts: number;
  pairs: number;
  pairs_twice: number;
  agreement: Agreeing | null;
  alpha: Alpha | null;
  summary: string[];
}

export type { TrustReport };

export type Document =
  | SelectDocument
  | ReportDocument<"allocate", AllocateReport>
  | ReportDocument<"simulate", SimulateReport>
  | ReportDocument<"simulate-allocators", SimulateAllocatorsReport>
  | ReportDocument<"route-evaluate", RouteEvaluateReport>
  | ReportDocument<"route-fit", RouteFitReport>
  | ReportDocument<"route-task", RouteTaskReport>
  | ReportDocument<"route-query", RouteQueryReport>
  | ReportDocument<"ensemble", EnsembleReport>
  | ReportDocument<"comparison", ComparisonReport>
  | ReportDocument<"trust", TrustReport>;

/** What was asked of a selection for continuous integration. */
export interface Check {
  source: string;
  name: string;
  outcome: string;
  message: string;
}

export interface PageData {
  assay: string;
  /** ISO 8601. */
  made: string | null;
  live: boolean;
  checks?: Check[];
  documents: Document[];
  /** Of the live page: why there is nothing to show, in a sentence. */
  note?: string | null;
}
