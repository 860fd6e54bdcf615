// What the server of `assay view` says. Addresses are relative to the page's own, which holds the token.

/** A run of a selection, in this server or in another process. */
export interface Run {
  by: "page" | "other";
  state: "running" | "stopping" | "ended";
  calls: number;
  budget: number | null;
  leader: string;
  probability: number | null;
  /** Dollars. */
  cost: number | null;
  /** Null: not known, as of a run in another process. */
  seconds: number | null;
  seconds_left: number | null;
  status: string;
  /** Why it ended, or what went wrong. */
  message: string | null;
  /** It ended by an error, which `message` tells. */
  failed?: boolean;
}

export interface RatersProgress {
  all: number;
  budget: number | null;
  left: string;
  decided: boolean;
}

export interface State {
  /** Grows when the study has changed. */
  revision: number;
  run: Run | null;
  raters: RatersProgress | null;
}

export interface Session {
  role: "owner" | "rater";
  rater: string | null;
  read_only: boolean;
  study: string;
  assay: string;
}

export interface OracleChoice {
  name: string;
  /** Who it is. */
  help: string;
}

/** Who can be asked, and what the command that serves the page was told; null or empty: nothing. */
export interface Settings {
  oracles: OracleChoice[];
  judge_model: string;
  /** Query equivalents. */
  budget: number | null;
  epsilon: number | null;
  confidence: number;
  /** Dollars. */
  max_cost: number | null;
  baseline: string;
  baselines: string[];
}

/** What is left out is as in `Settings`. */
export interface RunRequest {
  oracle: string;
  judge_model?: string;
  max_cost?: number;
  budget?: number;
  epsilon?: number;
  confidence?: number;
  baseline?: string;
}

/** What the server refused, in its words. */
export class Refused extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

async function answered<T>(reply: Response): Promise<T> {
  if (reply.ok) return reply.status === 204 ? (undefined as T) : ((await reply.json().catch(() => undefined)) as T);
  const body = (await reply.json().catch(() => null)) as { error?: string } | null;
  throw new Refused(reply.status, body?.error ?? `The server said ${reply.status}.`);
}

export const get = async <T>(path: string): Promise<T> => answered<T>(await fetch(`api/${path}`, { cache: "no-cache" }));

export const post = async <T>(path: string, body: unknown): Promise<T> =>
  answered<T>(await fetch(`api/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));

/** Polls this seldom where nobody looks at the page. */
const hiddenMilliseconds = 30_000;
const longestWait = 10_000;

/** Hands over each state of the study, and says whether the server is there; returns what ends that. */
export function follow(onState: (state: State) => void, onConnection: (on: boolean) => void): () => void {
  let events: EventSource | null = null;
  let timer = 0;
  let revision = -1;
  let wait = 500;
  const take = (state: State) => {
    revision = state.revision;
    wait = 500;
    onConnection(true);
    onState(state);
  };
  const close = () => {
    events?.close();
    events = null;
    clearTimeout(timer);
  };
  const later = (what: () => void, milliseconds: number) => {
    clearTimeout(timer);
    timer = setTimeout(what, milliseconds);
  };
  const listen = () => {
    close();
    events = new EventSource(`api/events?since=${revision}`);
    events.onopen = () => onConnection(true);
    events.onmessage = (event) => take(JSON.parse(event.data as string) as State);
    // The browser tries again by itself, but not after every error; this way it is the same in all.
    events.onerror = () => {
      close();
      onConnection(false);
      later(listen, wait);
      wait = Math.min(longestWait, 2 * wait);
    };
  };
  const poll = () => {
    close();
    get<State>("state").then(take, () => onConnection(false));
    later(poll, hiddenMilliseconds);
  };
  const change = () => {
    close();
    if (document.hidden) later(poll, hiddenMilliseconds);
    else listen();
  };
  document.addEventListener("visibilitychange", change);
  listen();
  return () => {
    close();
    document.removeEventListener("visibilitychange", change);
  };
}
