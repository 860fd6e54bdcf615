// The bar below a pair: what was just said, the note, and a button for each key.
import { useLayoutEffect, useRef } from "preact/hooks";
import { Key } from "./key";
import type { Command } from "./keys";
import type { Verdict } from "./rating_api";
import type { View } from "./rating_session";

/** As the server keeps it. */
const longestNote = 2000;

interface BarProps {
  view: View;
  markdown: boolean;
  note: string;
  writing: boolean;
  setNote: (note: string) => void;
  doneWriting: () => void;
  run: (command: Command) => void;
}

export function Bar({ view, markdown, note, writing, setNote, doneWriting, run }: BarProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  // Before the next key: it belongs to the note.
  useLayoutEffect(() => {
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
      <p class={`notice${view.notice.warns ? " warns" : ""}`} role="status">
        <span key={view.notice.at}>{view.notice.text}</span>
      </p>
      {writing && (
        <div class="pair-note">
          <label for="rating-note">Note on this pair, kept with your answer</label>
          <textarea
            id="rating-note" ref={field} rows={2} maxLength={longestNote} value={note} dir="auto"
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
      {!writing && judging && note !== "" && <p class="pair-note-shown">Note: <span dir="auto">{note}</span></p>}
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
        {judging && other("markdown", "m", markdown ? "Plain text" : "Formatted")}
        {other("help", "?", "Help")}
      </div>
    </div>
  );
}
