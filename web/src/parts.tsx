// Small parts that all views are made of.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { visible } from "./format";

/** Text of strangers: in a direction of its own, with hidden characters shown. */
export const Foreign = ({ text }: { text: string }) => <bdi>{visible(text)}</bdi>;

/** A part of a document; `id` is what the navigation goes to. */
export function Section({ id, title, children }: { id: string; title: string; children: ComponentChildren }) {
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{title}</h3>
      {children}
    </section>
  );
}

export interface Column<Row> {
  head: string;
  /** What the head means, where it is not plain. */
  help?: string;
  cell: (row: Row) => ComponentChildren;
  /** Text stands left, figures right. */
  text?: boolean;
}

/** A table; the first column names the row. */
export function Table<Row>({ label, columns, rows }: { label: string; columns: Column<Row>[]; rows: readonly Row[] }) {
  const side = (column: Column<Row>) => (column.text ? "text" : undefined);
  return (
    <div class="scroll" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>{columns.map((column) => <th scope="col" class={side(column)} title={column.help}>{column.head}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {columns.map((column, at) =>
                at === 0 ? <th scope="row" class={side(column)}>{column.cell(row)}</th> : <td class={side(column)}>{column.cell(row)}</td>,
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Shut until somebody opens it, or the page is printed; what is inside is made only then. */
export function Details({ summary, children, open = false, printed = true }: { summary: string; children: () => ComponentChildren; open?: boolean; printed?: boolean }) {
  const [shown, show] = useState(open);
  const [made, make] = useState(open);
  const printing = usePrinting() && printed;
  return (
    <details class={printed ? undefined : "not-printed"} open={shown || printing} onToggle={(event) => {
      const now = event.currentTarget.open;
      if (printing) return;
      show(now);
      if (now) make(true);
    }}>
      <summary>{summary}</summary>
      {(made || shown || printing) && children()}
    </details>
  );
}

/** Whether the page is being printed. */
export function usePrinting() {
  const [printing, set] = useState(false);
  useEffect(() => {
    const media = matchMedia("print");
    const change = () => set(media.matches);
    const before = () => set(true), after = () => set(false);
    change();
    media.addEventListener("change", change);
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    return () => {
      media.removeEventListener("change", change);
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
    };
  }, []);
  return printing;
}

/** The width of an element in pixels, to be given as its `ref`; 0 until it is known. */
export function useWidth<E extends HTMLElement>() {
  const ref = useRef<E>(null);
  const [width, set] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => set(Math.floor(element.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width] as const;
}

/** Terms and what they are. */
export function Facts({ facts }: { facts: (readonly [string, ComponentChildren] | null | false)[] }) {
  return (
    <dl class="facts">
      {facts.map((fact) => fact && (
        <div>
          <dt>{fact[0]}</dt>
          <dd>{fact[1]}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Text to copy, as a command. */
export function Copyable({ text }: { text: string }) {
  const [copied, set] = useState(false);
  return (
    <div class="copyable">
      <code tabIndex={0}>{visible(text)}</code>
      {navigator.clipboard && (
        <button type="button" onClick={() => void navigator.clipboard.writeText(text).then(() => set(true), () => set(false))}>
          {copied ? "Copied" : "Copy"}
        </button>
      )}
    </div>
  );
}
