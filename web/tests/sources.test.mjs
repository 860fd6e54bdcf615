// What the sources of the page must not have: ways to make HTML or code of a text.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const src = join(dirname(fileURLToPath(import.meta.url)), "../src");
const forbidden = /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet|document\.write|\beval\b|new Function|srcdoc|createContextualFragment|DOMParser|setHTML/;

test("no source makes HTML or code of a text", () => {
  const sources = readdirSync(src, { recursive: true }).filter((name) => /\.tsx?$/.test(name));
  assert.ok(sources.length > 15);
  for (const name of sources) {
    const lines = readFileSync(join(src, name), "utf8").split("\n").map((line) => line.replace(/^\s*(\/\/|\*).*/, ""));
    lines.forEach((line, at) => assert.doesNotMatch(line, forbidden, `${name}:${at + 1}`));
  }
});
