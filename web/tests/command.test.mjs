// The page as the command itself serves and writes it: `assay view` and `assay report` on a study.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, test as unskipped } from "node:test";
import { close, command, fileUrl, folder, open, skip } from "./browser.mjs";

const assay = command();
const test = (name, run) => unskipped(name, { skip: skip || (!assay && "ASSAY_COMMAND names no assay that was built with the page") }, run);
const started = [];
after(() => {
  for (const one of started) one.kill("SIGKILL"); // of a test that failed
  return close();
});

/** What it says on standard output; 3, not decided, is no failure. */
function run(...words) {
  const { status, stdout } = spawnSync(assay, words, { stdio: ["ignore", "pipe", "ignore"], encoding: "utf8" });
  assert.ok(status === 0 || status === 3, `assay ${words.join(" ")}: exit status ${status}`);
  return stdout;
}

function study(name, ...options) {
  const path = join(folder, `${name}.assay`);
  run("synth", path, "--models", "5", "--queries", "60", "--seed", "3", ...options);
  return path;
}

/** `assay view` in a process of its own; `links` of raters by name, and of the owner as "". */
class View {
  constructor(path, ...options) {
    this.words = ["view", path, "--no-browser", ...options];
  }

  async start(port = "0") {
    this.process = spawn(assay, [...this.words, "--port", port], { stdio: ["ignore", "ignore", "pipe"] });
    started.push(this.process);
    this.links = {};
    let text = "";
    await new Promise((resolve, reject) => {
      this.process.stderr.setEncoding("utf8").on("data", (piece) => {
        text += piece;
        if (/^open \S+$/m.test(text)) resolve();
      });
      this.process.once("exit", () => reject(new Error(`assay view ended: ${text}`)));
    });
    for (const [, name, link] of text.matchAll(/^(.*) judges at (\S+)$/gm)) this.links[name] = link;
    this.links[""] = /^open (\S+)$/m.exec(text)[1];
    this.port = new URL(this.links[""]).port;
    return this;
  }

  async stop(signal = "SIGTERM") {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill(signal);
    return ended;
  }

  async api(name) {
    return (await fetch(`${this.links[""]}api/${name}`)).json();
  }
}

const own = (record, link) => record.requests.filter((url) => !url.startsWith(link) && !url.startsWith("data:"));

test("assay view shows a study and runs it again", async () => {
  const view = await new View(study("view")).start();
  const { page, record } = await open(view.links[""]);
  await page.getByText("against baseline").first().waitFor();
  await page.getByText("Start a run").click();
  await page.getByLabel("Query equivalents at most").fill("3");
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByText("15 of 300").first().waitFor();
  assert.deepEqual(record.errors, []);
  assert.deepEqual(own(record, view.links[""]), []);
  assert.equal(await view.stop(), 0);
});

test("assay view --read-only offers no run", async () => {
  const view = await new View(study("looked_at"), "--read-only").start();
  const { page } = await open(view.links[""]);
  await page.getByText("against baseline").first().waitFor();
  assert.equal(await page.getByText("Start a run").count(), 0);
  await view.stop();
});

test("people judge by keyboard, and go on where a killed server stopped", async () => {
  const path = study("rated");
  let view = await new View(path, "--raters", "ann,ben").start();
  const link = view.links.ann;
  const { page, record } = await open(link);
  const pair = (number) => page.getByRole("heading", { level: 1, name: `Pair ${number}:` }).waitFor();
  const judge = async (number, key) => {
    await pair(number);
    await page.waitForTimeout(400); // sooner is taken for a slip
    await page.keyboard.press(key);
  };
  await page.getByRole("heading", { name: "Which answer is better?" }).waitFor();
  await page.keyboard.press("Enter");
  await judge(1, "1");
  await judge(2, "0");
  await judge(3, "2");
  await pair(4);
  const verdicts = async () => (await view.api("raters"))[0].verdicts;
  for (let turn = 0; turn < 100 && (await verdicts()) < 3; ++turn) await page.waitForTimeout(50);
  assert.equal(await verdicts(), 3);
  await page.waitForTimeout(400);
  await view.stop("SIGKILL");
  await page.keyboard.press("1"); // nobody is there to take it
  view = await new View(path, "--raters", "ann,ben").start(view.port);
  assert.equal(view.links.ann, link, "links last");
  for (let turn = 0; turn < 300 && (await verdicts()) < 4; ++turn) await page.waitForTimeout(50);
  assert.equal(await verdicts(), 4, "what was said while nobody was there is neither lost nor counted twice");
  await page.waitForTimeout(1500); // until the page knows it, too: with something unsent it would ask before it goes
  await page.reload();
  await page.getByText("Pair 5").or(page.getByRole("button", { name: "Start" })).first().waitFor();
  assert.equal(await verdicts(), 4);
  assert.deepEqual(record.errors.filter((error) => !error.includes("net::ERR_")), []);
  await view.stop();
  assert.match(run("select", path, "--oracle", "people", "--json"), /"oracle": "people"/);
});

test("assay report writes a page that opens from disk", async () => {
  const path = join(folder, "written.html");
  run("report", study("reported"), "-o", path);
  const { page, record } = await open(fileUrl(path));
  await page.getByText("against baseline").first().waitFor();
  assert.deepEqual(record.errors, []);
  assert.deepEqual(own(record, fileUrl(path)), []);
});
