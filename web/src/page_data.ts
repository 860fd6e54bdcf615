// What a page is given: by `assay report` inside the file, by `assay view` at `api/page`.
// Figures and sentences come ready from the command; the page computes none.
import type {
  AllocateReport,
  ComparisonModel,
  ComparisonPair,
  ComparisonReport,
  EnsembleReport,
  PageCheck,
  PageDocumentCalls,
  PageDocumentExchange,
  PageDocumentJudge,
  PageReport,
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

// The lists `query`, `model` and `reward` of the calls go together, in the order in which the calls counted.
export type Calls = PageDocumentCalls;
export type JudgeFacts = PageDocumentJudge;
/** A call with its texts. */
export type Exchange = PageDocumentExchange;
/** What was asked of a selection for continuous integration. */
export type Check = PageCheck;
export type ComparedModel = ComparisonModel;
/** Two of the selections, on the queries and models that both have. */
export type ComparedPair = ComparisonPair;
export type { ComparisonReport };

export interface SelectDocument extends ReportDocument<"select", SelectReport> {
  /** Null where a report was saved without its study. */
  calls: Calls | null;
  judge: JudgeFacts | null;
  exchanges: Exchange[];
  exchanges_left_out: number;
  /** Texts of exchanges are cut at so many bytes; 0: none is. */
  texts_cut_at: number;
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

export interface PageData extends Omit<PageReport, "documents"> {
  /** Of the live page: why there is nothing to show, in a sentence. */
  note?: string | null;
  documents: Document[];
}
