// A person judges in a real browser: by keyboard alone, with reloads, without a network, with texts that mean harm.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, test as unskipped } from "node:test";
import { assets, close, newContext, skip } from "./browser.mjs";
import { RatingServer, Study } from "./rating_server.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A verdict that comes sooner after its pair is held for a slip. */
const guard = 350;

const test = (name, run) => unskipped(name, { skip }, run);
after(close);

const sentence = "The river rises in the hills and reaches the sea after two hundred miles. ";
const pairs = (count, change = {}) =>
  Array.from({ length: count }, (_, at) => ({
    prompt: `Prompt number ${at}`,
    first: `The **first** answer to ${at}.`,
    second: `The second answer to ${at}.\n\n- one\n- two`,
    ...change,
  }));

/** A server, a context of the browser, and a page of the rater; all is closed after `run`, in which no error may happen. */
async function sitting({ study = new Study({ pairs: pairs(8) }), raters = ["ann"], context: options = {} }, run) {
  const server = await new RatingServer(study, assets, { raters }).start();
  const context = await newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const errors = [];
  const open = async (rater = "ann") => {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on("pageerror", (error) => errors.push(error.stack));
    await page.goto(server.url(rater));
    return page;
  };
  try {
    await run({ server, study, context, open });
    assert.deepEqual(errors, []);
  } finally {
    await context.close();
    await server.stop();
  }
}

/** Waits for pair `number`, and until its verdict is no slip. */
async function at(page, number) {
  await page.getByRole("heading", { level: 1, name: `Pair ${number}:` }).waitFor();
  await page.waitForTimeout(guard);
}

async function begin(page, number = 1) {
  await page.getByRole("heading", { name: "Which answer is better?", exact: true }).waitFor();
  await page.keyboard.press("Enter");
  await at(page, number);
}

const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
const notice = (page) => page.locator(".notice").innerText();
const said = (study) => study.votes.map((vote) => [vote.at, vote.verdict]);
/** Replies take a moment. */
async function until(what, condition) {
  for (let turn = 0; turn < 300; ++turn) {
    if (await condition()) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  assert.fail(`not so after 30 s: ${what}`);
}

/** Waits until the page is painted in these colours. */
const settled = (page, colorScheme) =>
  page.evaluate(async (wanted) => {
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    while (!matchMedia(`(prefers-color-scheme: ${wanted})`).matches) await frame();
    await Promise.all(document.getAnimations().map((one) => one.finished));
    for (let turn = 0; turn < 3; ++turn) await frame();
  }, colorScheme);

test("a whole sitting by keyboard alone", () =>
  sitting({}, async ({ study, open }) => {
    const page = await open();
    await heading(page, "Which answer is better?");
    assert.match(await page.locator("main").innerText(), /You judge as ann/);
    await begin(page);
    const focus = () => page.evaluate(() => document.activeElement?.tagName);
    assert.equal(await focus(), "H1");
    await page.keyboard.press("1");
    await at(page, 2);
    assert.match(await notice(page), /Answer 1 is better/);
    await page.keyboard.press("2");
    await at(page, 3);
    await page.keyboard.press("0");
    await at(page, 4);
    await page.keyboard.press("s");
    await at(page, 5);
    await page.keyboard.press("u");
    await at(page, 4);
    assert.match(await notice(page), /Taken back/);
    await page.evaluate(() => {
      // Two keys in a row: the second is the note's.
      document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "n", code: "KeyN", bubbles: true }));
      queueMicrotask(() => queueMicrotask(() => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "1", code: "Digit1", bubbles: true }))));
    });
    await page.keyboard.type("1 is wrong, 2 too. Until 0");
    await page.keyboard.press("Enter");
    assert.equal(await focus(), "H1");
    await page.getByText("Note: 1 is wrong, 2 too. Until 0").waitFor();
    await page.keyboard.press("0");
    await at(page, 5);
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    assert.equal(await focus(), "BUTTON"); // that closes it
    await page.keyboard.press("1"); // not a verdict: the help is open
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    assert.equal(await focus(), "H1");
    await page.keyboard.press("m");
    await page.getByText("The **first** answer to 4.").waitFor();
    await page.keyboard.press("m");
    assert.equal(await page.getByText("The **first** answer to 4.").count(), 0);
    for (const number of [5, 6, 7, 8]) {
      await at(page, number);
      await page.keyboard.press("1");
    }
    await heading(page, "Done. Thank you!");
    assert.equal(await focus(), "H1");
    await page.keyboard.press("u");
    await at(page, 8);
    await page.keyboard.press("2");
    await heading(page, "Done. Thank you!");
    await until("all votes", () => study.votes.length === 8);
    assert.deepEqual(said(study), [[0, "1"], [1, "2"], [2, "0"], [3, "0"], [4, "1"], [5, "1"], [6, "1"], [7, "2"]]);
    assert.deepEqual(study.votes.map((vote) => vote.note), ["", "", "", "1 is wrong, 2 too. Until 0", "", "", "", ""]);
    for (const vote of study.votes) assert.ok(vote.seconds >= 0.3 && vote.seconds < 60, `${vote.seconds} s`);
  }));

