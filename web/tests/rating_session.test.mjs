// A rater's session without a browser: random sittings with faults, reloads and two tabs, after which the server has exactly
// what the rater meant.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { Study } from "./rating_server.mjs";

const web = fileURLToPath(new URL("..", import.meta.url));

async function load(contents) {
  const { outputFiles } = await esbuild.build({ stdin: { contents, resolveDir: web, loader: "ts" }, bundle: true, write: false, format: "esm", jsx: "automatic", jsxImportSource: "preact" });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}

const { RatingSession, Outbox, commandOf, leaseLock } = await load(
  'export * from "./src/rating/rating_session"; export * from "./src/rating/outbox"; export * from "./src/rating/keys"; export * from "./src/rating/tab_lock";');

/** Numbers from 0 to 1, the same for a seed. */
function random(seed) {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

const pairs = (count) => Array.from({ length: count }, (_, at) => ({ prompt: `prompt ${at}`, first: `first ${at}`, second: `second ${at}` }));

function memoryStore() {
  const items = new Map();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    key: (at) => [...items.keys()][at] ?? null,
    get length() {
      return items.size;
    },
  };
}

/** The study as an API whose requests and replies get lost with a probability. */
function api(study, rater, chance, fault) {
  const send = async (run) => {
    await null;
    if (chance() < fault.lost) return { kind: "lost" };
    const [status, state] = run();
    await null;
    if (chance() < fault.deaf) return { kind: "lost" };
    return status === 200 ? { kind: "state", state } : { kind: "late", state };
  };
  return {
    state: () => send(() => [200, study.state(rater)]),
    verdict: (message) => send(() => study.verdict(rater, message)),
    undo: (id) => send(() => study.undo(rater, fault.blind || id === "" ? undefined : id)),
  };
}

/** Timers that run when the test says so. */
function surroundings() {
  const timers = new Map();
  let next = 0;
  let tail = Promise.resolve();
  return {
    setTimeout: (run) => (timers.set(++next, run), next),
    clearTimeout: (timer) => void timers.delete(timer),
    visible: () => true,
    exclusive: (run) => (tail = tail.then(run, run)),
    fire() {
      const due = [...timers.values()];
      timers.clear();
      for (const run of due) run();
    },
  };
}

async function settle() {
  for (let turn = 0; turn < 60; ++turn) await null;
}

async function drain(session, around) {
  for (let turn = 0; turn < 200; ++turn) {
    await settle();
    const view = session.view();
    if (!view.unsent && !view.trouble && view.phase !== "fetching" && view.phase !== "taking back") return;
    around.fire();
  }
  assert.fail(`never settled: ${JSON.stringify(session.view())}`);
}

test("random sittings with lost requests, lost replies and reloads: the server has what the rater meant", async () => {
  for (let seed = 1; seed <= 120; ++seed) {
    const chance = random(seed);
    const study = new Study({ pairs: pairs(40), undoDepth: seed % 2 === 0 ? 1 : Infinity });
    const fault = { lost: seed % 3 === 0 ? 0 : 0.3, deaf: seed % 5 === 0 ? 0 : 0.3, blind: seed % 7 < 3 };
    const around = surroundings();
    const store = memoryStore();
    const open = () => {
      const session = new RatingSession(api(study, "ann", chance, fault), new Outbox(store, "s", "t"), around);
      session.start();
      return session;
    };
    let session = open();
    /** What the rater said, oldest first: [prompt, verdict]. */
    const meant = [];
    for (let step = 0; step < 60; ++step) {
      const what = chance();
      const view = session.view();
      if (what < 0.45 && view.phase === "judging") {
        const verdict = ["1", "2", "0", "skip"][Math.floor(chance() * 4)];
        assert.ok(session.judge(view.pair.id, verdict, "", 1));
        assert.ok(!meant.some(([prompt]) => prompt === view.pair.prompt), `seed ${seed}: ${view.pair.prompt} was shown twice`);
        meant.push([view.pair.prompt, verdict]);
      } else if (what < 0.65 && view.canUndo) {
        assert.ok(session.undo());
        meant.pop();
      } else if (what < 0.7) {
        session.stop();
        await settle();
        session = open();
      } else if (what < 0.85) {
        around.fire();
      } else {
        await settle();
      }
      if (chance() < 0.5) await settle();
    }
    Object.assign(fault, { lost: 0, deaf: 0 });
    await drain(session, around);
    assert.deepEqual(study.votes.map((vote) => [`prompt ${vote.at}`, vote.verdict]).sort(), [...meant].sort(), `seed ${seed}`);
    session.stop();
  }
});

