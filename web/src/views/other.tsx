// A report that has no view of its own: its text, and its figures as tables.
import type { VNode } from "preact";
import { count, number, visible } from "../format";
import type { Document } from "../page_data";
import { Foreign, Table } from "../parts";
import { Method } from "./method";
import type { Part } from "./part";

export function otherParts(document: Document): Part[] {
  return [
    { id: "report", title: "Report", body: () => <pre class="report" tabIndex={0}>{visible(document.text)}</pre> },
    { id: "figures", title: "Figures", body: () => <Value name="report" value={document.report} deep={0} /> },
    { id: "method", title: "How to repeat it", body: () => <Method document={document} facts={[]} /> },
  ];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const most = 500;

/** Any JSON: objects as terms, lists of objects as tables. */
function Value({ name, value, deep }: { name: string; value: unknown; deep: number }): VNode {
  if (value === null || value === undefined) return <>–</>;
  if (typeof value === "number") return <>{Number.isInteger(value) ? count(value) : number(value, 4)}</>;
  if (typeof value === "boolean") return <>{value ? "yes" : "no"}</>;
  if (typeof value === "string") return <Foreign text={value} />;
  if (deep > 5) return <>…</>;
  if (Array.isArray(value)) {
    const rows: unknown[] = value.slice(0, most);
    if (rows.length > 0 && rows.every(isObject)) {
      const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, 20);
      return <Table label={name} rows={rows} columns={keys.map((key) => ({ head: visible(key), cell: (row: Record<string, unknown>) => <Value name={key} value={row[key]} deep={deep + 1} /> }))} />;
    }
    return <>{rows.map((one, at) => <>{at > 0 && ", "}<Value name={name} value={one} deep={deep + 1} /></>)}{value.length > most && " …"}</>;
  }
  return (
    <dl class="facts">
      {Object.entries(value).map(([key, one]) => <div><dt>{visible(key).replaceAll("_", " ")}</dt><dd><Value name={key} value={one} deep={deep + 1} /></dd></div>)}
    </dl>
  );
}