test("a whole sitting by mouse and by touch", () =>
  sitting({ context: { hasTouch: true, viewport: { width: 390, height: 844 } } }, async ({ study, open }) => {
    const page = await open();
    await page.getByRole("button", { name: "Start" }).tap();
    for (const [number, name] of [[1, "Answer 1 is better"], [2, "Answer 2 is better"], [3, "Neither"], [4, "Skip"]]) {
      await at(page, number);
      await page.getByRole("button", { name }).tap();
    }
    await at(page, 5);
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1");
    await page.keyboard.press("Space"); // reads on, presses no button
    await page.getByRole("button", { name: "Undo" }).click();
    await at(page, 4);
    await page.getByRole("button", { name: "Answer 2 is better" }).click();
    await until("votes", () => study.votes.length === 4);
    assert.deepEqual(said(study), [[0, "1"], [1, "2"], [2, "0"], [3, "2"]]);
  }));

test("a reload in the middle, the back button, and a note that was begun", () =>
  sitting({}, async ({ server, study, open }) => {
    const page = await open();
    await begin(page);
    await page.keyboard.press("1");
    await page.reload(); // right after the key
    await at(page, 2);
    await page.keyboard.press("n");
    await page.keyboard.type("half a thought");
    await page.reload();
    await at(page, 2);
    await page.getByText("Note: half a thought").waitFor();
    await page.keyboard.press("2");
    await page.goto("about:blank");
    await page.goBack();
    await at(page, 3);
    await page.goto(server.url("nobody"));
    await page.goBack();
    await at(page, 3);
    await page.keyboard.press("u"); // of an answer that this page has never seen
    await at(page, 2);
    assert.deepEqual(said(study), [[0, "1"]]);
    await page.keyboard.press("0");
    await at(page, 3);
    await until("votes", () => study.votes.length === 2);
    assert.deepEqual(said(study), [[0, "1"], [1, "0"]]);
  }));

test("offline: answers wait here, leaving warns, and they are sent later, once", () =>
  sitting({}, async ({ study, context, open }) => {
    const page = await open();
    await begin(page);
    await context.setOffline(true);
    await page.keyboard.press("1");
    await at(page, 2);
    await page.getByText("Offline: 1 answer waits here").waitFor();
    await page.keyboard.press("2");
    await at(page, 3);
    await page.getByText("Offline: 2 answers wait here").waitFor();
    await page.keyboard.press("u");
    await at(page, 2);
    await page.getByText("Offline: 1 answer waits here").waitFor();
    await page.keyboard.press("u"); // of the one that was tried
    await at(page, 1);
    await page.keyboard.press("0");
    await at(page, 2);
    await page.keyboard.press("2");
    await at(page, 3);
    await page.keyboard.press("1");
    await heading(page, "No connection to the study");
    assert.equal(study.votes.length, 0);
    // Leaving asks first.
    const asked = new Promise((told) => page.once("dialog", (dialog) => (told(dialog.type()), dialog.dismiss())));
    await page.close({ runBeforeUnload: true });
    assert.equal(await asked, "beforeunload");
    // Who leaves all the same finds the answers again.
    page.once("dialog", (dialog) => dialog.accept());
    await page.close({ runBeforeUnload: true });
    await context.setOffline(false);
    const again = await open();
    await until("votes", () => study.votes.length === 3);
    assert.deepEqual(said(study), [[0, "0"], [1, "2"], [2, "1"]]);
    await begin(again, 4);
    assert.equal(await again.locator(".banner").innerText(), "");
    // Nothing waits, nothing warns.
    again.once("dialog", () => assert.fail("leaving asks"));
    await again.close({ runBeforeUnload: true });
  }));

