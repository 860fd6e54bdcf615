// The verdicts behind a selection: a list of all calls, and the texts of the one that is looked at.
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { count, outcome, shortened, tone } from "../format";
import type { Calls, Exchange } from "../page_data";
import { Foreign } from "../parts";
import { Side } from "./side";
import type { Filter, Source } from "./source";
import { useFiltered } from "./source";

interface ExchangesProps {
  calls: Calls;
  measure: string;
  baseline: string;
  source: Source;
  /** Calls whose texts are not in the file. */
  leftOut: number;
  /** Longer texts are cut there, bytes; 0: none is. */
  cutAt: number;
}

const rowHeight = 44;

export function Exchanges({ calls, measure, baseline, source, leftOut, cutAt }: ExchangesProps) {
  const [filter, setFilter] = useState<Filter>({ search: "", model: "", outcome: "", texts: leftOut > 0 && leftOut < calls.query.length });
  const { list, searching } = useFiltered(calls, filter, source, tone);
  const [active, setActive] = useState(0);
  const [markdown, setMarkdown] = useState(true);
  const at = Math.min(active, Math.max(0, list.length - 1));
  const names = useMemo(() => [...new Set(calls.model)].map((model) => calls.models[model] ?? "").sort((a, b) => a.localeCompare(b)), [calls]);
  const change = (part: Partial<Filter>) => {
    setFilter({ ...filter, ...part });
    setActive(0);
  };
  const outcomes = [["win", measure === "accuracy" ? "right" : measure === "score" ? "upper half" : "win"], ["draw", measure === "accuracy" || measure === "score" ? "middle" : "draw"], ["loss", measure === "accuracy" ? "wrong" : measure === "score" ? "lower half" : "loss"], ["none", "no verdict"]];
  return (
    <div class="exchanges">
      <form class="filter" role="search" onSubmit={(event) => event.preventDefault()}>
        <label>
          <span>Search</span>
          <input type="search" placeholder="prompts, responses, names" value={filter.search} onInput={(event) => change({ search: event.currentTarget.value })} />
        </label>
        <label>
          <span>Model</span>
          <select value={filter.model} onChange={(event) => change({ model: event.currentTarget.value })}>
            <option value="">all models</option>
            {names.map((name) => <option value={name}>{shortened(name, 60)}</option>)}
          </select>
        </label>
        <label>
          <span>Verdict</span>
          <select value={filter.outcome} onChange={(event) => change({ outcome: event.currentTarget.value })}>
            <option value="">all verdicts</option>
            {outcomes.map(([value, name]) => <option value={value}>{name}</option>)}
          </select>
        </label>
        {leftOut > 0 && (
          <label class="tick">
            <input type="checkbox" checked={filter.texts} onChange={(event) => change({ texts: event.currentTarget.checked })} /> With texts
          </label>
        )}
        <label class="tick">
          <input type="checkbox" checked={markdown} onChange={(event) => setMarkdown(event.currentTarget.checked)} /> Markdown
        </label>
        <output aria-live="polite">{searching ? "searching …" : `${count(list.length)} of ${count(calls.query.length)} calls`}</output>
      </form>
      {leftOut > 0 && <p class="note">{count(leftOut)} calls are here without their texts, so that this file stays small.</p>}
      <div class="sides">
        <CallList calls={calls} list={list} measure={measure} at={at} choose={setActive} source={source} filter={filter} />
        <Chosen calls={calls} call={list[at]} measure={measure} baseline={baseline} source={source} markdown={markdown} cutAt={cutAt} />
      </div>
    </div>
  );
}

interface CallListProps {
  calls: Calls;
  list: number[];
  measure: string;
  at: number;
  choose: (at: number) => void;
  source: Source;
  filter: Filter;
}

