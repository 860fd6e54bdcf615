// A study in memory that people judge, behind the rating API, with the faults of real servers and networks.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Who is given which pairs, and what they said. Undo takes back the newest answer, `undoDepth` times running. */
export class Study {
  /** `pairs`: { prompt, first, second }. It is decided after `decideAt` verdicts of all. `ahead` pairs are held by a rater. */
  constructor({ pairs, decideAt = pairs.length, ahead = 3, undoDepth = Infinity }) {
    Object.assign(this, { pairs, decideAt, ahead, undoDepth });
    this.raters = new Map();
    this.open = pairs.map((_, at) => at);
    /** Every vote that counts: { rater, at, verdict, note, seconds }. */
    this.votes = [];
  }

  rater(name) {
    if (!this.raters.has(name)) this.raters.set(name, { held: [], answers: [], undone: 0, number: 0 });
    return this.raters.get(name);
  }

  get decided() {
    return this.votes.filter((vote) => vote.verdict !== "skip").length >= this.decideAt;
  }

  state(name) {
    const rater = this.rater(name);
    while (!this.decided && rater.held.length < this.ahead && this.open.length > 0) {
      const at = this.open.shift();
      const id = `${name}/${at}`;
      rater.held.push({ id, at, number: ++rater.number });
    }
    const left = this.decideAt - this.votes.length;
    return {
      rater: name,
      progress: {
        mine: rater.answers.length,
        all: this.votes.length,
        budget: this.pairs.length,
        left: this.decided ? "The best model is decided." : `About ${left} more would decide.`,
        decided: this.decided,
      },
      pairs: this.decided ? [] : rater.held.map(({ id, at, number }) => ({ id, number, ...this.pairs[at] })),
      can_undo: rater.answers.length > 0 && rater.undone < this.undoDepth,
    };
  }

  verdict(name, { id, verdict, note, seconds }) {
    const rater = this.rater(name);
    if (rater.answers.some((answer) => answer.id === id)) return [200, this.state(name)];
    const held = rater.held.findIndex((pair) => pair.id === id);
    if (held < 0) return [409, this.state(name)];
    const [pair] = rater.held.splice(held, 1);
    const vote = { rater: name, at: pair.at, verdict, note, seconds };
    this.votes.push(vote);
    rater.answers.push({ ...pair, vote });
    rater.undone = 0;
    return [200, this.state(name)];
  }

  /** `id`: of the newest answer; missing: whichever it is. */
  undo(name, id) {
    const rater = this.rater(name);
    if (!this.state(name).can_undo || (id !== undefined && rater.answers.at(-1).id !== id)) return [409, this.state(name)];
    const answer = rater.answers.pop();
    ++rater.undone;
    this.votes.splice(this.votes.indexOf(answer.vote), 1);
    rater.held.unshift({ id: answer.id, at: answer.at, number: answer.number });
    return [200, this.state(name)];
  }

  /** The pair goes to somebody else. */
  takeAway(name, id) {
    const rater = this.rater(name);
    rater.held = rater.held.filter((pair) => pair.id !== id);
  }
}

export class RatingServer {
  /** `assets`: the folder with page.html, page.js and page.css. */
  constructor(study, assets, { raters = ["ann"] } = {}) {
    this.study = study;
    this.assets = assets;
    this.raters = raters;
    /** Every request that came: "GET /api/rating". */
    this.requests = [];
    /** Milliseconds before each reply of the API. */
    this.delay = 0;
    /** What happens to the next requests of the API: "drop" (not received), "deaf" (received, reply lost), 503, [400, "why"]. */
    this.faults = [];
    /** Null, or what GET api/rating says instead. */
    this.refusal = null;
    this.port = 0;
  }

  async start() {
    this.server = createServer((request, response) => void this.handle(request, response));
    await new Promise((listening) => this.server.listen(this.port, "127.0.0.1", listening));
    this.port = this.server.address().port;
    return this;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  url(rater) {
    return `http://127.0.0.1:${this.port}/token-of-${rater}/`;
  }

  asset(name) {
    return readFileSync(join(this.assets, name), "utf8");
  }

  async handle(request, response) {
    const send = (status, type, body) => {
      response.writeHead(status, {
        "Content-Type": type,
        "Content-Security-Policy": policy,
        "Cache-Control": type === "application/json" ? "no-store" : "no-cache",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
      });
      response.end(body);
    };
    const [, token, path] = /^\/([^/]*)\/(.*)$/.exec(request.url) ?? [];
    this.requests.push(`${request.method} ${path ?? request.url}`);
    const rater = this.raters.find((name) => token === `token-of-${name}`);
    if (!rater) return send(404, "text/plain", "Not found");
    if (path === "") {
      return send(200, "text/html; charset=utf-8", this.asset("page.html"));
    }
    if (path === "assets/page.js") return send(200, "text/javascript", this.asset("page.js"));
    if (path === "assets/page.css") return send(200, "text/css", this.asset("page.css"));
    if (path === "api/session") {
      return send(200, "application/json", JSON.stringify({ role: "rater", rater, read_only: false, study: "study.assay", assay: "0.1.0" }));
    }
    const fault = this.faults.shift();
    if (fault === "drop") return request.socket.destroy();
    let body = "";
    for await (const piece of request) body += piece;
    if (typeof fault === "number") return send(fault, "application/json", '{"error":"busy"}');
    if (Array.isArray(fault)) return send(fault[0], "application/json", JSON.stringify({ error: fault[1] }));
    const [status, value] = this.reply(rater, `${request.method} ${path}`, body);
    if (fault === "deaf") return request.socket.destroy();
    if (this.delay > 0) await new Promise((later) => setTimeout(later, this.delay));
    send(status, "application/json", JSON.stringify(value));
  }

  reply(rater, what, body) {
    if (this.refusal && what === "GET api/rating") return [422, { error: this.refusal }];
    if (what === "GET api/rating") return [200, this.study.state(rater)];
    if (what === "POST api/verdict") return this.study.verdict(rater, JSON.parse(body));
    if (what === "POST api/undo") return this.study.undo(rater, JSON.parse(body).id);
    return [404, { error: "nothing here" }];
  }
}
