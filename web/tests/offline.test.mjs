// Pages that the command writes, opened from disk.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { close, command, fileUrl, folder, open, openDetails, skip } from "./browser.mjs";

after(close);

const assay = command();
const skipped = skip || (!assay && "ASSAY_COMMAND names no command that writes reports");
// Exit status 3: not decided.
const run = (...args) => {
  try {
    return execFileSync(assay, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    if (error.status === 3) return error.stdout;
    throw new Error(`${args.join(" ")}: ${error.stderr}`);
  }
};

async function shows(name) {
  const opened = await open(fileUrl(join(folder, name)));
  await openDetails(opened.page);
  assert.deepEqual(opened.record.errors, [], name);
  assert.deepEqual(opened.record.dialogs, [], name);
  assert.deepEqual(opened.record.requests.filter((url) => !url.startsWith("data:,")), [fileUrl(join(folder, name))], name);
  return opened;
}

test("a selection, and two compared", { skip: skipped }, async () => {
  run("synth", "a.assay", "--models", "6", "--queries", "60", "--seed", "1", "-q");
  run("synth", "b.assay", "--models", "6", "--queries", "60", "--seed", "2", "-q");
  const text = run("report", "a.assay", "-o", "a.html");
  const { page, context } = await shows("a.html");
  const answer = (await page.locator("h2.answer").textContent()).replaceAll("\u00a0", " "); // number and % stay together
  assert.ok(text.includes(answer), `${answer} is not in ${text}`);
  assert.equal(await page.locator("#report-1-ranking tbody tr").count(), 7);
  assert.ok(await page.locator(".chosen .side-text").first().isVisible());
  await context.close();
  run("report", "a.assay", "b.assay", "-o", "both.html");
  const both = await shows("both.html");
  assert.ok(await both.page.locator("article").count() === 3);
  await both.page.getByRole("heading", { name: "Models in each study" }).waitFor();
  await both.context.close();
});

test("reports that other verbs wrote", { skip: skipped }, async () => {
  run("synth", "arms.assay", "--scores", "two-groups", "--arms", "12", "--seed", "1", "-q");
  writeFileSync(join(folder, "allocate.json"), run("allocate", "arms.assay", "--budget", "100", "--json", "-q"));
  run("synth", "c.assay", "--models", "4", "--queries", "40", "--seed", "3", "-q");
  writeFileSync(join(folder, "simulate.json"), run("simulate", "c.assay", "--realizations", "5", "--pool", "20", "--json", "-q"));
  writeFileSync(join(folder, "select.json"), run("select", "c.assay", "--json", "-q"));
  run("report", "allocate.json", "simulate.json", "select.json", "-o", "saved.html");
  const { page, context } = await shows("saved.html");
  for (const heading of ["Scores", "Finding the best model", "Ranking"]) await page.getByRole("heading", { name: heading, exact: true }).waitFor();
  await context.close();
});

test("texts of strangers come through the command as text", { skip: skipped }, async () => {
  const attacks = ["<script>alert(1)</script>", "</script><script>alert(2)</script>", "<!--", "<img src=x onerror=alert(3)>", "\u2028alert(4)\u2029", "]]> \u0000 \u007f \u202e"];
  const lines = [];
  const models = ["<b>one</b>", "</script><script>alert(5)</script>"];
  for (let number = 0; number < 30; ++number) {
    const prompt = attacks[number % attacks.length];
    const query = `q${number} ${prompt}`;
    lines.push({ query, prompt });
    for (const model of ["base", ...models]) lines.push({ query, model, response: `${prompt} ${model}` });
    for (const model of models) lines.push({ query, model, opponent: "base", judge: "<i>judge</i>", verdict: (number + model.length) % 3 ? "win" : "loss" });
  }
  writeFileSync(join(folder, "hostile.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
  run("import", "jsonl", "hostile.jsonl", "-o", "hostile.assay", "--baseline", "base", "-q");
  run("report", "hostile.assay", "-o", "hostile-command.html");
  const { page, context } = await shows("hostile-command.html");
  assert.equal(await page.evaluate(() => document.querySelectorAll("img, iframe, b, i").length), 0);
  assert.equal(await page.evaluate(() => document.scripts.length), 2);
  await context.close();
});

test("a page stays below its limit, and says what is left out", { skip: skipped }, async () => {
  run("synth", "large.assay", "--models", "30", "--queries", "600", "--spread", "0.1", "--seed", "4", "-q");
  run("report", "large.assay", "--max-size", "0.8", "-o", "large.html");
  assert.ok(statSync(join(folder, "large.html")).size < 800_000);
  const { page, context } = await shows("large.html");
  assert.match(await page.locator(".note").first().textContent(), /without their texts/);
  await context.close();
});