test("the network comes back by itself", () =>
  sitting({}, async ({ study, context, open }) => {
    const page = await open();
    await begin(page);
    await context.setOffline(true);
    await page.keyboard.press("1");
    await at(page, 2);
    await page.getByText("Offline: 1 answer waits here").waitFor();
    await context.setOffline(false);
    await until("vote", () => study.votes.length === 1);
    await until("no banner", async () => (await page.locator(".banner").innerText()) === "");
  }));

test("a server that restarts, fails, is busy, or loses replies", () =>
  sitting({}, async ({ server, study, open }) => {
    const page = await open();
    await begin(page);
    await server.stop();
    await page.keyboard.press("1");
    await at(page, 2);
    await page.getByText("1 answer waits here").waitFor();
    await server.start();
    await page.getByRole("button", { name: "Try now" }).click();
    await until("vote", () => study.votes.length === 1);
    server.faults.push("drop", 503, "deaf", 429);
    await page.keyboard.press("2");
    await at(page, 3);
    await until("vote", () => study.votes.length === 2);
    await until("no banner", async () => (await page.locator(".banner").innerText()) === "");
    server.faults.push("deaf");
    await page.keyboard.press("u");
    await at(page, 2);
    await until("undo", () => study.votes.length === 1);
    await page.keyboard.press("0");
    await at(page, 3);
    await until("vote", () => study.votes.length === 2);
    server.faults.push([400, "the note has a word that is not allowed"]);
    await page.keyboard.press("1");
    await page.getByText("the note has a word that is not allowed").waitFor();
    assert.deepEqual(said(study), [[0, "1"], [1, "0"]]);
  }));

test("a slow server: the next pair doesn't wait for it, and undo comes before its reply", () =>
  sitting({}, async ({ server, study, open }) => {
    const page = await open();
    await begin(page);
    server.delay = 1500;
    await page.keyboard.press("1");
    await at(page, 2);
    await page.keyboard.press("u");
    await at(page, 1);
    await page.keyboard.press("2");
    await at(page, 2);
    await page.keyboard.press("1");
    await at(page, 3);
    await page.keyboard.press("1");
    server.delay = 0;
    await at(page, 4);
    await until("votes", () => study.votes.length === 3);
    assert.deepEqual(said(study), [[0, "2"], [1, "1"], [2, "1"]]);
  }));

test("a key that is pressed twice or held, right after a pair has come, is no verdict", () =>
  sitting({}, async ({ study, open }) => {
    const page = await open();
    await begin(page);
    await page.evaluate(() => {
      const press = (repeat) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "1", code: "Digit1", bubbles: true, repeat }));
      press(false);
      setTimeout(() => press(false), 60);
      for (let at = 1; at < 30; ++at) setTimeout(() => press(true), 30 * at);
    });
    await at(page, 2);
    await page.getByText("That was too quick").waitFor();
    await page.waitForTimeout(800);
    await at(page, 2);
    assert.deepEqual(said(study), [[0, "1"]]);
    await page.keyboard.press("Control+1");
    await page.keyboard.press("2");
    await at(page, 3);
    await until("votes", () => study.votes.length === 2);
    assert.deepEqual(said(study), [[0, "1"], [1, "2"]]);
  }));

const twoTabs = (locks) =>
  sitting({}, async ({ study, context, open }) => {
    if (!locks) await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "locks", { value: undefined }));
    const one = await open();
    await begin(one);
    const two = await open();
    await begin(two);
    await one.bringToFront();
    await one.keyboard.press("1");
    await at(one, 2);
    await two.bringToFront();
    await at(two, 2);
    await two.keyboard.press("2");
    await at(two, 3);
    await one.bringToFront();
    await at(one, 3);
    await one.keyboard.press("0");
    await at(two, 4);
    await until("votes", () => study.votes.length === 3);
    assert.deepEqual(said(study), [[0, "1"], [1, "2"], [2, "0"]]);
  });

