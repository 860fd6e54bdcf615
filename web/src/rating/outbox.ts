// What a rater did and the server doesn't know yet, kept in the browser: an item of the storage for each action, so that
// two tabs of one rater never overwrite one another's. Texts of pairs are never kept.
import type { VerdictMessage } from "./rating_api";

export type Action = ({ kind: "verdict" } & VerdictMessage) | { kind: "undo"; id: string };

export interface Entry {
  key: string;
  action: Action;
  /** It was sent at least once; the server may have it. */
  tried: boolean;
}

/** A part of the DOM's Storage. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/** A short name for a server's address. The address holds a token, which the storage is not to show. */
export function storeName(address: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(address)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return `assay rating ${hash.toString(16).padStart(16, "0")}`;
}

function parse(text: string | null): { action: Action; tried: boolean } | null {
  try {
    const value = JSON.parse(text ?? "null");
    return typeof value?.action?.id === "string" ? value : null;
  } catch {
    return null;
  }
}

/** How many answers back can be named. */
const longestHistory = 50;

/** Actions in the order in which they were done. */
export class Outbox {
  private readonly prefix: string;
  private readonly historyKey: string;
  /** What the storage didn't take: it is full, or forbidden. */
  private readonly memory = new Map<string, string>();

  /** `tab` tells the tabs of a browser apart. Without a store (null) all is in memory. */
  constructor(private readonly store: Store | null, name: string, private readonly tab: string) {
    this.prefix = `${name} action `;
    this.historyKey = `${name} answered`;
  }

  private read(key: string): string | null {
    return this.memory.get(key) ?? this.store?.getItem(key) ?? null;
  }

  private put(key: string, text: string): void {
    try {
      if (!this.store) throw new Error("no storage");
      this.store.setItem(key, text);
      this.memory.delete(key);
    } catch {
      this.memory.set(key, text);
    }
  }

  entries(): Entry[] {
    const texts = new Map<string, string | null>();
    for (let at = 0; this.store && at < this.store.length; ++at) {
      const key = this.store.key(at);
      if (key?.startsWith(this.prefix)) texts.set(key, this.store.getItem(key));
    }
    for (const [key, text] of this.memory) if (key.startsWith(this.prefix)) texts.set(key, text);
    const entries: Entry[] = [];
    for (const [key, text] of texts) {
      const value = parse(text);
      if (value) entries.push({ key, ...value });
    }
    return entries.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  add(action: Action): void {
    const last = this.entries().at(-1);
    const number = last ? Number(last.key.slice(this.prefix.length).split(" ")[0]) + 1 : 1;
    this.write({ key: `${this.prefix}${String(number).padStart(12, "0")} ${this.tab}`, action, tried: false });
  }

  /** Replaces what stands under the entry's key. */
  write({ key, action, tried }: Entry): void {
    this.put(key, JSON.stringify({ action, tried }));
  }

  remove(key: string): void {
    this.store?.removeItem(key);
    this.memory.delete(key);
  }

  /** Ids of pairs that were answered and not taken back, newest last. Names what an undo is about, after a reload too. */
  history(): string[] {
    try {
      const ids: unknown = JSON.parse(this.read(this.historyKey) ?? "[]");
      return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
    } catch {
      return [];
    }
  }

  remember(id: string): void {
    this.put(this.historyKey, JSON.stringify([...this.history().filter((one) => one !== id), id].slice(-longestHistory)));
  }

  forget(id: string): void {
    this.put(this.historyKey, JSON.stringify(this.history().filter((one) => one !== id)));
  }

  /** Whether a `storage` event is about this outbox. */
  holds(key: string | null): boolean {
    return key === null || key.startsWith(this.prefix);
  }

  /** Pairs that are answered here, as far as the server doesn't know. */
  answered(): Set<string> {
    const ids = new Set<string>();
    for (const { action } of this.entries()) {
      if (action.kind === "verdict") ids.add(action.id);
      else ids.delete(action.id);
    }
    return ids;
  }
}
