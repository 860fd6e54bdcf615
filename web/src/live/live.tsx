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
  if (!page) return <main class="waiting"><p>{failed ? `The report can't be fetched: ${failed}` : "…"}</p>{status}</main>;
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
  const busy = useRef(false);
  const has = useRef<number | null>(null);
  const wanted = useRef<number | null>(null);
  wanted.current = revision;
  useEffect(() => {
    let ended = false;
    const fetchPage = async () => {
      if (busy.current || ended) return;
      busy.current = true;
      const begin = performance.now();
      const got = wanted.current;
      try {
        setPage(await get<PageData>("page"));
        has.current = got;
        fail("");
      } catch (error) {
        if (on) fail((error as Error).message);
      }
      const took = performance.now() - begin;
      setTimeout(() => {
        busy.current = false;
        if (wanted.current !== has.current) void fetchPage();
      }, Math.max(1000, 4 * took));
    };
    if (has.current === null || (revision !== null && revision !== has.current)) void fetchPage();
    return () => void (ended = true);
  }, [revision, on]);
}
