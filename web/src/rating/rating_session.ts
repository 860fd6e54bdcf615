// One rater's sitting: which pair is shown, what was answered, and what the server knows of it. No DOM in here.
//
// An answer takes effect at once: it goes to the outbox, the next pair is shown, and a loop sends what is in the outbox,
// one request at a time, in order, until the server has said that it has it. Resending is harmless, as a pair's id counts
// once. So a slow, restarted or unreachable server, a reload and a second tab lose nothing and count nothing twice.
import type { Outbox } from "./outbox";
import type { Pair, RatingApi, RatingState, Reply, Verdict } from "./rating_api";
import type { Exclusive } from "./tab_lock";

export type Phase =
  /** No pair is here, and the server is being asked. */
  | "fetching"
  | "judging"
  /** The server is taking the newest answer back; its pair comes next. */
  | "taking back"
  /** Others have the pairs that are left. */
  | "nothing now"
  | "decided"
  /** The server says why there is nothing to judge. */
  | "refused";

/** Why the server has not what was sent: to be sent again. */
export type Trouble = { kind: "lost" | "gone" } | { kind: "failing"; error: string };

/** What the rater should hear of. */
export interface Notice {
  text: string;
  /** Something didn't go as the rater meant. */
  warns: boolean;
  /** Counts them: the same text may come again. */
  at: number;
}

export interface View {
  phase: Phase;
  pair: Pair | null;
  /** Those ahead. */
  ahead: Pair[];
  /** Null: the server was not reached yet. */
  state: RatingState | null;
  /** Verdicts that are here alone, as far as anybody knows. */
  waiting: number;
  /** There is something to send. */
  unsent: boolean;
  /** Null: the server answers. */
  trouble: Trouble | null;
  /** Why the phase is "refused". */
  refusal: string;
  canUndo: boolean;
  notice: Notice;
}

/** The world outside, for tests to play. */
export interface Surroundings {
  /** Somebody looks at the page. */
  visible(): boolean;
  setTimeout(run: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
  /** Runs one at a time of all tabs. */
  exclusive: Exclusive;
}

/** How many answered pairs are at hand. */
const mostSeen = 10;
const firstRetry = 1000;
const lastRetry = 15_000;
/** How often to ask again while others hold the pairs, and once it is decided. */
const waitForPair = 2000;
const waitDecided = 30_000;
/** How often a page that somebody looks at tells that it is still there. */
const stillHereAfter = 30_000;

export class RatingSession {
  private state: RatingState | null = null;
  private shown: Pair | null = null;
  /** The pair that was taken back, from memory, until it is judged anew. */
  private returned: Pair | null = null;
  /** Those that were answered, newest last: what is taken back is shown at once. */
  private seen: Pair[] = [];
  /** Answered in another tab, which has sent it; to be left out until the server was asked again. */
  private readonly settling = new Set<string>();
  private trouble: Trouble | null = null;
  private refusal = "";
  private notice: Notice = { text: "", warns: false, at: 0 };
  private talking = false;
  private wanted = true;
  private stopped = false;
  private retry = firstRetry;
  private timer: unknown = null;
  private known = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private current: View;

  constructor(private readonly api: RatingApi, private readonly outbox: Outbox, private readonly around: Surroundings) {
    this.known = this.outbox.answered();
    this.current = this.look();
  }

