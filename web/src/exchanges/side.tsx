import type { ComponentChildren } from "preact";
import { ResponseText } from "../response_text";

/** A text of strangers under a title; nothing in it is active. `cut`: it is only the beginning. */
export function Side({ title, text, markdown, cut = false }: { title: ComponentChildren; text: string; markdown: boolean; cut?: boolean }) {
  return (
    <div class="side">
      <h4>{title}</h4>
      <div class="side-text" tabIndex={0} role="region" aria-label="text">
        <ResponseText text={text} markdown={markdown} level={5} />
        {cut && <p class="quiet">The rest is left out, so that this file stays small.</p>}
      </div>
    </div>
  );
}
