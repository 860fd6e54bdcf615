import type { ComponentChildren } from "preact";
import { visible } from "../format";

/** A text of strangers as it is, under a title: text alone, nothing in it is active. */
export function Side({ title, text }: { title: ComponentChildren; text: string }) {
  return (
    <div class="side">
      <h4>{title}</h4>
      <div class="side-text" dir="auto" tabIndex={0} role="region" aria-label="text">{visible(text) || <span class="quiet">(empty)</span>}</div>
    </div>
  );
}
