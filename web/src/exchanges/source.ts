// Where the texts of calls come from: the file itself, or page by page from the server.
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Calls, Exchange } from "../page_data";

/** What the list shows: all calls that meet it. */
export interface Filter {
  search: string;
  /** A name; empty: all. */
  model: string;
  /** A tone: "win", "draw", "loss", "none"; empty: all. */
  outcome: string;
  /** Only calls with texts. */
  texts: boolean;
}

/** Gives the texts of a call; null: they are left out. */
export type TextsOf = (call: number) => Promise<Exchange | null>;

export interface Source {
  texts: TextsOf;
  /** The prompt of a call, if it is at hand. */
  prompt: (call: number) => string | undefined;
  /** Whether the call has texts; undefined: all have. */
  has?: (call: number) => boolean;
  /** The calls whose texts hold what is searched for. */
  search: (text: string, signal: AbortSignal) => Promise<Set<number>>;
}

export function offlineSource(exchanges: Exchange[]): Source {
  const byCall = new Map(exchanges.map((exchange) => [exchange.call, exchange]));
  return {
    texts: (call) => Promise.resolve(byCall.get(call) ?? null),
    prompt: (call) => byCall.get(call)?.prompt,
    has: (call) => byCall.has(call),
    search: (text) => {
      const wanted = text.toLowerCase();
      const holds = (part: string | null) => part !== null && part.toLowerCase().includes(wanted);
      return Promise.resolve(new Set(exchanges
        .filter((one) => holds(one.prompt) || holds(one.response) || holds(one.baseline) || one.replies.some((reply) => holds(reply.text)))
        .map((one) => one.call)));
    },
  };
}

const pageSize = 50;

export function liveSource(): Source {
  const pages = new Map<number, Promise<Exchange[]>>();
  const prompts = new Map<number, string>();
  const get = async (query: Record<string, string>, signal?: AbortSignal) => {
    const reply = await fetch(`api/exchanges?${new URLSearchParams(query)}`, { signal });
    if (!reply.ok) throw new Error(`the server said ${reply.status}`);
    return (await reply.json()) as { total: number; exchanges: Exchange[] };
  };
  return {
    texts: async (call) => {
      const page = Math.floor(call / pageSize);
      let got = pages.get(page);
      if (!got) {
        got = get({ from: String(page * pageSize), count: String(pageSize) }).then((reply) => {
          for (const exchange of reply.exchanges) prompts.set(exchange.call, exchange.prompt.slice(0, 200));
          return reply.exchanges;
        });
        pages.set(page, got);
        // Neither a failure nor a page that is not full yet is kept.
        got.then((list) => list.length < pageSize && pages.delete(page), () => pages.delete(page));
      }
      return (await got).find((exchange) => exchange.call === call) ?? null;
    },
    prompt: (call) => prompts.get(call),
    search: async (text, signal) => {
      const found = new Set<number>();
      for (let from = 0; ; ) {
        const reply = await get({ search: text, from: String(from), count: "500" }, signal);
        for (const exchange of reply.exchanges) found.add(exchange.call);
        from += reply.exchanges.length;
        if (reply.exchanges.length === 0 || from >= reply.total || found.size >= 2000) return found;
      }
    },
  };
}

/** The calls that a filter lets through, as indices; null while the texts are searched. */
export function useFiltered(calls: Calls, filter: Filter, source: Source, toneOf: (reward: number | null) => string) {
  const [found, set] = useState<{ search: string; calls: Set<number> } | null>(null);
  const search = filter.search.trim();
  useEffect(() => {
    if (!search) return set(null);
    const abort = new AbortController();
    const timer = setTimeout(() => {
      source.search(search, abort.signal).then((result) => set({ search, calls: result }), () => {});
    }, 150);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [search, source]);
  return useMemo(() => {
    const model = filter.model ? calls.models.indexOf(filter.model) : -1;
    const wanted = search.toLowerCase();
    const namedQueries = new Set(search ? calls.queries.flatMap((name, at) => (name.toLowerCase().includes(wanted) ? [at] : [])) : []);
    const namedModels = new Set(search ? calls.models.flatMap((name, at) => (name.toLowerCase().includes(wanted) ? [at] : [])) : []);
    const list: number[] = [];
    for (let call = 0; call < calls.query.length; ++call) {
      const one = calls.model[call] ?? -1;
      if (filter.texts && source.has?.(call) === false) continue;
      if (filter.model && one !== model) continue;
      if (filter.outcome && toneOf(calls.reward[call] ?? null) !== filter.outcome) continue;
      if (search && !namedModels.has(one) && !namedQueries.has(calls.query[call] ?? -1) && !(found?.search === search && found.calls.has(call))) continue;
      list.push(call);
    }
    return { list, searching: search !== "" && found?.search !== search };
  }, [calls, source, filter.model, filter.outcome, filter.texts, search, found, toneOf]);
}