test("two tabs of one rater judge nothing twice", () => twoTabs(true));
test("nor do they where the browser has no locks: without https, on another machine", () => twoTabs(false));

test("two raters: pairs of their own, and who has none waits for one", () =>
  sitting({ study: new Study({ pairs: pairs(4), ahead: 2 }), raters: ["ann", "ben"] }, async ({ study, open }) => {
    const ann = await open("ann");
    await begin(ann);
    const ben = await open("ben");
    await begin(ben);
    for (const number of [1, 2]) {
      await at(ben, number);
      await ben.keyboard.press("2");
    }
    await heading(ben, "Nothing to judge right now");
    assert.equal(await ben.title(), "Waiting - Assay");
    // Ann gives one of hers back.
    study.open.push(study.rater("ann").held.pop().at);
    await at(ben, 3);
    await ben.keyboard.press("2");
    await at(ann, 1);
    await ann.keyboard.press("1");
    await heading(ann, "Done. Thank you!");
    await heading(ben, "Done. Thank you!");
    assert.deepEqual(study.votes.map((vote) => [vote.rater, vote.at, vote.verdict]), [["ben", 2, "2"], ["ben", 3, "2"], ["ben", 1, "2"], ["ann", 0, "1"]]);
  }));

test("a pair that went to somebody else, a study without texts, and a link that is no longer served", () =>
  sitting({}, async ({ server, study, open }) => {
    const page = await open();
    await begin(page);
    study.takeAway("ann", "ann/0");
    await page.keyboard.press("1");
    await page.getByText("That came too late").waitFor();
    assert.equal(study.votes.length, 0);
    server.refusal = "This study has no texts to read: <b>import</b> prompts and responses.";
    await page.reload();
    await heading(page, "There is nothing to judge here");
    await page.getByText("<b>import</b> prompts and responses.").waitFor();
    server.refusal = null;
    server.raters = [];
    const tab = await page.context().newPage();
    server.raters = ["ann"];
    await tab.goto(server.url("ann"));
    await begin(tab, 2);
    server.raters = [];
    await tab.keyboard.press("1");
    await tab.getByText("This link is not served now: 1 answer waits here").waitFor();
    server.raters = ["ann"];
    await until("vote", () => study.votes.length === 1);
  }));

const hostile = [
  "<script>alert(1)</script><img src=http://127.0.0.1:9/x onerror=alert(2)><svg onload=alert(3)><iframe src=javascript:alert(4)></iframe>",
  "[click](javascript:alert(5)) [out](http://127.0.0.1:9/out \"title\") <http://127.0.0.1:9/auto> http://127.0.0.1:9/bare www.example.com me@example.com",
  "![pixel](http://127.0.0.1:9/pixel.png) ![a][b]\n\n[b]: http://127.0.0.1:9/ref.png\n\n[c][b]",
  "<style>*{background:url(http://127.0.0.1:9/css)}</style><link rel=stylesheet href=http://127.0.0.1:9/l.css><meta http-equiv=refresh content=0;url=http://127.0.0.1:9/>",
  "<form action=http://127.0.0.1:9/><button>Answer 1 is better</button></form><base href=http://127.0.0.1:9/><input autofocus onfocus=alert(6)>",
  "```html\"><script>alert(7)</script>\n<script>alert(8)</script>\n```\n\n`<img src=x onerror=alert(9)>`",
  "user\u202egnp.exe \u2066isolated\u2069 \u200bnothing \u0007bell \u{e0041}tag",
  `${"> ".repeat(3000)}deep ${"- ".repeat(3000)}`,
  `${"#".repeat(7)} no heading\n\n# Answer 2\n\n|a|b|\n|-|-|\n|<b onmouseover=alert(1)>x</b>|[y](javascript:alert(2))|`,
  `Zalgo ${"e\u0301\u0302\u0303\u0304".repeat(50)}${"\u0301".repeat(3000)}`,
  `${"W".repeat(20000)}`,
  "[^1] footnote\n\n[^1]: <script>alert(1)</script>",
  "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x&#62;",
  "__proto__ constructor {{7*7}} ${alert(1)} {alert(1)}",
];

