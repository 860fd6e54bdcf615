// Every view at three window sizes: as it looked before, no fault of accessibility, and nothing wider than the window.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { close, openDetails, openOffline, skip } from "./browser.mjs";
import { comparisonDocument, goldenDocument, goldenKinds, page as pageOf, selectDocument, trustDocument } from "./samples.mjs";
import { difference, withFont } from "./screenshot.mjs";

after(close);

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const sizes = { wide: [1280, 900], tablet: [800, 1000], phone: [390, 844] };
const views = {
  select: () => pageOf(selectDocument()),
  checks: () => ({ ...pageOf({ ...goldenDocument("select", "select_assay"), calls: null, judge: null, exchanges: [], exchanges_left_out: 0, texts_cut_at: 0 }), checks: [
    { source: "demo.assay", name: "model-01 is the best", outcome: "passed", message: "" }, { source: "demo.assay", name: "rate of model-01", outcome: "failed", message: "it is at most 60 %" },
  ] }),
  comparison: () => pageOf(comparisonDocument()),
  trust: () => pageOf(trustDocument()),
  other: () => pageOf({ kind: "of-a-later-version", title: "sample.assay", source: "sample.assay", command: null, summary: ["Something new"], text: "Something new\n", report: { pairs: 120, agreement: { share: 0.81, low: 0.73 }, raters: [{ name: "ann", pairs: 60 }, { name: "bob", pairs: 60 }] } }),
  "empty-study": () => pageOf(selectDocument({ models: 0, queries: 0, calls: 0, exchanges: 0, prices: false })),
  nothing: () => pageOf(),
  ...Object.fromEntries(goldenKinds.map((kind) => [kind, () => pageOf(goldenDocument(kind))])),
};

/** Serious and critical faults that axe finds. */
async function faults(page) {
  // Through the debugger, which no policy of the page concerns.
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`).join("; ")}`);
}

/** Headings go down one level at a time; each plot has a name, a caption and a table of the same figures. */
async function hasHeadingsAndTables(page, name) {
  const levels = await page.locator("h1, h2, h3, h4, h5, h6").evaluateAll((all) => all.map((one) => Number(one.tagName[1])));
  assert.equal(levels[0], 1);
  levels.forEach((level, at) => assert.ok(at === 0 || level <= levels[at - 1] + 1, `${name}: h${levels[at - 1]} before h${level}`));
  for (const figure of await page.locator("figure").all()) {
    assert.ok(await figure.locator("[role=img][aria-label]").count() >= 1, name);
    assert.ok(await figure.locator("details table tbody tr").count() >= 1, name);
    assert.notEqual(await figure.locator("figcaption").textContent(), "");
  }
}

