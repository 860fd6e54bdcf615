// An offline page, as `assay report` writes it.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const hash = (text) => `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** The HTML of a page with `data`, with the assets in the folder `assets`. */
export function pageHtml(data, assets) {
  const script = readFileSync(join(assets, "page.js"), "utf8");
  const style = readFileSync(join(assets, "page.css"), "utf8");
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  const text = data.documents.map((document) => document.text).join("\n\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'">
<title>${escaped(data.documents[0]?.title ?? "assay")}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<noscript><pre>${escaped(text)}</pre></noscript>
<script type="application/json" id="page">${json}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Writes such a page and returns its file:// address. */
export function writePage(path, data, assets) {
  writeFileSync(path, pageHtml(data, assets));
  return `file://${path}`;
}
