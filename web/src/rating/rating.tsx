// The page of a person who judges: blinded pairs, keyboard first.
import "./rating.css";
import type { ComponentChildren, RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { prepareMarkdown } from "../response_text";
import { type Command, commandOf, kKeys } from "./keys";
import { Outbox, storeName } from "./outbox";
import { PairView } from "./pair_view";
import { type Pair, type Progress, type Verdict, ratingApi } from "./rating_api";
import { RatingSession, type Surroundings, type View } from "./rating_session";
import { Remembered } from "./remembered";
import { Stopwatch } from "./stopwatch";

/** A verdict so soon after its pair appeared was meant for the one before, or for none. Milliseconds. */
const kTooSoon = 300;
/** As the server keeps it. */
const kLongestNote = 2000;

function surroundings(name: string): Surroundings {
  return {
    setTimeout: (run, milliseconds) => window.setTimeout(run, milliseconds),
    clearTimeout: (timer) => window.clearTimeout(timer as number),
    visible: () => document.visibilityState === "visible",
    // Only pages of 127.0.0.1 and of https have locks; elsewhere two tabs may send the same verdict, which counts once.
    exclusive: (run) => (navigator.locks ? (navigator.locks.request(name, run) as ReturnType<typeof run>) : run()),
  };
}

function localStore(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** The session at `base`, and what it shows. */
function useSession(base: URL): [RatingSession, View, Remembered] {
  const [session, outbox, remembered] = useMemo(() => {
    const name = storeName(base.href);
    const box = new Outbox(localStore(), `${name} outbox`, Math.random().toString(36).slice(2, 8));
    return [new RatingSession(ratingApi(base), box, surroundings(name)), box, new Remembered(name)] as const;
  }, [base.href]);
  const [view, setView] = useState(session.view());
  useEffect(() => {
    const unsubscribe = session.subscribe(() => setView(session.view()));
    const stored = (event: StorageEvent) => outbox.holds(event.key) && session.outboxChanged();
    const refresh = () => session.refresh();
    const shown = () => document.visibilityState === "visible" && session.refresh();
    // Back from the browser's cache of pages: other tabs may have gone on since.
    const back = (event: PageTransitionEvent) => event.persisted && session.outboxChanged();
    window.addEventListener("storage", stored);
    window.addEventListener("online", refresh);
    window.addEventListener("pageshow", back);
    document.addEventListener("visibilitychange", shown);
    session.start();
    setView(session.view());
    return () => {
      unsubscribe();
      session.stop();
      window.removeEventListener("storage", stored);
      window.removeEventListener("online", refresh);
      window.removeEventListener("pageshow", back);
      document.removeEventListener("visibilitychange", shown);
    };
  }, [session]);
  // Asked only while there is something to lose: a page with such a listener is not kept for the back button.
  useEffect(() => {
    if (!view.unsent) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [view.unsent]);
  return [session, view, remembered];
}

export function Key({ children }: { children: ComponentChildren }) {
  return <kbd aria-hidden="true">{children}</kbd>;
}

function KeyTable() {
  return (
    <table class="keys">
      <caption>Keys</caption>
      <tbody>
        {kKeys.map((row) => (
          <tr key={row.shown}>
            <th scope="row"><kbd>{row.shown}</kbd></th>
            <td>{row.help}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ProgressLine({ progress, rater }: { progress: Progress; rater: string }) {
  const of = progress.budget === null ? "" : ` of at most ${progress.budget}`;
  return (
    <p class="progress">
      <span class="who" dir="auto">{rater}</span>
      <span>{progress.mine} by you</span>
      <span>{progress.all}{of} in all</span>
      <span class="left">{progress.left}</span>
    </p>
  );
}

function Banner({ view, retry }: { view: View; retry: () => void }) {
  const waiting = view.waiting === 0 ? "" : view.waiting === 1 ? "1 answer waits here" : `${view.waiting} answers wait here`;
  const kept = waiting === "" ? "" : " Nothing is lost: they are sent as soon as it is back.";
  const text =
    view.trouble === "gone"
      ? `This link is not served now${waiting && `: ${waiting}`}. Ask who sent it to you whether the study is still open.`
      : `Offline${waiting && `: ${waiting}`}.${kept || " Trying again by itself."}`;
  return (
    <div class="banner" role="status">
      {view.trouble && (
        <>
          <span>{text}</span> <button type="button" onClick={retry}>Try now</button>
        </>
      )}
    </div>
  );
}

function StartScreen({ view, start, heading }: { view: View; start: () => void; heading: RefObject<HTMLHeadingElement | null> }) {
  return (
    <div class="screen start">
      <h1 ref={heading} tabIndex={-1}>Which answer is better?</h1>
      <p>
        You judge as <strong dir="auto">{view.state?.rater}</strong>. You see a prompt and two answers to it, again and again. Say
        which answer is better for the one who asked, or that neither is.
      </p>
      <ul>
        <li>Who wrote an answer is hidden, and which stands first is drawn by lot.</li>
        <li>Read both. Longer is not better by itself, nor is what sounds surer.</li>
        <li>Texts are shown as they came. Nothing in them is meant for you to do, and no link in them works.</li>
        <li>Stop whenever you like: close the page. What you answered is kept, and the same link goes on from there.</li>
      </ul>
      <p>
        <button type="button" class="main-button" onClick={start}>Start <Key>Enter</Key></button>
      </p>
      <KeyTable />
    </div>
  );
}

/** What is shown where there is no pair. */
function Elsewhere({ view, heading }: { view: View; heading: RefObject<HTMLHeadingElement | null> }) {
  const [title, text] = ((): [string, string] => {
    switch (view.phase) {
      case "decided":
        return ["Decided. Thank you!", "There is nothing left to judge. You may close this page."];
      case "nothing now":
        return ["Nothing to judge right now", "Other raters have the pairs that count at the moment. Leave this page open: it goes on by itself when there is one for you."];
      case "refused":
        return ["There is nothing to judge here", view.refusal];
      case "taking back":
        return ["Taking your last answer back", "Its pair comes again."];
      default:
        return view.trouble
          ? ["No connection to the study", "This page goes on by itself as soon as there is one."]
          : ["The next pair is on its way", ""];
    }
  })();
  return (
    <div class={`screen elsewhere${view.phase === "fetching" || view.phase === "taking back" ? " moment" : ""}`}>
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      <p>{text}</p>
    </div>
  );
}

interface HelpProps {
  open: boolean;
  close: () => void;
  keysOn: boolean;
  setKeysOn: (on: boolean) => void;
}

function Help({ open, close, keysOn, setKeysOn }: HelpProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open) dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} class="help" aria-label="Help" onClose={close}>
      <KeyTable />
      <p>
        <label>
          <input type="checkbox" checked={keysOn} onChange={(event) => setKeysOn(event.currentTarget.checked)} /> Keys work. Without, use
          the buttons; a screen reader or voice control may want that.
        </label>
      </p>
      <button type="button" class="main-button" onClick={close}>Close <Key>Esc</Key></button>
    </dialog>
  );
}

interface BarProps {
  view: View;
  note: string;
  writing: boolean;
  setNote: (note: string) => void;
  doneWriting: () => void;
  run: (command: Command) => void;
}

function Bar({ view, note, writing, setNote, doneWriting, run }: BarProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (writing) field.current?.focus();
  }, [writing]);
  const judging = view.phase === "judging";
  const verdict = (command: Verdict, text: string) => (
    <button type="button" class="verdict" aria-keyshortcuts={command === "skip" ? "s" : command} onClick={() => run(command)}>
      <Key>{command}</Key> {text}
    </button>
  );
  const other = (command: Command, key: string, text: string) => (
    <button type="button" aria-keyshortcuts={key} onClick={() => run(command)}>
      <Key>{key}</Key> {text}
    </button>
  );
  return (
    <div class="bar">
      <p class="notice" role="status">
        <span key={view.notice.at}>{view.notice.text}</span>
      </p>
      {writing && (
        <div class="note">
          <label for="rating-note">Note on this pair, kept with your answer</label>
          <textarea
            id="rating-note" ref={field} rows={2} maxLength={kLongestNote} value={note} dir="auto"
            onInput={(event) => setNote(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.isComposing || !(event.key === "Escape" || (event.key === "Enter" && !event.shiftKey))) return;
              event.preventDefault();
              doneWriting();
            }}
          />
          <button type="button" onClick={doneWriting}>Done <Key>Enter</Key></button>
        </div>
      )}
      {!writing && judging && note !== "" && <p class="note-shown">Note: <span dir="auto">{note}</span></p>}
      {judging && (
        <div class="verdicts" role="group" aria-label="Your verdict">
          {verdict("1", "Answer 1 is better")}
          {verdict("0", "Neither")}
          {verdict("2", "Answer 2 is better")}
        </div>
      )}
      <div class="others" role="group" aria-label="Other actions">
        {judging && other("skip", "s", "Skip")}
        {/* Stays where it is while it can't be used, so that focus and places don't jump. */}
        <button type="button" aria-keyshortcuts="u" aria-disabled={!view.canUndo} onClick={() => run("undo")}>
          <Key>u</Key> Undo
        </button>
        {judging && other("note", "n", note === "" ? "Note" : "Edit note")}
        {judging && other("markdown", "m", "Plain or formatted")}
        {other("help", "?", "Help")}
      </div>
    </div>
  );
}

/** Scrolls the page; false: it is at its end. */
function scrollPage(by: number): boolean {
  const before = window.scrollY;
  window.scrollBy({ top: by, behavior: "instant" });
  return window.scrollY !== before;
}

/** Texts of the pairs ahead are parsed while the rater reads. */
function useAhead(ahead: Pair[], markdown: boolean): void {
  const ids = ahead.map((pair) => pair.id).join("\n");
  useEffect(() => {
    if (!markdown || ahead.length === 0) return;
    const timer = window.setTimeout(() => {
      for (const pair of ahead) for (const text of [pair.prompt, pair.first, pair.second]) prepareMarkdown(text.replace(/\r\n?/g, "\n"));
    }, 50);
    return () => window.clearTimeout(timer);
  }, [ids, markdown]);
}

/**
 * Judging at the server's `base`, an address relative to the page's own. Talks the rating API, which `assay view` serves
 * to who has a rater's link.
 */
export function Rating({ base }: { base: string }) {
  const address = useMemo(() => new URL(base === "" ? "./" : base.replace(/\/?$/, "/"), document.baseURI), [base]);
  const [session, view, remembered] = useSession(address);
  const [started, setStarted] = useState(remembered.started());
  const [helping, setHelping] = useState(false);
  const [keysOn, setKeysOn] = useState(remembered.setting("keys", true));
  const [markdown, setMarkdown] = useState(remembered.setting("markdown", true));
  const [alwaysAll, setAlwaysAll] = useState(remembered.setting("all", false));
  const [allOf, setAllOf] = useState("");
  const [writing, setWriting] = useState(false);
  const [note, setNote] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const folds = useRef(false);
  const watch = useRef(new Stopwatch()).current;

  const pair = view.phase === "judging" ? view.pair : null;
  const starting = !started && pair !== null;
  const shownId = starting ? "" : (pair?.id ?? "");
  const all = alwaysAll || (allOf !== "" && allOf === shownId);

  useAhead(view.ahead, markdown);

  // A pair appears: its clock starts, its top is shown, and focus stands at its heading, where no key presses a button.
  useLayoutEffect(() => {
    setWriting(false);
    setNote(shownId === "" ? "" : remembered.draft(shownId));
    if (shownId !== "") watch.restart();
    window.scrollTo({ top: 0, behavior: "instant" });
    heading.current?.focus({ preventScroll: true });
  }, [shownId, starting, view.phase]);

  useEffect(() => {
    const title = document.title;
    return () => void (document.title = title);
  }, []);
  useEffect(() => {
    document.title = pair ? `Pair ${pair.number} - Assay` : view.phase === "decided" ? "Decided - Assay" : "Waiting - Assay";
  }, [pair?.number, view.phase]);

  const start = useCallback(() => {
    remembered.start();
    setStarted(true);
  }, [remembered]);
  const doneWriting = () => {
    setWriting(false);
    heading.current?.focus({ preventScroll: true });
  };
  const writeNote = (text: string) => {
    setNote(text);
    remembered.keepDraft(shownId, text);
  };
  const set = (name: "keys" | "markdown" | "all", value: boolean) => {
    remembered.set(name, value);
    ({ keys: setKeysOn, markdown: setMarkdown, all: setAlwaysAll })[name](value);
  };

  const judge = (verdict: Verdict) => {
    if (!pair) return;
    if (watch.sinceRestart() < kTooSoon) {
      session.tell("That was too quick: this pair has just appeared. Nothing was counted.");
      return;
    }
    session.judge(pair.id, verdict, note.trim(), watch.seconds());
  };

  const run = (command: Command): void => {
    const page = window.innerHeight * 0.7;
    switch (command) {
      case "1":
      case "2":
      case "0":
      case "skip":
        return judge(command);
      case "undo":
        if (!session.undo()) session.tell("There is nothing to take back.");
        return;
      case "note":
        return setWriting(pair !== null);
      case "help":
        return setHelping(true);
      case "down":
        return void scrollPage(96);
      case "up":
        return void scrollPage(-96);
      case "page up":
        return void scrollPage(-page);
      case "page down":
        // At the end of what is folded, reading on means the rest.
        if (!scrollPage(page) && folds.current && !all) setAllOf(shownId);
        return;
      case "fold":
        setAllOf("");
        return set("all", !all);
      case "markdown":
        session.tell(markdown ? "Plain text, as it was written." : "Formatted.");
        return set("markdown", !markdown);
    }
  };

  // The newest closure, for a listener that is added once.
  const pressed = useRef<(event: KeyboardEvent) => void>(() => {});
  pressed.current = (event) => {
    if (event.defaultPrevented || event.isComposing || helping) return;
    const target = event.target as HTMLElement;
    if (target.closest("textarea, input, select, [contenteditable]")) return;
    const onButton = target.closest("button, a, summary") !== null;
    if (starting) {
      if (event.key === "Enter" && !onButton && !event.repeat) {
        event.preventDefault();
        start();
      }
      return;
    }
    const command = keysOn ? commandOf(event) : null;
    if (!command || (event.key === " " && onButton)) return;
    event.preventDefault();
    const scrolls = command === "down" || command === "up" || command === "page down" || command === "page up";
    if (event.repeat && !scrolls) return;
    if (view.phase !== "judging" && command !== "undo" && command !== "help") return;
    run(command);
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => pressed.current(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);

  return (
    <main class="rating">
      <Banner view={view} retry={() => session.refresh()} />
      {starting ? (
        <StartScreen view={view} start={start} heading={heading} />
      ) : (
        <>
          {view.state && <ProgressLine progress={view.state.progress} rater={view.state.rater} />}
          {pair ? (
            <PairView
              key={pair.id} pair={pair} markdown={markdown} all={all} heading={heading}
              toggle={() => run("fold")} folds={(folded) => void (folds.current = folded)}
            />
          ) : (
            <Elsewhere view={view} heading={heading} />
          )}
          <Bar view={view} note={note} writing={writing} setNote={writeNote} doneWriting={doneWriting} run={run} />
        </>
      )}
      <Help open={helping} close={() => setHelping(false)} keysOn={keysOn} setKeysOn={(on) => set("keys", on)} />
    </main>
  );
}

