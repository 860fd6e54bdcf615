// The live page: follows the study as it is judged.
import { useEffect, useRef, useState } from "preact/hooks";
import { App } from "../app";
import type { PageData } from "../page_data";
import { Rating } from "../rating/rating";
import type { Session, State } from "./client";
import { follow, get } from "./client";
import { Raters } from "./raters";
import { RunPanel } from "./run_panel";

export function Live() {
  const [session, setSession] = useState<Session | null>(null);
  const [failed, fail] = useState("");
  useEffect(() => {
    let timer = 0;
    const ask = () => get<Session>("session").then((got) => {
      fail("");
      setSession(got);
    }, (error: Error) => {
      fail(error.message);
      timer = setTimeout(ask, 3000);
    });
    void ask();
    return () => clearTimeout(timer);
  }, []);
  if (!session) return <main class="waiting">{failed ? <p role="alert">The server can't be reached: {failed}. Trying again …</p> : <p>…</p>}</main>;
  return session.role === "rater" ? <Rating base="" /> : <Owner session={session} />;
}

function Owner({ session }: { session: Session }) {
  const [page, setPage] = useState<PageData | null>(null);
  const [state, setState] = useState<State | null>(null);
  const [on, setOn] = useState(true);
  const [failed, fail] = useState("");
  useEffect(() => follow(setState, setOn), []);
  usePage(state?.revision ?? null, on, setPage, fail);
  const status = (
    <span class={on ? "connection on" : "connection lost"} role="status">
      {on ? "live" : "The server went away; trying again …"}
    </span>
  );
  if (!page) return <main class="waiting"><p>{failed ? `The report can't be fetched: ${failed}` : "Looking at the study …"}</p>{status}</main>;
  return (
    <App data={page} status={status} above={
      <>
        {failed && <p class="note warn" role="alert">What is below may be old: {failed}</p>}
        <RunPanel run={state?.run ?? null} readOnly={session.read_only} />
        {state?.raters && <Raters progress={state.raters} />}
      </>
    } />
  );
}

/** Fetches the page anew when the study has changed: one fetch at a time, the slower the rarer. */
function usePage(revision: number | null, on: boolean, setPage: (page: PageData) => void, fail: (message: string) => void) {
  const now = useRef({ revision, on, busy: false, has: undefined as number | null | undefined, ended: false }).current;
  now.revision = revision;
  now.on = on;
  const fetchPage = async () => {
    if (now.busy || now.ended || now.has === now.revision) return;
    now.busy = true;
    const begin = performance.now();
    const wanted = now.revision;
    try {
      setPage(await get<PageData>("page"));
      now.has = wanted;
      fail("");
    } catch (error) {
      if (now.on) fail((error as Error).message);
    }
    const took = performance.now() - begin;
    setTimeout(() => {
      now.busy = false;
      void fetchPage();
    }, Math.max(1000, 4 * took));
  };
  useEffect(() => void fetchPage(), [revision, on]);
  useEffect(() => () => void (now.ended = true), []);
}
