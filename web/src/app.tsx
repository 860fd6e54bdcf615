// The page: header, contents, and the documents one after the other.
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { DocumentView, partId } from "./document_view";
import { visible } from "./format";
import type { Check, PageData } from "./page_data";
import { Foreign } from "./parts";
import { partsOf } from "./views/views";

interface AppProps {
  data: PageData;
  /** Right in the header. */
  status?: ComponentChildren;
  /** Above the documents. */
  above?: ComponentChildren;
}

export function App({ data, status, above }: AppProps) {
  const shown = useMemo(() => data.documents.map((document) => ({ document, parts: partsOf(document, data.live) })), [data]);
  const only = data.documents.length === 1 ? data.documents[0] : undefined;
  return (
    <div class="page">
      <a class="skip" href="#main">Skip to the report</a>
      <header class="top">
        <span class="brand">assay</span>
        <h1>{only ? visible(only.title) : data.documents.length === 0 ? "Nothing to show yet" : `${data.documents.length} reports`}</h1>
        {status}
      </header>
      <div class="layout">
        <nav class="contents" aria-label="Contents">
          {shown.map(({ document, parts }, at) => (
            <>
              {!only && <p class="of-document"><Foreign text={document.title} /></p>}
              <ul>{parts.map((part) => <li><a href={`#${partId(at, part)}`}>{part.title}</a></li>)}</ul>
            </>
          ))}
        </nav>
        <main id="main" tabIndex={-1}>
          {above}
          {data.checks.length > 0 && <Checks checks={data.checks} />}
          {shown.length === 0 && (
            <article>
              <h2 class="answer">{data.note ? "There is nothing to show yet." : "This study is empty."}</h2>
              {data.note
                ? <p><Foreign text={data.note} /></p>
                : <p>It has no responses to compare yet; <code>assay import STUDY FILES</code> brings them in.</p>}
            </article>
          )}
          {shown.map(({ document, parts }, at) => <DocumentView key={at} document={document} at={at} parts={parts} />)}
          <footer>
            Made by assay {data.assay}{data.made && <> on <time dateTime={data.made}>{data.made.slice(0, 16).replace("T", " ")}</time></>}.
            {!data.live && " All of it is in this file: nothing is fetched."}
          </footer>
        </main>
      </div>
    </div>
  );
}

/** What was asked for in continuous integration, and how it came out. */
function Checks({ checks }: { checks: Check[] }) {
  return (
    <section class="run" aria-labelledby="checks">
      <h2 id="checks">Checks</h2>
      <ul class="checks">
        {checks.map((check) => (
          <li>
            <span class={`outcome ${check.outcome === "passed" ? "win" : check.outcome === "failed" ? "loss" : "none"}`}>{check.outcome}</span>
            <span><Foreign text={check.name} />{check.message && <>: <Foreign text={check.message} /></>} <span class="quiet"><Foreign text={check.source} /></span></span>
          </li>
        ))}
      </ul>
    </section>
  );
}