  view(): View {
    return this.current;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  start(): void {
    this.stopped = false;
    this.refresh();
  }

  stop(): void {
    this.stopped = true;
    this.cancelTimer();
  }

  /** Asks the server, now. */
  refresh(): void {
    this.wanted = true;
    this.talk();
  }

  /** Another tab has changed the outbox. */
  outboxChanged(): void {
    this.seeOtherTabs();
    const answered = this.known;
    this.wanted = true;
    if (this.shown && answered.has(this.shown.id)) this.say("You have answered that pair in another tab.");
    if (this.returned && answered.has(this.returned.id)) this.returned = null;
    this.changed();
    this.talk();
  }

  /** Answers the pair `id`, which must be the one that is shown: a key for a pair that is gone is not for the next. */
  judge(id: string, verdict: Verdict, note: string, seconds: number): boolean {
    const pair = this.current.pair;
    if (!pair || pair.id !== id) return false;
    this.seen = [...this.seen.filter((one) => one.id !== id), pair].slice(-mostSeen);
    this.returned = null;
    this.shown = null;
    this.outbox.remember(id);
    this.write(() => this.outbox.add({ kind: "verdict", id, verdict, note, seconds }));
    this.say(verdict === "skip" ? "Skipped." : verdict === "0" ? "Neither is better." : `Answer ${verdict} is better.`);
    this.changed();
    this.talk();
    return true;
  }

  /** Takes the newest answer back. What was not sent is forgotten; what may have arrived is taken back by the server. */
  undo(): boolean {
    if (!this.current.canUndo) return false;
    const last = this.outbox.entries().at(-1);
    const id = last?.action.id ?? this.outbox.history().at(-1) ?? "";
    this.write(() => (last && !last.tried ? this.outbox.remove(last.key) : this.outbox.add({ kind: "undo", id })));
    this.outbox.forget(id);
    this.returned = this.seen.find((pair) => pair.id === id) ?? null;
    this.say("Taken back.");
    this.wanted = true;
    this.changed();
    this.talk();
    return true;
  }

  tell(text: string): void {
    this.say(text);
    this.changed();
  }

  warn(text: string): void {
    this.say(text, true);
    this.changed();
  }

  /** What was here and is gone was sent, or taken back, by another tab: only the server knows what is open now. */
  private seeOtherTabs(): void {
    const answered = this.outbox.answered();
    for (const id of this.known) {
      if (answered.has(id)) continue;
      this.settling.add(id);
      this.wanted = true;
    }
    this.known = answered;
  }

  /** A change of the outbox by this tab, which is not to be taken for one by another. */
  private write(change: () => void): void {
    this.seeOtherTabs();
    change();
    this.known = this.outbox.answered();
  }

  private say(text: string, warns = false): void {
    this.notice = { text, warns, at: this.notice.at + 1 };
  }

  private look(): View {
    const entries = this.outbox.entries();
    const answered = this.outbox.answered();
    const last = entries.at(-1)?.action;
    const pairs = (this.state?.pairs ?? []).filter((pair) => !answered.has(pair.id) && !this.settling.has(pair.id));
    const takingBack = last?.kind === "undo" && !this.returned;
    const pair = takingBack ? null : (this.returned ?? pairs.find((one) => one.id === this.shown?.id) ?? pairs[0] ?? null);
    const phase: Phase = takingBack
      ? "taking back"
      : pair
        ? "judging"
        : this.refusal !== ""
          ? "refused"
          : !this.state || entries.length > 0 || this.settling.size > 0
            ? "fetching"
            : this.state.progress.decided
              ? "decided"
              : "nothing now";
    return {
      phase,
      pair,
      ahead: pairs.filter((one) => one !== pair),
      state: this.state,
      waiting: answered.size,
      unsent: entries.length > 0,
      trouble: this.trouble,
      refusal: this.refusal,
      canUndo: last ? last.kind === "verdict" : (this.state?.can_undo ?? false),
      notice: this.notice,
    };
  }

  private changed(): void {
    this.seeOtherTabs();
    this.current = this.look();
    this.shown = this.current.pair;
    for (const listener of [...this.listeners]) listener();
  }

  private cancelTimer(): void {
    if (this.timer !== null) this.around.clearTimeout(this.timer);
    this.timer = null;
  }

  private later(milliseconds: number): void {
    this.cancelTimer();
    this.timer = this.around.setTimeout(() => {
      this.timer = null;
      this.refresh();
    }, milliseconds);
  }

  private stillHere(): void {
    this.cancelTimer();
    this.timer = this.around.setTimeout(() => {
      this.timer = null;
      if (this.around.visible()) this.refresh();
      else this.stillHere();
    }, stillHereAfter);
  }

  private talk(): void {
    if (this.talking || this.stopped) return;
    this.cancelTimer();
    this.talking = true;
    void this.loop().finally(() => {
      this.talking = false;
      if (this.stopped) return;
      if (this.trouble) {
        this.later(this.retry);
        this.retry = Math.min(2 * this.retry, lastRetry);
      } else if (this.wanted || this.outbox.entries().length > 0) {
        this.talk();
      } else if (this.current.phase === "nothing now") {
        this.later(waitForPair);
      } else if (this.current.phase === "decided" || this.current.phase === "refused") {
        this.later(waitDecided);
      } else {
        this.stillHere();
      }
    });
  }

  /** Sends what is in the outbox; asks if wanted. Ends when all is done, or with trouble. */
  private async loop(): Promise<void> {
    while (!this.stopped && (this.wanted || this.outbox.entries().length > 0)) {
      const reached = await this.around.exclusive(() => this.step());
      if (!reached) return;
    }
  }

  private async step(): Promise<boolean> {
    const entry = this.outbox.entries()[0];
    const settled = [...this.settling];
    let reply: Reply;
    if (!entry) {
      this.wanted = false;
      reply = await this.api.state();
    } else if (entry.action.kind === "verdict") {
      this.outbox.write({ ...entry, tried: true });
      reply = await this.api.verdict(entry.action);
    } else {
      reply = await this.sendUndo(entry.action.id, entry.tried);
      if (reply.kind === "lost") this.outbox.write({ ...entry, tried: true });
    }
    if (this.stopped && reply.kind !== "state") return false;
    if (reply.kind === "lost" || reply.kind === "gone" || reply.kind === "failing") {
      this.trouble = reply;
      this.wanted ||= !entry;
      this.changed();
      return false;
    }
    if (this.trouble) {
      this.trouble = null;
      this.retry = firstRetry;
    }
    for (const id of settled) this.settling.delete(id);
    if (entry) this.write(() => this.outbox.remove(entry.key));
    this.refusal = "";
    if (entry?.action.kind === "verdict" && reply.kind !== "state") this.outbox.forget(entry.action.id);
    if (reply.kind === "refused") this.refused(reply.error, entry !== undefined);
    else if (reply.state) this.apply(reply.state, entry?.action.kind === "undo", entry?.action.id ?? "", reply.kind === "late");
    else this.wanted = true;
    this.changed();
    return true;
  }

  /** An undo that was sent before may have arrived: then its pair is open again, and a second one would take back another. */
  private async sendUndo(id: string, tried: boolean): Promise<Reply> {
    if (tried) {
      const reply = await this.api.state();
      if (reply.kind !== "state") return reply;
      if (reply.state.pairs.some((pair) => pair.id === id) || !reply.state.can_undo) return reply;
    }
    return this.api.undo(id);
  }

  private refused(error: string, sent: boolean): void {
    if (sent) {
      this.say(`The study refused that: ${error}`, true);
      this.returned = null;
      this.wanted = true;
    } else {
      this.refusal = error;
    }
  }

  private apply(state: RatingState, undone: boolean, id: string, late: boolean): void {
    this.state = state;
    const first = state.pairs[0];
    // A browser may send a request twice by itself: what can't be taken back again was taken back.
    const done = undone && (!late || state.pairs.some((pair) => pair.id === id));
    if (late && !done) {
      this.say(undone ? "That can't be taken back any more." : "That came too late: the pair is no longer yours. It was not counted.", true);
      if (undone) this.returned = null;
    } else if (done && first) {
      // The taken-back pair comes first.
      if (this.returned) this.returned = first.id === this.returned.id ? first : null;
      if (!this.outbox.answered().has(first.id)) this.shown = first;
    }
    if (this.shown && !this.returned && state.pairs.length > 0 && !state.pairs.some((pair) => pair.id === this.shown?.id)) {
      this.say("The pair that you saw is no longer needed.");
    }
  }
}