test("random sittings in two tabs", async () => {
  for (let seed = 1; seed <= 120; ++seed) {
    const chance = random(seed);
    const study = new Study({ pairs: pairs(40) });
    const fault = { lost: 0.2, deaf: 0.2 };
    const around = surroundings();
    const shared = memoryStore();
    const tabs = [];
    // As the browser does, a change in one tab is told to the other a little later.
    const storeOf = (tab) => {
      const tell = (key) => queueMicrotask(() => tabs.forEach(({ session, outbox }, at) => at !== tab && outbox.holds(key) && session.outboxChanged()));
      return Object.create(shared, {
        setItem: { value: (key, value) => (shared.setItem(key, value), tell(key)) },
        removeItem: { value: (key) => (shared.removeItem(key), tell(key)) },
        length: { get: () => shared.length },
      });
    };
    for (const tab of [0, 1]) {
      const outbox = new Outbox(storeOf(tab), "s", `t${tab}`);
      tabs.push({ outbox, session: new RatingSession(api(study, "ann", chance, fault), outbox, around) });
    }
    for (const { session } of tabs) session.start();
    const meant = [];
    for (let step = 0; step < 60; ++step) {
      const { session } = tabs[chance() < 0.5 ? 0 : 1];
      const what = chance();
      const view = session.view();
      if (what < 0.45 && view.phase === "judging") {
        const verdict = ["1", "2", "0", "skip"][Math.floor(chance() * 4)];
        session.judge(view.pair.id, verdict, "", 1);
        assert.ok(!meant.some(([prompt]) => prompt === view.pair.prompt), `seed ${seed}: ${view.pair.prompt} was shown twice`);
        meant.push([view.pair.prompt, verdict]);
      } else if (what < 0.6 && view.canUndo && meant.length > 0) {
        session.undo();
        meant.pop();
      } else if (what < 0.8) {
        around.fire();
      } else {
        await settle();
      }
      for (let turn = 0; turn < (chance() < 0.5 ? 60 : 3); ++turn) await null;
    }
    Object.assign(fault, { lost: 0, deaf: 0 });
    for (let turn = 0; turn < 4; ++turn) for (const { session } of tabs) await drain(session, around);
    assert.deepEqual(study.votes.map((vote) => [`prompt ${vote.at}`, vote.verdict]).sort(), [...meant].sort(), `seed ${seed}`);
    for (const { session } of tabs) session.stop();
  }
});

test("two tabs of one rater: a pair that is answered in one leaves the other, and counts once", async () => {
  const study = new Study({ pairs: pairs(9) });
  const around = surroundings();
  const store = memoryStore();
  const tabs = ["a", "b"].map((tab) => new RatingSession(api(study, "ann", () => 1, { lost: 0, deaf: 0 }), new Outbox(store, "s", tab), around));
  for (const tab of tabs) tab.start();
  await settle();
  for (let at = 0; at < 9; ++at) {
    const [here, there] = at % 2 === 0 ? tabs : [tabs[1], tabs[0]];
    const { pair } = here.view();
    assert.equal(there.view().pair.id, pair.id);
    here.judge(pair.id, "1", "", 1);
    there.outboxChanged();
    assert.notEqual(there.view().pair?.id, pair.id);
    assert.equal(there.judge(pair.id, "2", "", 1), false);
    await settle();
    there.outboxChanged();
    await settle();
  }
  assert.deepEqual(study.votes.map((vote) => vote.verdict), Array(9).fill("1"));
  assert.deepEqual(tabs.map((tab) => tab.view().phase), ["decided", "decided"]);
});

test("the next pair is there before the server has answered, and undo brings the last one back at once", async () => {
  const study = new Study({ pairs: pairs(9) });
  const around = surroundings();
  const session = new RatingSession(api(study, "ann", () => 1, { lost: 0, deaf: 0 }), new Outbox(memoryStore(), "s", "t"), around);
  session.start();
  await settle();
  const [first, second, third] = study.state("ann").pairs;
  session.judge(first.id, "1", "", 1);
  assert.equal(session.view().pair.id, second.id);
  session.judge(second.id, "2", "", 1);
  assert.equal(session.view().pair.id, third.id);
  session.undo();
  assert.equal(session.view().pair.id, second.id);
  session.judge(second.id, "0", "", 1);
  await settle();
  session.undo();
  assert.equal(session.view().pair.id, second.id);
  session.judge(second.id, "skip", "", 1);
  await drain(session, around);
  assert.deepEqual(study.votes.map((vote) => [vote.at, vote.verdict]), [[0, "1"], [1, "skip"]]);
});

test("a pair that went to somebody else: nothing is counted, and the rater is told", async () => {
  const study = new Study({ pairs: pairs(5) });
  const around = surroundings();
  const session = new RatingSession(api(study, "ann", () => 1, { lost: 0, deaf: 0 }), new Outbox(memoryStore(), "s", "t"), around);
  session.start();
  await settle();
  const { pair } = session.view();
  study.takeAway("ann", pair.id);
  session.judge(pair.id, "1", "", 1);
  await drain(session, around);
  assert.match(session.view().notice.text, /too late/);
  assert.equal(study.votes.length, 0);
  assert.equal(session.view().phase, "judging");
});