/** All calls of the list; only those in sight are in the page. */
function CallList({ calls, list, measure, at, choose, source, filter }: CallListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const options = () => ({
    count: list.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: draw as () => void,
  });
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, HTMLDivElement>(options()));
  virtualizer.setOptions(options());
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  // Another filter begins at the top; calls that a live run adds move nothing.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [filter]);
  const go = (to: number) => {
    const next = Math.max(0, Math.min(list.length - 1, to));
    choose(next);
    virtualizer.scrollToIndex(next);
  };
  const keys = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: list.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  };
  const items = virtualizer.getVirtualItems();
  const inSight = items.some((item) => item.index === at);
  return (
    <div ref={scroller} class="call-list" role="listbox" aria-label="Calls" tabIndex={0} onKeyDown={keys} aria-activedescendant={inSight ? `${id}-${at}` : undefined}>
      <div class="call-rows" role="presentation" style={{ height: `${virtualizer.getTotalSize()}px` }}>
        {items.map((item) => {
          const call = list[item.index] ?? 0;
          const reward = calls.reward[call] ?? null;
          return (
            <div key={item.key} id={`${id}-${item.index}`} role="option" class="call-row" aria-selected={item.index === at} aria-setsize={list.length} aria-posinset={item.index + 1}
              style={{ transform: `translateY(${item.start}px)` }} onClick={() => choose(item.index)}>
              <span class="call-number">{count(call + 1)}</span>
              <span class="call-names">
                <bdi>{shortened(calls.models[calls.model[call] ?? -1] ?? "", 44)}</bdi>
                <bdi class="quiet">{shortened(source.prompt(call)?.slice(0, 300) ?? calls.queries[calls.query[call] ?? -1] ?? "", 54)}</bdi>
              </span>
              <span class={`outcome ${tone(reward)}`}>{outcome(reward, measure)}</span>
            </div>
          );
        })}
      </div>
      {list.length === 0 && <p class="quiet empty">No call is like that.</p>}
    </div>
  );
}

interface ChosenProps {
  calls: Calls;
  call: number | undefined;
  measure: string;
  baseline: string;
  source: Source;
  markdown: boolean;
  cutAt: number;
}

const encoder = new TextEncoder();

/** The texts of a call. */
function Chosen({ calls, call, measure, baseline, source, markdown, cutAt }: ChosenProps) {
  const [got, set] = useState<{ call: number; exchange: Exchange | null; failed?: string } | null>(null);
  useEffect(() => {
    if (call === undefined) return;
    let wanted = true;
    source.texts(call).then(
      (exchange) => wanted && set({ call, exchange }),
      (error: Error) => wanted && set({ call, exchange: null, failed: error.message }),
    );
    return () => void (wanted = false);
  }, [call, source]);
  if (call === undefined) return <div class="chosen" />;
  const reward = calls.reward[call] ?? null;
  const model = calls.models[calls.model[call] ?? -1] ?? "";
  const exchange = got?.call === call ? got.exchange : null;
  const text = (title: ComponentChildren, one: string) =>
    // A cut falls between characters, so that up to three bytes are missing.
    <Side title={title} text={one} markdown={markdown} cut={cutAt > 0 && encoder.encode(one).length > cutAt - 4} />;
  return (
    <div class="chosen">
      <p class="chosen-head">
        <span class={`outcome ${tone(reward)}`}>{outcome(reward, measure)}</span>
        <span>Call {count(call + 1)}{call < calls.known ? ", known before the run" : ""}: <Foreign text={model} /> <span class="quiet">on <bdi>{shortened(calls.queries[calls.query[call] ?? -1] ?? "", 60)}</bdi></span></span>
      </p>
      {exchange === null ? (
        <p class="quiet">{got?.call !== call ? "…" : got.failed ? `The texts did not come: ${got.failed}` : "The texts of this call are left out."}</p>
      ) : (
        <>
          {text("Prompt", exchange.prompt)}
          <div class={exchange.baseline === null ? "responses one" : "responses"}>
            {text(<Foreign text={model} />, exchange.response)}
            {exchange.baseline !== null && text(<><Foreign text={baseline} /> <span class="quiet">(baseline)</span></>, exchange.baseline)}
          </div>
          {exchange.replies.map((reply) => text(<>The judge{reply.order && <span class="quiet">, {reply.order}</span>}: <Foreign text={reply.verdict} /></>, reply.text))}
        </>
      )}
    </div>
  );
}
