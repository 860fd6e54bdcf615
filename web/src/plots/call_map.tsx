// Where the calls went: models by queries, a point for each call. A canvas, as there may be 40,000 of them.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { count, outcome, shortened, tone } from "../format";
import type { Calls } from "../page_data";
import { Details, Foreign, Table, useWidth } from "../parts";
import type { SelectModel } from "../reports";

interface CallMapProps {
  calls: Calls;
  /** As they are ranked. */
  models: SelectModel[];
  measure: string;
}

const tones = ["win", "draw", "loss", "none"] as const;

export function CallMap({ calls, models, measure }: CallMapProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [told, tell] = useState("");
  const scheme = useScheme();

  // Queries from left to right as they were first judged, models from top to bottom as they are ranked.
  const layout = useMemo(() => {
    const rowOf = new Map(models.map((model, row) => [model.name, row]));
    const rows = calls.models.map((name) => rowOf.get(name) ?? -1);
    const column = new Map<number, number>();
    for (const query of calls.query) if (!column.has(query)) column.set(query, column.size);
    const at = new Map<number, number>();
    calls.query.forEach((query, call) => at.set((column.get(query) ?? 0) * models.length + (rows[calls.model[call] ?? -1] ?? -1), call));
    return { rows, column, at, columns: Math.max(1, column.size) };
  }, [calls, models]);

  const rowHeight = models.length > 300 ? 1 : models.length > 120 ? 3 : models.length > 80 ? 7 : models.length > 40 ? 13 : 16;
  const height = rowHeight * models.length;
  const names = rowHeight >= 13 && width > 520 ? 190 : 0;

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || !width) return;
    const ratio = Math.min(2, devicePixelRatio || 1);
    element.width = width * ratio;
    element.height = height * ratio;
    const style = getComputedStyle(element);
    const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
    context.scale(ratio, ratio);
    context.fillStyle = color("sunken");
    context.fillRect(names, 0, width - names, height);
    if (names) {
      context.font = `${rowHeight < 16 ? 11 : 12}px ${style.fontFamily}`;
      context.textAlign = "right";
      context.textBaseline = "middle";
      context.fillStyle = color("ink");
      models.forEach((model, row) => context.fillText(shortened(model.name, 25), names - 8, (row + 0.5) * rowHeight, names - 8));
    }
    const step = (width - names) / layout.columns;
    const gap = step > 4 && rowHeight > 4 ? 1 : 0;
    for (const one of tones) {
      context.fillStyle = color(one);
      calls.query.forEach((query, call) => {
        if (tone(calls.reward[call] ?? null) !== one) return;
        const row = layout.rows[calls.model[call] ?? -1] ?? -1;
        if (row < 0) return;
        context.fillRect(names + (layout.column.get(query) ?? 0) * step, row * rowHeight, Math.max(1, step - gap), Math.max(1, rowHeight - gap));
      });
    }
  }, [width, height, names, rowHeight, layout, calls, models, scheme]);

  const point = (event: MouseEvent) => {
    const box = canvas.current?.getBoundingClientRect();
    if (!box) return;
    const row = Math.floor((event.clientY - box.top) / rowHeight);
    const column = Math.floor(((event.clientX - box.left - names) / (width - names)) * layout.columns);
    const call = layout.at.get(column * models.length + row);
    const model = models[row];
    if (column < 0 || !model) return tell("");
    tell(call === undefined
      ? `${shortened(model.name, 60)}: not asked here`
      : `Call ${count(call + 1)}: ${shortened(model.name, 60)} on ${shortened(calls.queries[calls.query[call] ?? -1] ?? "", 60)}: ${outcome(calls.reward[call] ?? null, measure)}`);
  };

  const label = `Where the calls went: ${count(models.length)} models by ${count(layout.column.size)} judged queries`;
  return (
    <figure>
      <ul class="legend">
        {[["win", measure === "accuracy" ? "right" : measure === "score" ? "upper half" : "win"], ["draw", measure === "accuracy" || measure === "score" ? "middle" : "draw"], ["loss", measure === "accuracy" ? "wrong" : measure === "score" ? "lower half" : "loss"], ["none", "no verdict"]].map(([one, name]) => (
          <li><span class={`swatch ${one}`} aria-hidden="true" />{name}</li>
        ))}
      </ul>
      <div ref={frame} class="plot-frame">
        <canvas ref={canvas} class="call-map" role="img" aria-label={label} style={{ height: `${height}px` }} onMouseMove={point} onMouseLeave={() => tell("")} />
      </div>
      <p class="told" aria-hidden="true">{told || "Point at a cell to see the call."}</p>
      <figcaption>
        Each column is a query, in the order in which they were first judged; each row is a model, the best on top.
        What is blank was never asked: that is what was saved.
      </figcaption>
      <Details summary="Figures as a table">
        {() => (
          <Table label="Calls of each model" rows={models} columns={[
            { head: "model", text: true, cell: (model) => <Foreign text={model.name} /> },
            { head: "wins", cell: (model) => count(model.wins) },
            { head: "draws", cell: (model) => count(model.draws) },
            { head: "losses", cell: (model) => count(model.losses) },
            { head: "no verdict", cell: (model) => count(model.no_verdict) },
          ]} />
        )}
      </Details>
    </figure>
  );
}

/** Changes when the colours of the page do. */
function useScheme() {
  const [scheme, set] = useState(0);
  useEffect(() => {
    const media = matchMedia("(prefers-color-scheme: dark)");
    const print = matchMedia("print");
    const change = () => set((n) => n + 1);
    media.addEventListener("change", change);
    print.addEventListener("change", change);
    return () => {
      media.removeEventListener("change", change);
      print.removeEventListener("change", change);
    };
  }, []);
  return scheme;
}
