// The live page on a small server that speaks as `assay view` does, under the same strict policy.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, test } from "node:test";
import { assets, close, open, skip } from "./browser.mjs";
import { page as pageOf, selectDocument } from "./samples.mjs";

after(close);

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const token = "tHe-token";

/** A study that is being judged. `study.page`, `study.state` and `study.session` may be changed as a test goes on. */
class Study {
  constructor() {
    this.page = { ...pageOf(selectDocument({ exchanges: 0 })), live: true };
    this.page.documents[0].exchanges_left_out = 0;
    this.exchanges = selectDocument({ exchanges: 900 }).exchanges;
    this.session = { role: "owner", rater: null, read_only: false, study: "sample.assay", assay: "0.1.0" };
    this.state = { revision: 1, run: null, raters: null };
    this.posts = [];
    this.asked = [];
    this.streams = new Set();
  }

  tell(change) {
    this.state = { ...this.state, ...change };
    for (const stream of this.streams) stream.write(`data: ${JSON.stringify(this.state)}\n\n`);
  }

  start(port = 0) {
    this.server = createServer((request, reply) => this.answer(request, reply));
    return new Promise((resolve) => this.server.listen(port, "127.0.0.1", () => {
      this.port = this.server.address().port;
      resolve(`http://127.0.0.1:${this.port}/${token}/`);
    }));
  }

