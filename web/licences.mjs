// What must be said of the packages that a bundle holds: whose they are, and under which licences.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The folder of the package that a bundled file is of; null: of our own. */
function packageOf(file) {
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
  return found && found[1];
}

/** The licence's text without the lines that say whose it is, and those lines. */
function licenceOf(folder) {
  const name = readdirSync(folder).find((file) => /^licen[cs]e(\.(md|txt))?$/i.test(file));
  if (!name) throw new Error(`${folder} has no licence`);
  const lines = readFileSync(join(folder, name), "utf8").replaceAll("\r", "").split("\n").map((line) => line.trim());
  const owners = lines.filter((line) => /^copyright/i.test(line));
  const text = lines.filter((line) => !/^copyright/i.test(line)).join(" ").replace(/\s+/g, " ").trim();
  return { owners, text };
}

/** A comment for the end of the bundle; `inputs` are the files in it, as esbuild tells them. */
export function licences(inputs, root) {
  const byText = new Map();
  for (const folder of [...new Set(inputs.map(packageOf))].filter(Boolean).sort()) {
    const { name } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const { owners, text } = licenceOf(join(root, folder));
    if (!byText.has(text)) byText.set(text, []);
    byText.get(text).push(`${name}: ${owners.join("; ") || "its authors"}`);
  }
  const parts = [...byText].map(([text, packages]) => `${packages.join("\n")}\n\n${text}`);
  const comment = parts.join("\n\n---\n\n").replaceAll("*/", "* /");
  return `/*\nThis script holds:\n\n${comment}\n*/\n`.replace(/[^\x00-\x7f]/g, (one) => `\\u{${one.codePointAt(0).toString(16)}}`);
}
