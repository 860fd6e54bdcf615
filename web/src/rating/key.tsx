import type { ComponentChildren } from "preact";

/** The key of a button. Its button tells it to screen readers (aria-keyshortcuts). */
export function Key({ children }: { children: ComponentChildren }) {
  return <kbd aria-hidden="true">{children}</kbd>;
}