  stop() {
    for (const stream of this.streams) stream.destroy();
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  answer(request, reply) {
    const url = new URL(request.url, "http://127.0.0.1");
    this.asked.push(request.url);
    const send = (status, type, body) => {
      reply.writeHead(status, { "Content-Type": type, "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff" });
      reply.end(body);
    };
    const json = (body, status = 200) => send(status, "application/json", JSON.stringify(body));
    const path = url.pathname.startsWith(`/${token}/`) ? url.pathname.slice(token.length + 2) : null;
    if (path === "") return send(200, "text/html; charset=utf-8", readFileSync(join(assets, "page.html")));
    if (path === "assets/page.js") return send(200, "text/javascript; charset=utf-8", readFileSync(join(assets, "page.js")));
    if (path === "assets/page.css") return send(200, "text/css; charset=utf-8", readFileSync(join(assets, "page.css")));
    if (path === "api/session") return json(this.session);
    if (path === "api/page") return json(this.page);
    if (path === "api/state") return json(this.state);
    if (path === "api/settings") return json({ oracles: [{ name: "recorded", help: "the study's own verdicts" }, { name: "llm", help: "an LLM" }], judge_model: "", budget: null, epsilon: null, confidence: 0.95, max_cost: null, baseline: "", baselines: ["baseline-model"] });
    if (path === "api/raters") return json([{ name: "ann", link: `http://127.0.0.1:${this.port}/other/`, verdicts: 12 }]);
    if (path === "api/agreement") return json({ raters: [{ name: "ann", verdicts: 12, alone: 8, against_rest: { agreement: 0.75, low: 0.3, high: 0.95, pairs: 4 } }], alpha: { value: 0.61, low: 0.2, high: 0.9, pairs: 4 }, summary: ["Two raters agree on 3 of 4 pairs"] });
    if (path === "api/exchanges") {
      const search = (url.searchParams.get("search") ?? "").toLowerCase();
      const found = this.exchanges.filter((one) => [one.prompt, one.response, one.baseline].some((text) => text.toLowerCase().includes(search)));
      const from = Number(url.searchParams.get("from"));
      return json({ total: found.length, exchanges: found.slice(from, from + Number(url.searchParams.get("count"))) });
    }
    if (path === "api/events") {
      reply.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
      reply.write(`data: ${JSON.stringify(this.state)}\n\n`);
      this.streams.add(reply);
      reply.on("close", () => this.streams.delete(reply));
      return undefined;
    }
    if (request.method === "POST" && (path === "api/run" || path === "api/stop")) {
      let body = "";
      request.on("data", (part) => (body += part));
      request.on("end", () => {
        this.posts.push({ path, type: request.headers["content-type"], body: JSON.parse(body) });
        if (this.refuse) json({ error: this.refuse }, 409);
        else json({}, 202);
      });
      return undefined;
    }
    return send(404, "text/plain", "");
  }
}

const running = { by: "page", state: "running", calls: 120, budget: 900, leader: "model-02", probability: 0.4, cost: 0.42, seconds: 75, seconds_left: 500, status: "asking model-02", message: null };

async function withStudy(change, body) {
  const study = new Study();
  change(study);
  const url = await study.start();
  const opened = await open(url);
  try {
    await body({ study, url, ...opened });
  } finally {
    await opened.context.close();
    await study.stop();
  }
}

test("a run is shown as it goes, and the report follows it", { skip }, async () => {
  await withStudy(() => {}, async ({ study, page, record, url }) => {
    await page.getByText("live", { exact: true }).waitFor();
    await page.getByRole("heading", { name: "Ranking" }).waitFor();
    study.tell({ run: running });
    const run = page.locator(".run").first();
    await run.getByText("A run is under way").waitFor();
    for (const text of ["120 of at most 900", "model-02", "$0.42", "1 min 15 s", "8 min 20 s", "asking model-02"]) assert.match(await run.textContent(), new RegExp(text.replace("$", "\\$")));
    study.page = structuredClone(study.page);
    study.page.documents[0].summary[0] = "Best so far: model-02, now it leads";
    study.tell({ revision: 2, run: { ...running, calls: 240 } });
    await page.getByText("now it leads").waitFor();
    await run.getByText("240 of at most 900").waitFor();
    study.tell({ run: { ...running, state: "ended", calls: 300, seconds_left: null, message: "Decided after 300 calls" } });
    await run.getByText("The run has ended").waitFor();
    await run.getByText("Decided after 300 calls").waitFor();
    assert.deepEqual(record.errors, []);
    assert.deepEqual(record.requests.filter((one) => !one.startsWith(url) && !one.startsWith("data:")), []);
  });
});

test("a run is started and stopped, and what is refused is said", { skip }, async () => {
  await withStudy(() => {}, async ({ study, page }) => {
    await page.getByText("Start a run").click();
    await page.getByRole("combobox", { name: "Judge" }).selectOption("llm");
    await page.getByLabel("Model that judges").fill("some-model");
    await page.getByLabel("Spend at most, dollars").fill("2.50");
    await page.getByLabel("Query equivalents at most").fill("12.5");
    await page.getByLabel("Confidence, %").fill("90");
    study.refuse = "Another process is judging this study";
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByText("Another process is judging this study").waitFor();
    study.refuse = undefined;
    await page.getByRole("button", { name: "Start", exact: true }).click();
    while (study.posts.length < 2) await page.waitForTimeout(20);
    assert.deepEqual(study.posts[1], { path: "api/run", type: "application/json", body: { oracle: "llm", judge_model: "some-model", max_cost: 2.5, budget: 12.5, confidence: 0.9 } });
    study.tell({ run: running });
    await page.getByRole("button", { name: "Stop" }).click();
    while (study.posts.length < 3) await page.waitForTimeout(20);
    assert.equal(study.posts[2].path, "api/stop");
    study.tell({ run: { ...running, state: "stopping" } });
    await page.getByText("The run is stopping").waitFor();
    assert.ok(await page.getByRole("button", { name: "Stop" }).isDisabled());
  });
});

test("whoever may only read sees no way to start or stop", { skip }, async () => {
  await withStudy((study) => {
    study.session.read_only = true;
    study.state.run = running;
  }, async ({ study, page }) => {
    await page.getByText("A run is under way").waitFor();
    assert.equal(await page.getByRole("button", { name: "Stop" }).count(), 0);
    study.tell({ run: null });
    await page.getByText("A run is under way").waitFor({ state: "detached" });
    assert.equal(await page.getByText("Start a run").count(), 0);
  });
});

test("the server goes away and comes back", { skip }, async () => {
  await withStudy(() => {}, async ({ study, page }) => {
    await page.getByText("live", { exact: true }).waitFor();
    const { port } = study;
    await study.stop();
    await page.getByText("The server went away; trying again").waitFor();
    assert.ok(await page.getByRole("heading", { name: "Ranking" }).isVisible());
    study.state = { ...study.state, revision: 7, run: running };
    await study.start(port);
    await page.getByText("live", { exact: true }).waitFor();
    await page.getByText("A run is under way").waitFor();
  });
});

test("texts come page by page, and the server searches them", { skip }, async () => {
  await withStudy((study) => {
    study.exchanges[611].response = "A needle that only the server knows";
  }, async ({ study, page }) => {
    await page.locator(".chosen .side-text").first().waitFor();
    const before = study.asked.filter((one) => one.includes("api/exchanges")).length;
    const list = page.locator(".call-list");
    await list.focus();
    for (let i = 0; i < 5; ++i) await page.keyboard.press("ArrowDown");
    await page.getByText("Call 6:").waitFor();
    assert.equal(study.asked.filter((one) => one.includes("api/exchanges")).length, before, "what came is not asked for again");
    await page.keyboard.press("End");
    await page.getByText("Call 900:").waitFor();
    await page.locator(".chosen .side-text").first().waitFor();
    await page.getByLabel("Search").fill("needle that only");
    await page.getByText("1 of 900 calls").waitFor();
    await page.getByText("A needle that only the server knows").waitFor();
  });
});

test("calls that a run adds move nothing that is being read", { skip }, async () => {
  await withStudy(() => {}, async ({ study, page }) => {
    const list = page.locator(".call-list");
    await list.focus();
    await page.keyboard.press("End");
    await page.getByText("Call 900:").waitFor();
    const before = await list.evaluate((element) => element.scrollTop);
    assert.ok(before > 10_000);
    study.page = structuredClone(study.page);
    const { calls } = study.page.documents[0];
    for (const of of ["query", "model", "reward"]) calls[of].push(calls[of][0]);
    study.tell({ revision: 2 });
    await page.getByText("901 of 901 calls").waitFor();
    assert.equal(await list.evaluate((element) => element.scrollTop), before);
    await page.getByText("Call 900:").waitFor();
  });
});

test("a page in a hidden tab listens no more, and comes back", { skip }, async () => {
  await withStudy(() => {}, async ({ study, page }) => {
    const hide = (hidden) => page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
    // The page says "live" of the study before its stream is open.
    const listening = async (count) => {
      while (study.streams.size !== count) await page.waitForTimeout(20);
    };
    await page.getByText("live", { exact: true }).waitFor();
    await listening(1);
    await hide(true);
    await listening(0);
    study.state = { ...study.state, revision: 2, run: running };
    await hide(false);
    await page.getByText("A run is under way").waitFor();
    await listening(1);
  });
});

test("people who judge have links and an agreement", { skip }, async () => {
  await withStudy((study) => {
    study.state.raters = { all: 12, budget: null, left: "about 60 more would decide", decided: false };
  }, async ({ page }) => {
    await page.getByRole("heading", { name: "People who judge" }).waitFor();
    await page.getByText("Two raters agree on 3 of 4 pairs").waitFor();
    await page.getByText("Links to give to them").click();
    await page.getByText("/other/").waitFor();
  });
});

test("a study without responses says so", { skip }, async () => {
  await withStudy((study) => {
    study.page = { ...pageOf(), live: true };
  }, async ({ page }) => {
    await page.getByText("This study is empty.").waitFor();
  });
});

test("the first view of a study like AlpacaEval is there soon", { skip }, async (t) => {
  await withStudy((study) => {
    study.page = { ...pageOf(selectDocument({ models: 53, queries: 805, calls: 2713, exchanges: 0 })), live: true };
  }, async ({ page, url }) => {
    const begin = Date.now();
    await page.goto(url);
    await page.locator("#report-1-ranking svg .mark-dot").waitFor();
    const took = Date.now() - begin;
    t.diagnostic(`${took} ms`);
    assert.ok(took < 20_000, `${took} ms`); // below a second where nothing else runs (docs/results/page.md)
  });
});