for (const [name, data] of Object.entries(views)) {
  test(`${name}: looks as it did, and everybody can use it`, { skip }, async (t) => {
    for (const [size, [width, height]] of Object.entries(sizes)) {
      const { page, record, context } = await openOffline(`${name}-${size}`, data(), { width, height });
      const font = await withFont(page);
      await page.waitForTimeout(200);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${name} at ${width} px is ${wide} px wide`);
      if (font) assert.equal(await difference(page, `${name}-${size}`), "");
      else t.diagnostic("DejaVu Sans is not installed: the pictures are not compared");
      await openDetails(page);
      assert.deepEqual(await faults(page), [], `${name} at ${width} px`);
      if (size === "wide") await hasHeadingsAndTables(page, name);
      assert.deepEqual(record.errors, []);
      await context.close();
    }
    const dark = await openOffline(`${name}-dark`, data(), { colorScheme: "dark" });
    await openDetails(dark.page);
    assert.deepEqual(await faults(dark.page), [], `${name}, dark`);
    await dark.context.close();
  });
}

test("a printed page has all tables, and no navigation", { skip }, async () => {
  const { page, context } = await openOffline("print", pageOf(selectDocument()), { width: 794, height: 1123 });
  await page.emulateMedia({ media: "print" });
  await page.waitForTimeout(200);
  assert.equal(await page.locator("details:not([open]):not(.not-printed)").count(), 0);
  assert.ok(await page.locator("figure table").count() >= 4);
  for (const hidden of ["nav.contents", ".skip", ".filter"]) assert.equal(await page.locator(hidden).isVisible(), false, hidden);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 794);
  assert.ok((await page.pdf()).length > 10_000);
  await context.close();
});

test("the keyboard reaches the report, and every verdict", { skip }, async () => {
  const { page, context } = await openOffline("keyboard", pageOf(selectDocument()));
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await page.getByLabel("With texts").uncheck();
  const list = page.locator(".call-list");
  await list.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.match(await page.locator(".chosen-head").textContent(), /Call 3:/);
  await page.keyboard.press("End");
  assert.match(await page.locator(".chosen-head").textContent(), /Call 900:/);
  const active = await list.getAttribute("aria-activedescendant");
  assert.equal(await page.locator(`[id="${active}"]`).getAttribute("aria-posinset"), "900");
  await context.close();
});

test("verdicts are found by words, by model and by outcome", { skip }, async () => {
  const data = pageOf(selectDocument());
  const document = data.documents[0];
  document.exchanges[7].response = "The needle is in this answer.";
  const { page, context } = await openOffline("search", data);
  const shown = page.locator(".filter output");
  await page.getByText("60 of 900 calls", { exact: true }).waitFor();
  await page.getByLabel("With texts").uncheck();
  await page.getByLabel("Search").fill("NEEDLE is");
  await page.getByText("1 of 900 calls").waitFor();
  assert.match(await page.locator(".chosen").textContent(), /The needle is in this answer/);
  await page.getByLabel("Search").fill("");
  await page.getByRole("combobox", { name: "Model" }).selectOption("model-03");
  const of = document.calls.model.filter((model) => model === 2).length;
  assert.equal(await shown.textContent(), `${of} of 900 calls`);
  await page.getByRole("combobox", { name: "Verdict" }).selectOption("loss");
  const lost = document.calls.model.filter((model, call) => model === 2 && document.calls.reward[call] === 0).length;
  assert.equal(await shown.textContent(), `${lost} of 900 calls`);
  await page.getByLabel("Search").fill("no text has this");
  await page.getByText("No call is like that.").waitFor();
  await context.close();
});

test("a selection says no more than its goal promises", { skip }, async () => {
  const texts = async (name, change) => {
    const data = pageOf(selectDocument());
    change(data.documents[0].report);
    const { page, record, context } = await openOffline(name, data);
    const [ranking, course] = await Promise.all(["#ranking, [id$=ranking]", "#course, [id$=course]"].map((part) => page.locator(part).first().locator("figcaption").first().textContent()));
    const axes = await page.locator("[id$=course] svg").first().textContent();
    assert.deepEqual(record.errors, []);
    await context.close();
    return { ranking, course, axes };
  };
  const decided = (report) => Object.assign(report.stop, { decided: true, possible: [report.best] });
  const exact = await texts("goal-exact", decided);
  assert.match(exact.ranking, /hollow: what is out\./);
  assert.match(exact.ranking, /Only the top is decided here/);
  assert.match(exact.course, /is the best, and, below.* guarantee, not an estimate/);
  assert.match(exact.axes, /how sure, at least/);
  for (const goal of [{ epsilon: 0.025 }, { good_enough: 0.025 }]) {
    const loose = await texts("goal-loose", (report) => Object.assign(decided(report), goal));
    assert.match(loose.ranking, /Filled: the model found; it is at most 2\.5\u00a0points below the best\. Hollow: not excluded/);
    assert.doesNotMatch(loose.ranking, /is out/);
    assert.match(loose.course, /is at most 2\.5\u00a0points below the best/);
  }
  const fixed = await texts("goal-none", (report) => Object.assign(report, { stop: null }));
  assert.doesNotMatch(fixed.ranking, /Only the top/);
  assert.match(fixed.course, /probability of being the best/);
  assert.match(fixed.axes, /probability of being best/);
});
