// What it takes to repeat a run.
import type { ComponentChildren } from "preact";
import { visible } from "../format";
import type { Document } from "../page_data";
import { Copyable, Details, Facts, Foreign } from "../parts";

interface MethodProps {
  document: Document;
  facts: (readonly [string, string | number] | false | null)[];
  notes?: readonly string[];
}

/** More than a browser shows at once is cut. */
const longestJson = 200_000;

function jsonOf(report: unknown) {
  const text = JSON.stringify(report, null, 1);
  return visible(text.length > longestJson ? `${text.slice(0, longestJson)}\n… (--json prints the rest, too)` : text);
}

export function Method({ document, facts, notes = [] }: MethodProps) {
  const shown: (readonly [string, ComponentChildren] | false | null)[] =
    facts.map((fact) => fact && [fact[0], typeof fact[1] === "string" ? <Foreign text={fact[1]} /> : String(fact[1])]);
  return (
    <>
      {document.command !== null && <Copyable text={document.command} />}
      <Facts facts={[["file", <Foreign text={document.source} />], ...shown]} />
      {notes.length > 0 && (
        <ul class="notes">
          {notes.map((note) => <li><Foreign text={note} /></li>)}
        </ul>
      )}
      <Details summary="The report as text">{() => <pre class="report" tabIndex={0}>{visible(document.text)}</pre>}</Details>
      <Details summary="The report as JSON" printed={false}>{() => <pre class="report" tabIndex={0}>{jsonOf(document.report)}</pre>}</Details>
    </>
  );
}
