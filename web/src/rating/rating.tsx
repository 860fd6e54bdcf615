// The page of a person who judges: blinded pairs, keyboard first.
import "./rating.css";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { prepareMarkdown } from "../response_text";
import { Bar } from "./bar";
import { type Command, commandOf } from "./keys";
import { PairView } from "./pair_view";
import type { Pair, Verdict } from "./rating_api";
import { Banner, Elsewhere, Help, ProgressLine, StartScreen } from "./screens";
import { Stopwatch } from "./stopwatch";
import { useSession } from "./use_session";

/** A verdict so soon after its pair appeared was meant for the one before, or for none. Milliseconds. */
const tooSoon = 300;
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
    document.title = pair ? `Pair ${pair.number} - Assay` : view.phase === "decided" ? "Done - Assay" : "Waiting - Assay";
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
    if (watch.sinceRestart() < tooSoon) {
      session.warn("That was too quick: this pair has just appeared. Nothing was counted.");
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
    // The browser has closed the help before it says so.
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
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
          <Bar view={view} markdown={markdown} note={note} writing={writing} setNote={writeNote} doneWriting={doneWriting} run={run} />
        </>
      )}
      <Help open={helping} close={() => setHelping(false)} keysOn={keysOn} setKeysOn={(on) => set("keys", on)} />
    </main>
  );
}

