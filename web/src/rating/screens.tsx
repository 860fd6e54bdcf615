// What stands around the pairs: the first screen, those without a pair, progress, and the help.
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Key } from "./key";
import { keyTable } from "./keys";
import type { Progress } from "./rating_api";
import type { View } from "./rating_session";

function KeyTable() {
  return (
    <table class="keys">
      <caption>Keys</caption>
      <tbody>
        {keyTable.map((row) => (
          <tr key={row.shown}>
            <th scope="row"><kbd>{row.shown}</kbd></th>
            <td>{row.help}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function ProgressLine({ progress, rater }: { progress: Progress; rater: string }) {
  const of = progress.budget === null ? "" : ` of at most ${progress.budget}`;
  return (
    <p class="progress">
      <span class="who" dir="auto">{rater}</span>
      <span>{progress.mine} by you</span>
      <span>{progress.all}{of} pairs decided so far, by all</span>
      <span class="left">{progress.left}</span>
    </p>
  );
}

export function Banner({ view, retry }: { view: View; retry: () => void }) {
  const waiting = view.waiting === 0 ? "" : view.waiting === 1 ? "1 answer waits here" : `${view.waiting} answers wait here`;
  const kept = waiting === "" ? "" : " Nothing is lost: they are sent as soon as the connection is back.";
  const what = { gone: "This link is not served now", failing: "The server can't take answers now", lost: "Offline" }[view.trouble?.kind ?? "lost"];
  const more =
    view.trouble?.kind === "gone"
      ? " Ask who sent it to you whether the study is still open."
      : view.trouble?.kind === "failing"
        ? ` It says: ${view.trouble.error}`
        : kept || " Trying again by itself.";
  const text = `${what}${waiting && `: ${waiting}`}.${more}`;
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

export function StartScreen({ view, start, heading }: { view: View; start: () => void; heading: RefObject<HTMLHeadingElement | null> }) {
  return (
    <div class="screen start-screen">
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
export function Elsewhere({ view, heading }: { view: View; heading: RefObject<HTMLHeadingElement | null> }) {
  const [title, text] = ((): [string, string] => {
    switch (view.phase) {
      case "decided":
        return ["Done. Thank you!", `${view.state?.progress.left ?? ""} You may close this page.`];
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

export function Help({ open, close, keysOn, setKeysOn }: HelpProps) {
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
          <input type="checkbox" checked={keysOn} onChange={(event) => setKeysOn(event.currentTarget.checked)} /> Keys act at once.
          Without, there are the buttons, which suit a screen reader or voice control better.
        </label>
      </p>
      <button type="button" class="main-button" autofocus onClick={close}>Close <Key>Esc</Key></button>
    </dialog>
  );
}
