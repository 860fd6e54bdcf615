import type { Document } from "../page_data";

/** What no view of its own exists for: the text report. */
export function Unknown({ document }: { document: Document }) {
  return (
    <section>
      <h2>Report</h2>
      <pre class="report">{document.text}</pre>
    </section>
  );
}
