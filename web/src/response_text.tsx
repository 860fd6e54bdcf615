// Texts of prompts and responses, which strangers wrote. Nothing in them runs, loads, links, or changes what stands around
// it: Markdown is parsed to a tree, and the kinds of nodes named below become elements; all else is shown as text. The
// browser parses none of it, and no attribute takes any of it.
import type { Nodes, Parents, Root, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import type { ComponentChildren, JSX } from "preact";

/** Longer texts stay plain: parsing takes more than a moment. */
const longestMarkdown = 30_000;
/** Deeper trees are shown as text from there on. */
const deepest = 24;
/** Containers in containers, at the beginning of a line: the parser's time grows with the square of their number. */
const deepLine = /^[ \t]*(?:(?:>|[-+*]|\d{1,9}[.)])[ \t]*){12}|^[ \t]{60,}(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])/m;

/**
 * Characters that turn the direction of text, or that nobody sees, and that a text can deceive with: embeddings, overrides
 * and isolates, controls, tags, zero-width spaces. Marks of direction and joiners stay, since scripts need them.
 */
const hiddenCharacters = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

const escape = (point: number) => (point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, "0")}`);

/** A text whose hidden characters are seen, as escapes: \u202e. */
function visible(text: string): ComponentChildren {
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const found of text.matchAll(hiddenCharacters)) {
    const at = found.index ?? 0;
    parts.push(text.slice(from, at), <span class="hidden-character">{escape(found[0].codePointAt(0) ?? 0)}</span>);
    from = at + found[0].length;
  }
  return from === 0 ? text : [...parts, text.slice(from)];
}

/** An address, as text. */
function Address({ url, title }: { url: string; title?: string | null | undefined }) {
  return <span class="address" dir="ltr">{visible(title ? `<${url}> "${title}"` : `<${url}>`)}</span>;
}

/** The text of a node and all below it. */
function plain(node: Nodes): string {
  if ("value" in node) return node.value;
  return "children" in node ? (node.children as Nodes[]).map(plain).join("") : "";
}

class Renderer {
  constructor(private readonly source: string, private readonly headings: number[], private readonly level: number) {}

  children(node: Parents, depth: number): ComponentChildren {
    return (node.children as Nodes[]).map((child) => this.node(child, depth + 1));
  }

  /** As it was written. */
  raw(node: Nodes): string {
    return this.source.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
  }

  node(node: Nodes, depth: number): ComponentChildren {
    if (depth > deepest) return <span class="as-written">{visible(this.raw(node))}</span>;
    switch (node.type) {
      case "root":
        return this.children(node, depth);
      case "paragraph":
        return <p dir="auto">{this.children(node, depth)}</p>;
      case "heading": {
        // Below the page's own headings, without a gap.
        const Heading = `h${Math.min(this.level + this.headings.indexOf(node.depth), 6)}` as "h3";
        return <Heading dir="auto">{this.children(node, depth)}</Heading>;
      }
      case "text":
        return visible(node.value);
      case "emphasis":
        return <em>{this.children(node, depth)}</em>;
      case "strong":
        return <strong>{this.children(node, depth)}</strong>;
      case "delete":
        return <del>{this.children(node, depth)}</del>;
      case "inlineCode":
        return <code>{visible(node.value)}</code>;
      case "break":
        return <br />;
      case "thematicBreak":
        return <hr />;
      case "code":
        return (
          <figure class="code">
            {node.lang ? <figcaption>{visible(node.lang)}</figcaption> : null}
            <pre dir="ltr"><code>{visible(node.value)}</code></pre>
          </figure>
        );
      case "blockquote":
        return <blockquote>{this.children(node, depth)}</blockquote>;
      case "list":
        return node.ordered ? <ol dir="auto" start={node.start ?? 1}>{this.children(node, depth)}</ol> : <ul dir="auto">{this.children(node, depth)}</ul>;
      case "listItem":
        return (
          <li>
            {typeof node.checked === "boolean" ? (node.checked ? "[x] " : "[ ] ") : null}
            {node.children.map((child) =>
              // Tight lists have no paragraphs in HTML.
              child.type === "paragraph" && !node.spread ? <>{this.children(child, depth + 1)}{" "}</> : this.node(child, depth + 1))}
          </li>
        );
      case "table":
        return this.table(node, depth);
      case "link": {
        const same = [node.url, `mailto:${node.url}`, node.url.replace(/^(mailto:|https?:\/\/)/, "")].includes(plain(node));
        return same && !node.title ? <Address url={node.url} /> : <>{this.children(node, depth)} <Address url={node.url} title={node.title} /></>;
      }
      case "image":
        return <>[image: {visible(node.alt ?? "")}] <Address url={node.url} title={node.title} /></>;
      case "definition":
        return <p class="as-written">{visible(this.raw(node))}</p>;
      case "footnoteDefinition":
        return <div>[^{visible(node.label ?? node.identifier)}] {this.children(node, depth)}</div>;
      case "html":
        return this.raw(node).includes("\n") ? <pre class="as-written">{visible(node.value)}</pre> : <span class="as-written">{visible(node.value)}</span>;
      default:
        // linkReference, imageReference, footnoteReference, and what a later parser may bring.
        return <span class="as-written">{visible(this.raw(node))}</span>;
    }
  }

  table(node: Table, depth: number): JSX.Element {
    const [head, ...rows] = node.children;
    return (
      <div class="wide" role="region" aria-label="table of the text" tabIndex={0}>
        <table>
          <thead>
            <tr>{head?.children.map((cell) => <th scope="col" dir="auto">{this.children(cell, depth)}</th>)}</tr>
          </thead>
          <tbody>
            {rows.map((row) => <tr>{row.children.map((cell) => <td dir="auto">{this.children(cell, depth)}</td>)}</tr>)}
          </tbody>
        </table>
      </div>
    );
  }
}

function headingsOf(root: Root): number[] {
  const depths = new Set<number>();
  const visit = (node: Nodes, depth: number) => {
    if (node.type === "heading") depths.add(node.depth);
    if ("children" in node && depth <= deepest) for (const child of node.children) visit(child as Nodes, depth + 1);
  };
  visit(root, 0);
  return [...depths].sort();
}

function parse(text: string): Root | null {
  if (text.length > longestMarkdown || deepLine.test(text)) return null;
  try {
    return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  } catch {
    return null;
  }
}

/** Trees of the newest texts, so that a text that was seen coming is there at once. */
const trees = new Map<string, Root | null>();

/** Parses a text that will be shown soon. */
export function prepareMarkdown(text: string): Root | null {
  let tree = trees.get(text);
  if (tree === undefined) {
    tree = parse(text);
    trees.set(text, tree);
    if (trees.size > 40) trees.delete(trees.keys().next().value as string);
  }
  return tree;
}

/** A text, as Markdown or as it was written. Its highest headings are of `level`. */
export function ResponseText({ text, markdown, level = 3 }: { text: string; markdown: boolean; level?: number }) {
  const shown = text.replace(/\r\n?/g, "\n");
  if (shown.trim() === "") return <p class="response-text empty-text">(empty)</p>;
  const tree = markdown ? prepareMarkdown(shown) : null;
  return (
    <div class="response-text" dir="auto">
      {tree ? new Renderer(shown, headingsOf(tree), level).node(tree, 0) : <pre class="plain" dir="auto">{visible(shown)}</pre>}
    </div>
  );
}