test("texts that mean harm run nothing, load nothing, link nothing", () =>
  sitting({ study: new Study({ pairs: hostile.map((text, at) => ({ prompt: `${at}: ${text}`, first: text, second: text })) }) }, async ({ server, study, context, open }) => {
    const outside = [];
    await context.route("**/*", (route) => {
      if (!route.request().url().startsWith(server.url("ann"))) outside.push(route.request().url());
      return route.continue();
    });
    await context.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
    });
    const page = await open();
    page.on("dialog", (dialog) => assert.fail(`a dialog: ${dialog.message()}`));
    page.on("popup", (popup) => assert.fail(`a window: ${popup.url()}`));
    await begin(page);
    for (let number = 1; number <= hostile.length; ++number) {
      await at(page, number);
      for (const toggle of ["", "m", "m"]) {
        if (toggle) await page.keyboard.press(toggle);
        const found = await page.evaluate(() => {
          const parts = [...document.querySelectorAll(".response-text")];
          const elements = parts.flatMap((part) => [...part.querySelectorAll("*")]);
          const allowed = new Set("P H3 H4 H5 H6 EM STRONG DEL CODE BR HR FIGURE FIGCAPTION PRE BLOCKQUOTE OL UL LI DIV SPAN TABLE THEAD TBODY TR TH TD".split(" "));
          const attributes = new Set("class dir start scope role aria-label tabindex".split(" "));
          return {
            parts: parts.length,
            elements: elements.filter((one) => !allowed.has(one.tagName)).map((one) => one.outerHTML.slice(0, 100)),
            attributes: elements.flatMap((one) => one.getAttributeNames().filter((name) => !attributes.has(name)).map((name) => `${one.tagName} ${name}`)),
            wide: document.documentElement.scrollWidth - window.innerWidth,
            violations: window.violations,
            hidden: /[\u202a-\u202e\u2066-\u2069\u200b\u0007]/.test(document.querySelector("main").innerText),
            escaped: parts.some((part) => part.getBoundingClientRect().bottom > part.closest("section").getBoundingClientRect().bottom + 1 && part.closest(".fold").style.maxHeight === "none"),
          };
        });
        assert.deepEqual(found, { parts: 3, elements: [], attributes: [], wide: found.wide <= 0 ? found.wide : 0, violations: [], hidden: false, escaped: false }, hostile[number - 1].slice(0, 60));
      }
      // What a text says stands there in letters.
      if (number === 1) assert.match(await page.locator(".pair-answer").first().innerText(), /<script>alert\(1\)<\/script>/);
      if (number === 2) assert.match(await page.locator(".pair-answer").first().innerText(), /click <javascript:alert\(5\)>/);
      if (number === 3) assert.match(await page.locator(".pair-answer").first().innerText(), /\[image: pixel\] <http:\/\/127\.0\.0\.1:9\/pixel\.png>/);
      if (number === 7) assert.match(await page.locator(".pair-answer").first().innerText(), /user\\u202egnp\.exe/);
      await page.keyboard.press("1");
    }
    await heading(page, "Done. Thank you!");
    assert.equal(study.votes.length, hostile.length);
    assert.deepEqual(outside, []);
    assert.deepEqual([...new Set(server.requests)].sort(), ["GET ", "GET api/rating", "GET api/session", "GET assets/page.css", "GET assets/page.js", "POST api/verdict"]);
  }));

test("both answers fold at the same height, and space reads on to the rest", () =>
  sitting({ study: new Study({ pairs: [{ prompt: "Short", first: sentence.repeat(300), second: sentence.repeat(60) }, ...pairs(1)] }) }, async ({ open }) => {
    const page = await open();
    await begin(page);
    const folds = () => page.locator(".pair-answer .fold").evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().height));
    const [first, second] = await folds();
    assert.equal(first, second);
    const top = () => page.evaluate(() => window.scrollY);
    for (let turn = 0; turn < 3; ++turn) await page.keyboard.press("Space");
    const unfolded = await folds();
    assert.ok(unfolded[0] > 2 * first, `${unfolded} after ${first}`);
    const before = await top();
    await page.keyboard.press("j");
    assert.ok((await top()) > before);
    await page.keyboard.press("k");
    assert.equal(await top(), before);
    await page.keyboard.press("Shift+Space");
    await page.keyboard.press("f");
    assert.deepEqual(await folds(), [first, second]);
    await page.keyboard.press("1");
    await at(page, 2);
    assert.equal(await top(), 0);
    assert.equal(await page.getByRole("button", { name: "Show all" }).count(), 0);
  }));

