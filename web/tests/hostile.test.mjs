// Names and texts are from strangers: nothing in them runs, links or loads, and nothing breaks the page.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { close, openDetails, openOffline, skip } from "./browser.mjs";
import { goldenDocument, page as pageOf, selectDocument } from "./samples.mjs";

after(close);

const attacks = [
  "<script>alert(1)</script>",
  "</script><script>alert(2)</script>",
  "<!--<script>alert(3)//-->",
  "</title></style></pre></textarea><img src=x onerror=alert(4)>",
  "<svg onload=alert(5)><a xlink:href=javascript:alert(5)>a</a></svg>",
  "<iframe src=javascript:alert(6)></iframe><object data=https://example.org/x></object>",
  "[a](javascript:alert(7)) ![b](https://example.org/pixel.png) <https://example.org/auto>",
  "<link rel=stylesheet href=https://example.org/x.css><style>@import 'https://example.org/y.css'</style>",
  "<meta http-equiv=refresh content='0;url=https://example.org/'><base href=https://example.org/>",
  "\"><img src=x onerror=alert(8)>' onfocus=alert(9) autofocus x='",
  "{{constructor.constructor('alert(10)')()}} ${alert(11)} <%= alert(12) %>",
  "\u202egnp.exe\u202c \u2066isolated\u2069 \u200f right to left: שלום עולם مرحبا",
  "\u001b[31mred\u001b[0m \u001b]8;;https://example.org\u0007link\u001b]8;;\u0007 \u0000 \u0008 \ufeff",
  `${"x".repeat(5000)} ${"🧪".repeat(500)} ${"Z͑ͫ̓ͪ̂ͫ̽".repeat(300)}`,
  "data:text/html,<script>alert(13)</script> https://example.org/ mailto:a@example.org",
  "__proto__", "constructor", "toString", "", " ", "\n\n\n", "\ud800 lone surrogate",
];

const everything = attacks.join("\n");

async function nothingHappened({ page, record, url }, name) {
  await page.waitForTimeout(400);
  assert.deepEqual(record.dialogs, [], name);
  assert.deepEqual(record.errors, [], name);
  assert.deepEqual(record.opened, [], name);
  assert.deepEqual(record.requests.filter((one) => one !== url && !one.startsWith("data:,")), [], name);
  assert.equal(page.url(), url, name);
  const active = await page.evaluate(() => ({
    links: [...document.querySelectorAll("a, area")].map((a) => a.getAttribute("href")).filter((href) => !href?.startsWith("#")),
    loads: document.querySelectorAll("img, iframe, object, embed, audio, video, source, form[action], base").length,
    scripts: document.scripts.length,
    handlers: [...document.querySelectorAll("*")].flatMap((one) => [...one.attributes].filter((a) => /^on/i.test(a.name)).map((a) => a.name)),
  }));
  assert.deepEqual(active, { links: [], loads: 0, scripts: 2, handlers: [] }, name);
}

test("texts and names of strangers do nothing", { skip }, async () => {
  const data = pageOf(selectDocument({
    models: attacks.length, queries: 60, calls: 400, exchanges: 100, name: (at) => attacks[at].slice(0, 200), foreign: () => everything,
  }));
  const document = data.documents[0];
  document.title = document.source = document.command = attacks[1];
  document.summary = attacks;
  document.text = everything;
  document.report.notes = attacks;
  document.calls.queries = document.calls.queries.map((_, at) => attacks[at % attacks.length]);
  document.judge.title = document.judge.oracle = attacks[3];
  document.judge.failures = attacks.map((why) => ({ why, count: 1 }));
  const opened = await openOffline("hostile", data);
  await openDetails(opened.page);
  await nothingHappened(opened, "select");
  const { page, context } = opened;
  // Each of them looked at, by keyboard; then searched for.
  await page.locator(".call-list").focus();
  for (let i = 0; i < 30; ++i) await page.keyboard.press("ArrowDown");
  for (const attack of attacks) {
    await page.getByLabel("Search").fill(attack);
    await page.waitForTimeout(30);
  }
  await nothingHappened(opened, "select, looked at");
  // Hidden characters are shown: neither an escape nor a turn of direction is in the page.
  const text = await page.evaluate(() => document.body.innerText);
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b\u000e-\u001f\u202a-\u202e\u2066-\u2069]/);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 1280);
  await context.close();
});

test("other reports do nothing with such names either", { skip }, async () => {
  const poison = (value, key) => {
    if (typeof value === "string" && !["measure", "kind", "decision"].includes(key)) return everything.slice(0, 400);
    if (Array.isArray(value)) return value.map((one) => poison(one, key));
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poison(one, name)]));
    return value;
  };
  for (const kind of ["allocate", "simulate", "route-task", "route-query", "ensemble"]) {
    const document = goldenDocument(kind);
    const opened = await openOffline(`hostile-${kind}`, pageOf({ ...document, title: everything, text: everything, summary: attacks, report: poison(document.report, "") }), { width: 800 });
    await openDetails(opened.page);
    await nothingHappened(opened, kind);
    assert.ok((await opened.page.evaluate(() => document.documentElement.scrollWidth)) <= 800, kind);
    await opened.context.close();
  }
});
