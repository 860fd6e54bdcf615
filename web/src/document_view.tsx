// A document of the page: its answer, and its parts.
import { unbroken, visible } from "./format";
import type { Document } from "./page_data";
import { Foreign, Section } from "./parts";
import type { Part } from "./views/part";

/** Where a part of the document number `at` stands. */
export const partId = (at: number, part: Part) => `report-${at + 1}-${part.id}`;

/** "Best: x, wins" -> ["Best", "x, wins"]; a line without a label has an empty one. */
function labelled(line: string): [string, string] {
  const match = /^([A-Z][a-z ]{1,24}): (.*)$/s.exec(line);
  return match ? [match[1] ?? "", match[2] ?? ""] : ["", line];
}

export function DocumentView({ document, at, parts }: { document: Document; at: number; parts: Part[] }) {
  const [first, ...rest] = document.summary;
  const [label, answer] = labelled(first ?? "There is nothing to report yet.");
  const best = document.kind === "select" ? document.report.best : "";
  const named = best !== "" && answer.startsWith(best);
  return (
    <article aria-labelledby={`report-${at + 1}`}>
      <p class="source">{label && <>{label} · </>}<Foreign text={document.title} /></p>
      <h2 id={`report-${at + 1}`} class={answer.length > 160 ? "answer long" : "answer"}>
        {named ? <><strong><Foreign text={best} /></strong>{visible(unbroken(answer.slice(best.length)))}</> : <Foreign text={unbroken(answer)} />}
      </h2>
      {rest.length > 0 && (
        <div class="sentences">
          {rest.map((line) => {
            const [name, text] = labelled(line);
            return <p>{name && <span class="label">{name}</span>}<Foreign text={unbroken(text)} /></p>;
          })}
        </div>
      )}
      {isEmpty(document) && (
        <p class="note">Nothing here has been judged yet. Once it has, the ranking, the verdicts and how sure they are stand here.</p>
      )}
      {parts.map((part) => <Section key={part.id} id={partId(at, part)} title={part.title}>{part.body()}</Section>)}
    </article>
  );
}

const isEmpty = (document: Document) => document.kind === "select" && document.report.calls + document.report.known === 0;