test("no serious fault for axe, nothing cut off: three sizes, light and dark, large letters", () =>
  sitting({ study: new Study({ pairs: [{ prompt: sentence.repeat(30), first: `# Title\n\n## Part\n\n${sentence.repeat(40)}\n\n|a|b|\n|-|-|\n|1|2|\n\n\`\`\`py\nx = 1\n\`\`\`\n`, second: sentence.repeat(90) }, ...pairs(1)] }) }, async ({ server, open }) => {
    const page = await open();
    const check = async (what) => {
      await page.evaluate(axe);
      const faults = await page.evaluate(async () => (await window.axe.run()).violations.map((one) => `${one.impact} ${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`));
      assert.deepEqual(faults.filter((fault) => /^(serious|critical|moderate)/.test(fault)), [], what);
      const wide = await page.evaluate(() =>
        document.documentElement.scrollWidth <= window.innerWidth
          ? []
          : [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > window.innerWidth && !one.closest(".wide")).map((one) => one.outerHTML.slice(0, 100)));
      assert.deepEqual(wide, [], `${what}: wider than the window`);
    };
    const sizes = [[1280, 800], [820, 1180], [360, 740]];
    const everywhere = async (what) => {
      for (const [width, height] of sizes) {
        for (const colorScheme of ["light", "dark"]) {
          await page.setViewportSize({ width, height });
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          await settled(page, colorScheme);
          await check(`${what} ${width} ${colorScheme}`);
        }
      }
    };
    await heading(page, "Which answer is better?");
    await everywhere("first screen");
    await begin(page);
    await everywhere("pair");
    await page.keyboard.press("f");
    await page.keyboard.press("n");
    await everywhere("unfolded, with a note");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await everywhere("help");
    await page.keyboard.press("Escape");
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    await everywhere("large letters");
    await page.evaluate(() => (document.documentElement.style.fontSize = ""));
    await page.keyboard.press("1");
    await at(page, 2);
    await server.stop();
    await page.keyboard.press("1");
    await page.getByText("Offline: 1 answer waits here").waitFor();
    await everywhere("offline");
    await server.start();
    await heading(page, "Done. Thank you!");
    await everywhere("decided");
  }));

test("from the key to the next pair it takes a moment only", (t) =>
  sitting({ study: new Study({ pairs: Array.from({ length: 30 }, (_, at) => ({ prompt: `${at}: ${sentence.repeat(3)}`, first: `${at}\n\n${"1. **Name**: " + sentence + "\n"}`.repeat(30), second: `${at}\n\n${"- *a* `b` " + sentence + "\n"}`.repeat(30) })) }) }, async ({ server, open }) => {
    const page = await open();
    await begin(page);
    server.delay = 200;
    const times = [];
    for (let number = 1; number < 20; ++number) {
      await at(page, number);
      // Until the frame with the next pair is drawn.
      times.push(await page.evaluate((next) => new Promise((done) => {
        const begin = performance.now();
        const look = () => (document.querySelector("h1").textContent.startsWith(`Pair ${next}:`) ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin))) : requestAnimationFrame(look));
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "1", code: "Digit1", bubbles: true }));
        look();
      }), number + 1));
    }
    times.sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)];
    t.diagnostic(`from key to next pair: median ${median.toFixed(0)} ms, most ${times.at(-1).toFixed(0)} ms`);
    assert.ok(median < 500, `${median} ms`);
  }));

test("keys can be turned off, and settings stay", () =>
  sitting({}, async ({ study, open }) => {
    const page = await open();
    await begin(page);
    await page.keyboard.press("m");
    await page.keyboard.press("?");
    await page.getByRole("checkbox").uncheck();
    await page.keyboard.press("Escape");
    await page.keyboard.press("1");
    await page.reload();
    await at(page, 1);
    await page.getByText("The **first** answer to 0.").waitFor();
    await page.keyboard.press("1");
    await page.waitForTimeout(300);
    assert.equal(study.votes.length, 0);
    await page.getByRole("button", { name: "Answer 1 is better" }).click();
    await until("vote", () => study.votes.length === 1);
  }));
