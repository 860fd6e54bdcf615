// A prompt and two answers, side by side where there is room, folded where they are long.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ResponseText } from "../response_text";
import type { Pair } from "./rating_api";

/** What is a little longer than a fold is shown whole. */
const tolerance = 1.25;

interface Folds {
  /** Heights at which to fold, in pixels. Both answers have the same, so that the fold tells nothing about their lengths. */
  prompt: number;
  answers: number;
  promptIsLong: boolean;
  answersAreLong: boolean;
}

function measure(prompt: HTMLElement, answers: HTMLElement[]): Folds {
  const line = parseFloat(getComputedStyle(prompt).fontSize) * 1.5;
  const stacked = answers[0]?.getBoundingClientRect().left === answers[1]?.getBoundingClientRect().left;
  const promptFold = Math.round(Math.max(5 * line, window.innerHeight * 0.2));
  // Answers fill what the prompt and the bar leave of the window.
  const shownPrompt = prompt.offsetHeight > promptFold * tolerance ? promptFold + 3 * line : prompt.offsetHeight;
  const bar = document.querySelector<HTMLElement>(".rating .bar")?.offsetHeight ?? 0;
  const room = window.innerHeight - shownPrompt - bar - 11 * line;
  const answersFold = Math.round(Math.max(10 * line, stacked ? window.innerHeight * 0.4 : room));
  return {
    prompt: promptFold,
    answers: answersFold,
    promptIsLong: prompt.offsetHeight > promptFold * tolerance,
    answersAreLong: answers.some((answer) => answer.offsetHeight > answersFold * tolerance),
  };
}

interface Props {
  pair: Pair;
  markdown: boolean;
  /** Unfolded. */
  all: boolean;
  toggle: () => void;
  /** Told whether anything of the pair is long enough to fold. */
  folds: (any: boolean) => void;
  heading: RefObject<HTMLHeadingElement | null>;
}

export function PairView({ pair, markdown, all, toggle, folds, heading }: Props) {
  const prompt = useRef<HTMLDivElement>(null);
  const first = useRef<HTMLDivElement>(null);
  const second = useRef<HTMLDivElement>(null);
  const [sizes, setSizes] = useState<Folds | null>(null);

  useLayoutEffect(() => {
    const update = () => {
      if (!prompt.current || !first.current || !second.current) return;
      const now = measure(prompt.current, [first.current, second.current]);
      folds(now.promptIsLong || now.answersAreLong);
      setSizes((before) => (before && JSON.stringify(before) === JSON.stringify(now) ? before : now));
    };
    update();
    const observer = new ResizeObserver(update);
    for (const part of [prompt, first, second]) if (part.current) observer.observe(part.current);
    window.addEventListener("resize", update);
    return () => {
      observer.disconnect();
      window.removeEventListener("resize", update);
    };
  }, [markdown]);

  const part = (text: string, inner: RefObject<HTMLDivElement | null>, long: boolean | undefined, fold: number | undefined) => {
    const folded = !all && long === true && fold !== undefined;
    const cut = folded && (inner.current?.offsetHeight ?? 0) > fold;
    return (
      <div class={`fold${cut ? " cut" : ""}`} style={{ maxHeight: folded ? `${fold}px` : "none" }}>
        <div ref={inner} class="inner">
          <ResponseText text={text} markdown={markdown} />
        </div>
      </div>
    );
  };
  const foldButton = (long: boolean | undefined) => long && (
    <button type="button" class="fold-button" aria-expanded={all} aria-keyshortcuts="f" onClick={toggle}>
      <kbd aria-hidden="true">f</kbd> {all ? "Show the beginning only" : "Show all"}
    </button>
  );

  return (
    <div class="pair">
      <h1 ref={heading} tabIndex={-1}>Pair {pair.number}: which answer is better?</h1>
      <section class="prompt" aria-labelledby="rating-prompt">
        <h2 id="rating-prompt">Prompt</h2>
        {part(pair.prompt, prompt, sizes?.promptIsLong, sizes?.prompt)}
        {foldButton(sizes?.promptIsLong)}
      </section>
      <div class="pair-answers">
        <section class="pair-answer" aria-labelledby="rating-first">
          <h2 id="rating-first">Answer 1</h2>
          {part(pair.first, first, sizes?.answersAreLong, sizes?.answers)}
        </section>
        <section class="pair-answer" aria-labelledby="rating-second">
          <h2 id="rating-second">Answer 2</h2>
          {part(pair.second, second, sizes?.answersAreLong, sizes?.answers)}
        </section>
      </div>
      {foldButton(sizes?.answersAreLong)}
    </div>
  );
}