test("an answer that the server refuses is not sent again; the reason is told, and its pair comes again", async () => {
  const study = new Study({ pairs: pairs(5) });
  const around = surroundings();
  const honest = api(study, "ann", () => 1, { lost: 0, deaf: 0 });
  let refusals = 0;
  const session = new RatingSession({ ...honest, verdict: async () => (++refusals, { kind: "refused", error: "the note is too long" }) }, new Outbox(memoryStore(), "s", "t"), around);
  session.start();
  await settle();
  const { pair } = session.view();
  session.judge(pair.id, "1", "", 1);
  await drain(session, around);
  assert.equal(refusals, 1);
  assert.ok(session.view().ahead.some((one) => one.id === pair.id));
  assert.match(session.view().notice.text, /the note is too long/);
});

test("without a storage, or with a full one, answers are kept in memory", async () => {
  const full = { ...memoryStore(), setItem: () => { throw new Error("full"); } };
  for (const store of [null, full]) {
    const study = new Study({ pairs: pairs(5) });
    const around = surroundings();
    const fault = { lost: 0, deaf: 0 };
    const session = new RatingSession(api(study, "ann", () => 0.5, fault), new Outbox(store, "s", "t"), around);
    session.start();
    await settle();
    fault.lost = 1;
    session.judge(session.view().pair.id, "1", "", 1);
    await settle();
    assert.equal(session.view().waiting, 1);
    assert.deepEqual(session.view().trouble, { kind: "lost" });
    fault.lost = 0;
    await drain(session, around);
    assert.deepEqual(study.votes.map((vote) => vote.verdict), ["1"]);
  }
});

test("tabs without the browser's locks take turns by a lease, also after one was closed in the midst", async () => {
  const store = memoryStore();
  const locks = ["a", "b", "c"].map((tab) => leaseLock(store, "s", tab));
  let inside = 0;
  let runs = 0;
  await Promise.all(locks.map(async (lock) => {
    for (let turn = 0; turn < 4; ++turn) {
      await lock(async () => {
        assert.equal(++inside, 1);
        await new Promise((later) => setTimeout(later, 15));
        --inside;
        ++runs;
      });
    }
  }));
  assert.equal(runs, 12);
  store.setItem("s sender", JSON.stringify({ tab: "gone", until: Date.now() + 200 }));
  const begin = Date.now();
  await locks[0](async () => {});
  assert.ok(Date.now() - begin >= 190);
});

test("keys are found on keyboards whose signs differ", () => {
  const press = (key, code = "", modifiers = {}) => commandOf({ key, code, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...modifiers });
  assert.equal(press("1", "Digit1"), "1");
  assert.equal(press("&", "Digit1"), "1"); // French
  assert.equal(press("à", "Digit0"), "0");
  assert.equal(press("1", "Digit1", { shiftKey: true }), "1"); // French, with shift
  assert.equal(press("!", "Digit1", { shiftKey: true }), null); // US, with shift
  assert.equal(press("г", "KeyU"), "undo"); // Russian
  assert.equal(press("u", "KeyF"), "undo"); // Dvorak: the letter counts, not the place
  assert.equal(press("f", "KeyU"), "fold");
  assert.equal(press("e", "KeyU"), null);
  assert.equal(press("U", "KeyU", { shiftKey: true }), "undo"); // caps lock
  assert.equal(press("1", "Digit1", { ctrlKey: true }), null);
  assert.equal(press(" ", "Space", { shiftKey: true }), "page up");
});

test("half an emoji in a note is replaced, and what may pass is tried again", async () => {
  const { ratingApi } = await load('export * from "./src/rating/rating_api";');
  const real = globalThis.fetch;
  const sent = [];
  let status = 425;
  globalThis.fetch = async (_, init) => {
    sent.push(JSON.parse(init.body).note);
    return new Response("{}", { status });
  };
  try {
    const api = ratingApi(new URL("http://127.0.0.1/token/"));
    const say = (note) => api.verdict({ id: "a", verdict: "1", note, seconds: 1 });
    for (status of [408, 425, 429, 500, 503]) assert.equal((await say("")).kind, "failing", String(status));
    status = 400;
    assert.equal((await say("cut \ud83d")).kind, "refused");
    await say("\ude00 whole \ud83d\ude00, first \ud83d and on");
    assert.deepEqual(sent.slice(-2), ["cut \ufffd", "\ufffd whole \ud83d\ude00, first \ufffd and on"]);
  } finally {
    globalThis.fetch = real;
  }
});
