import type { VNode } from "preact";

/** A part of a view: its place in the page, its title, and what makes it. */
export interface Part {
  id: string;
  title: string;
  body: () => VNode;
}
