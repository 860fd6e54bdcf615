// The run as it goes, and what starts and stops one.
import { useEffect, useState } from "preact/hooks";
import { count, dollars, percent, seconds } from "../format";
import { Details, Facts, Foreign } from "../parts";
import type { Run, RunRequest, Settings } from "./client";
import { get, post } from "./client";

export function RunPanel({ run, readOnly }: { run: Run | null; readOnly: boolean }) {
  const going = run !== null && run.state !== "ended";
  if (!run && readOnly) return null;
  return (
    <section class="run" aria-label="Run">
      {run && <RunState run={run} readOnly={readOnly} />}
      {!going && !readOnly && <Details summary={run ? "Start another run" : "Start a run"} open={false}>{() => <Start />}</Details>}
    </section>
  );
}

function RunState({ run, readOnly }: { run: Run; readOnly: boolean }) {
  const [failed, fail] = useState("");
  const [asked, ask] = useState(false);
  const going = run.state !== "ended";
  useEffect(() => {
    if (!going) ask(false);
  }, [going]);
  const stop = () => {
    ask(true);
    fail("");
    post("stop", {}).catch((error: Error) => {
      ask(false);
      fail(error.message);
    });
  };
  return (
    <>
      <div class="run-head">
        <h2>{run.state === "running" ? "A run is under way" : run.state === "stopping" ? "The run is stopping" : "The run has ended"}{run.by === "other" ? ", in another process" : ""}</h2>
        {going && !readOnly && run.by === "page" && <button type="button" disabled={asked || run.state === "stopping"} onClick={stop}>Stop</button>}
      </div>
      {going && <progress aria-label="Calls made of the budget" value={run.calls} max={run.budget ?? undefined} />}
      <Facts facts={[
        ["calls", run.budget === null ? count(run.calls) : `${count(run.calls)} of at most ${count(run.budget)}`],
        run.leader !== "" && ["ahead", <Foreign text={run.leader} />],
        run.leader !== "" && run.probability !== null && ["sure", percent(run.probability)],
        run.cost !== null && ["cost so far", dollars(run.cost)],
        run.seconds !== null && ["time", seconds(run.seconds)],
        going && run.seconds_left !== null && ["left, about", seconds(run.seconds_left)],
      ]} />
      {run.status && <p class="quiet"><Foreign text={run.status} /></p>}
      {run.message && <p class={run.failed ? "note warn" : "note"} role="status"><Foreign text={run.message} /></p>}
      {failed && <p class="note warn" role="alert">{failed}</p>}
    </>
  );
}

/** A field's number; undefined where nothing stands in it. */
const numberIn = (form: FormData, name: string) => {
  const text = String(form.get(name) ?? "").trim();
  return text === "" ? undefined : Number(text);
};
const textIn = (form: FormData, name: string) => String(form.get(name) ?? "").trim() || undefined;

function Start() {
  const [settings, setSettings] = useState<Settings | null>(null);
  const [oracle, setOracle] = useState("");
  const [failed, fail] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    get<Settings>("settings").then((got) => {
      setSettings(got);
      setOracle(got.oracles[0]?.name ?? "");
    }, (error: Error) => fail(error.message));
  }, []);
  if (!settings) return <p class="quiet">{failed || "…"}</p>;
  const start = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const share = (name: string) => {
      const value = numberIn(form, name);
      return value === undefined ? undefined : value / 100;
    };
    const request: RunRequest = {
      oracle, judge_model: textIn(form, "judge_model"), max_cost: numberIn(form, "max_cost"),
      budget: numberIn(form, "budget"), confidence: share("confidence"), epsilon: share("epsilon"), baseline: textIn(form, "baseline"),
    };
    setBusy(true);
    fail("");
    post("run", request).catch((error: Error) => fail(error.message)).finally(() => setBusy(false));
  };
  const paid = oracle === "llm";
  const help = settings.oracles.find((one) => one.name === oracle)?.help;
  if (settings.oracles.length === 0) return <p>This study has no judge that could be asked; <code>assay view --oracle llm --judge-model MODEL</code> names one.</p>;
  const hundred = (share: number | null) => (share === null ? undefined : Number((100 * share).toFixed(6)));
  return (
    <form class="start" onSubmit={start}>
      <label><span>Judge</span>
        <select name="oracle" value={oracle} onChange={(event) => setOracle(event.currentTarget.value)}>
          {settings.oracles.map((one) => <option value={one.name}>{one.name}</option>)}
        </select>
      </label>
      {paid && <label><span>Model that judges</span><input name="judge_model" autocomplete="off" placeholder={settings.judge_model || "as the study remembers it"} /></label>}
      {paid && <label><span>Spend at most, dollars</span><input name="max_cost" type="number" min="0" step="any" defaultValue={String(settings.max_cost ?? "")} /></label>}
      <label><span>Query equivalents at most</span><input name="budget" type="number" min="0" step="any" defaultValue={String(settings.budget ?? "")} placeholder="as many as it takes" /></label>
      <label><span>Confidence, %</span><input name="confidence" type="number" min="50" max="99.99" step="any" defaultValue={String(hundred(settings.confidence))} /></label>
      <label><span>Tolerance, %</span><input name="epsilon" type="number" min="0" max="100" step="any" defaultValue={String(hundred(settings.epsilon) ?? "")} placeholder="0" /></label>
      {settings.baselines.length > 1 && (
        <label><span>Baseline</span>
          <select name="baseline"><option value="">{settings.baseline || "as the study has it"}</option>{settings.baselines.map((name) => <option value={name}>{name}</option>)}</select>
        </label>
      )}
      <button type="submit" class="main" disabled={busy}>Start</button>
      {help && help !== oracle && <p class="wide quiet">{help}</p>}
      <p class="wide quiet">The models and all other options are those that <code>assay view</code> was started with.</p>
      {failed && <p class="wide note warn" role="alert">{failed}</p>}
    </form>
  );
}
