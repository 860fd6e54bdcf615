// What the page of a person who judges says to the server, and what comes back.

/** A prompt and two answers without their names. */
export interface Pair {
  /** Opaque. A verdict with the same id counts once, however often it is sent. It stays when a verdict is taken back. */
  id: string;
  prompt: string;
  first: string;
  second: string;
  /** From 1, of this rater. */
  number: number;
}

export interface Progress {
  /** Verdicts of this rater, and of all. */
  mine: number;
  all: number;
  budget: number | null;
  /** A sentence: what is left to decide. */
  left: string;
  decided: boolean;
}

/** The reply to every request. */
export interface RatingState {
  rater: string;
  progress: Progress;
  /** The one to judge now, and those ahead. */
  pairs: Pair[];
  can_undo: boolean;
}

/** The first answer is better, the second, neither; or the rater leaves the pair out. */
export type Verdict = "1" | "2" | "0" | "skip";

export interface VerdictMessage {
  id: string;
  verdict: Verdict;
  note: string;
  /** How long the rater looked at the pair. */
  seconds: number;
}

export type Reply =
  | { kind: "state"; state: RatingState }
  /** The pair is no longer this rater's. */
  | { kind: "late"; state: RatingState | null }
  /** The server understood, and says no. */
  | { kind: "refused"; error: string }
  /** Nothing is served at this address. */
  | { kind: "gone" }
  /** Nobody knows whether the request arrived. */
  | { kind: "lost" }
  /** The server has it, and can't do it now. */
  | { kind: "failing"; error: string };

/** Never throws: what goes wrong is a reply, too. */
export interface RatingApi {
  state(): Promise<Reply>;
  verdict(message: VerdictMessage): Promise<Reply>;
  /** Takes back the newest answer, which is that to the pair `id` ("": not known). */
  undo(id: string): Promise<Reply>;
}

/** A request without a reply for as long counts as lost. */
const timeout = 15_000;

function isState(value: unknown): value is RatingState {
  const state = value as RatingState | null;
  return typeof state === "object" && state !== null && Array.isArray(state.pairs) && typeof state.progress === "object";
}

async function reply(response: Response): Promise<Reply> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && isState(body)) return { kind: "state", state: body };
  if (response.status === 409) return { kind: "late", state: isState(body) ? body : null };
  if (response.status === 404) return { kind: "gone" };
  const said = (body as { error?: unknown } | null)?.error;
  const error = typeof said === "string" ? said : `status ${response.status}`;
  const later = response.status < 400 || response.status >= 500 || [408, 425, 429].includes(response.status);
  return { kind: later ? "failing" : "refused", error };
}

/** The server at `base`, an address that ends with "/". */
export function ratingApi(base: URL): RatingApi {
  async function send(path: string, init: RequestInit): Promise<Reply> {
    const cut = new AbortController();
    const timer = setTimeout(() => cut.abort(), timeout);
    try {
      return await reply(await fetch(new URL(path, base), { ...init, cache: "no-store", signal: cut.signal }));
    } catch {
      return { kind: "lost" };
    } finally {
      clearTimeout(timer);
    }
  }
  // `keepalive`: a request outlives the page, so who leaves right after a key loses nothing.
  const post = (path: string, message: object) =>
    send(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(message), keepalive: true });
  return {
    state: () => send("api/rating", {}),
    // Half an emoji, as a cut-off note may end with, is no text that the server could keep.
    verdict: ({ id, verdict, note, seconds }) => post("api/verdict", { id, verdict, note: note.replace(/\p{Surrogate}/gu, "\ufffd"), seconds }),
    undo: (id) => post("api/undo", id === "" ? {} : { id }),
  };
}
