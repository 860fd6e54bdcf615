// People judge behind `assay view`: two of them, whose server is killed in the midst.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { close, command, folder, newContext, skip } from "./browser.mjs";

after(close);

const program = command();
const why = skip || (!program && "ASSAY_COMMAND names no assay that has pages");

/** A study of three models and as many queries, without any verdict. */
function makeStudy(queries) {
  const lines = [];
  for (let query = 0; query < queries; ++query) {
    lines.push({ query: `q${query}`, prompt: `Question ${query}?` });
    for (const model of ["base", "one", "two"]) lines.push({ query: `q${query}`, model, response: `${model} says **${query}**` });
  }
  const rows = join(folder, "rows.jsonl");
  const study = join(folder, "people.assay");
  writeFileSync(rows, lines.map((line) => JSON.stringify(line)).join("\n"));
  execFileSync(program, ["import", "jsonl", rows, "-o", study], { stdio: "pipe" });
  return study;
}

/** Starts the server; gives its process and the links of raters, by name. */
function serve(study, port) {
  const server = spawn(program, ["view", study, "--raters", "ann,ben", "--baseline", "base", "--no-browser", "--port", String(port)]);
  let told = "";
  return new Promise((resolve, reject) => {
    const listen = (piece) => {
      told += piece;
      if (!/^open http/m.test(told)) return;
      resolve({ server, links: Object.fromEntries([...told.matchAll(/^(\w+) judges at (\S+)$/gm)].map(([, name, link]) => [name, link])) });
    };
    server.stdout.on("data", listen);
    server.stderr.on("data", listen);
    server.on("exit", () => reject(new Error(told)));
  });
}

test("two people judge at the command's own server to the end, and one is killed and started anew", { skip: why }, async () => {
  const study = makeStudy(8);
  let { server, links } = await serve(study, 0);
  const port = Number(new URL(links.ann).port);
  try {
    const errors = [];
    const people = [];
    for (const rater of ["ann", "ben"]) {
      const context = await newContext({ viewport: { width: 1280, height: 800 } });
      await context.addInitScript(() => document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective}`)));
      const page = await context.newPage();
      page.on("pageerror", (error) => errors.push(error.stack));
      page.on("console", (message) => message.type() === "error" && !/ERR_CONNECTION|ERR_EMPTY/.test(message.text()) && errors.push(message.text()));
      await page.goto(links[rater]);
      await page.getByRole("heading", { name: "Which answer is better?", exact: true }).waitFor();
      await page.keyboard.press("Enter");
      people.push({ rater, page, shown: [], heading: page.locator("h1") });
    }
    const judge = async ({ page, shown, heading }) => {
      const before = await heading.innerText();
      if (!before.startsWith("Pair")) return false;
      const texts = await page.locator(".prompt, .pair-answer").allInnerTexts();
      assert.match(texts.join(" "), /says/);
      shown.push(texts.join("\n"));
      await page.waitForTimeout(350);
      await page.keyboard.press(/one says/.test(texts[1]) ? "1" : "2");
      await page.waitForFunction((old) => document.querySelector("h1").innerText !== old, before);
      return true;
    };
    const [ann, ben] = people;
    await judge(ann);
    await judge(ben);
    // Taken back and judged anew: shown once more.
    await ann.page.keyboard.press("u");
    await ann.page.getByRole("heading", { name: "Pair 1:" }).waitFor();
    ann.shown.pop();
    await judge(ann);
    // The server dies with answers on their way.
    server.removeAllListeners("exit");
    server.kill("SIGKILL");
    await judge(ann);
    await judge(ben);
    await ann.page.getByText("Offline: 1 answer waits here").waitFor();
    ({ server, links } = await serve(study, port));
    for (const { page } of people) await page.waitForFunction(() => document.querySelector(".banner").innerText === "", null, { timeout: 60_000 });
    for (let turn = 0; turn < 200; ++turn) {
      const judged = [await judge(ann), await judge(ben)];
      const ends = await Promise.all(people.map(({ heading }) => heading.innerText()));
      if (ends.every((end) => end.startsWith("Done"))) break;
      if (!judged.includes(true)) await ann.page.waitForTimeout(300);
    }
    for (const { heading } of people) assert.match(await heading.innerText(), /^Done/);
    for (const { shown } of people) assert.equal(new Set(shown).size, shown.length, "a pair was shown twice");
    assert.ok(ann.shown.length > 2 && ben.shown.length > 2);
    // The server has what they said: no more, no less.
    for (const { page, shown } of people) assert.match(await page.locator(".progress").innerText(), new RegExp(`^${shown.length} by you$`, "m"));
    assert.deepEqual(errors, []);
  } finally {
    server.removeAllListeners("exit");
    server.kill("SIGKILL");
  }
});
