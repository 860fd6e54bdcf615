// What a page is given: by `assay report` inside the file, by `assay view` at `api/page`.
// Figures and sentences come ready from the command; the page computes none.

/** A document of the page: the report of one run of a verb. */
export interface Document {
  kind: string;
  title: string;
  source: string;
  /** Repeats the run; null: not known. */
  command: string | null;
  /** The first lines of the text report. */
  summary: string[];
  /** The whole text report. */
  text: string;
  /** The verb's JSON document. */
  report: unknown;
}

export interface PageData {
  assay: string;
  /** ISO 8601. */
  made: string | null;
  live: boolean;
  documents: Document[];
}
