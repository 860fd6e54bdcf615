// Checks the types of src/ and bundles it:
//
//   node bundle.mjs OUT           writes OUT/page.js, OUT/page.css, OUT/page.html and OUT/page_assets.cpp
//   node bundle.mjs OUT --watch   goes on whenever a source changes, without the types
//
// The same sources give the same bytes.
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { licences } from "./licences.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [out, watch] = process.argv.slice(2);
if (!out || (watch && watch !== "--watch")) {
  console.error("expected: node bundle.mjs OUT [--watch]");
  process.exit(2);
}

const types = { "page.js": "text/javascript; charset=utf-8", "page.css": "text/css; charset=utf-8", "page.html": "text/html; charset=utf-8" };

/** A C++ literal of any text. One long literal compiles at once; a byte array takes seconds. */
function literal(text) {
  const pieces = [];
  for (let at = 0; at < text.length; at += 8000) pieces.push(`R"page~(${text.slice(at, at + 8000)})page~"`);
  return pieces.join("\n");
}

function assetsSource(assets) {
  const rows = assets.map(([name, body]) => {
    const sha256 = createHash("sha256").update(body, "utf8").digest("base64");
    return `    {"${name}", "${types[name]}",\n     {${literal(body)}, ${Buffer.byteLength(body)}},\n     "${sha256}"},\n`;
  });
  return `// Made by web/bundle.mjs. Do not edit.
#include "web/page_assets.h"

namespace assay::web {
namespace {

constexpr PageAsset kPageAssets[] = {
${rows.join("")}};

}  // namespace

std::span<const PageAsset> page_assets() { return kPageAssets; }

}  // namespace assay::web
`;
}

/** Bodies stand inside an HTML file, and inside a raw literal of C++. */
function check(name, body) {
  for (const bad of [")page~", "\r", "\0", ...(name === "page.html" ? [] : ["</script", "</style", "<!--"])]) {
    if (body.toLowerCase().includes(bad)) throw new Error(`${name} holds ${JSON.stringify(bad)}`);
  }
}

function write(result) {
  const text = (end) => result.outputFiles.find((file) => file.path.endsWith(end)).text;
  const assets = [
    ["page.js", text(".js") + licences(Object.keys(result.metafile.inputs), here)],
    ["page.css", text(".css")],
    ["page.html", readFileSync(join(here, "src/page.html"), "utf8")],
  ];
  mkdirSync(out, { recursive: true });
  for (const [name, body] of assets) {
    check(name, body);
    writeFileSync(join(out, name), body);
  }
  writeFileSync(join(out, "page_assets.cpp"), assetsSource(assets));
}

const options = {
  absWorkingDir: here,
  entryPoints: { page: "src/main.tsx" },
  outdir: "out",
  bundle: true,
  write: false,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome100", "firefox100", "safari15.4"],
  charset: "ascii",
  legalComments: "none", // all of them stand at the end
  metafile: true,
  // The build for browsers writes entities into an element to read them.
  alias: { "decode-named-character-reference": "./node_modules/decode-named-character-reference/index.js" },
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
  plugins: [{ name: "assets", setup: (build) => build.onEnd((result) => void (result.errors.length === 0 && write(result))) }],
};

if (watch) {
  await (await esbuild.context(options)).watch();
} else {
  const checked = spawnSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "-p", here], { stdio: "inherit" });
  if (checked.status !== 0) process.exit(1);
  await esbuild.build(options).catch(() => process.exit(1));
}
