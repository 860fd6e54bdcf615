// Ties a session to the browser: its storage, its network, its tabs.
import { useEffect, useMemo, useState } from "preact/hooks";
import { Outbox, storeName } from "./outbox";
import { ratingApi } from "./rating_api";
import { RatingSession, type Surroundings, type View } from "./rating_session";
import { Remembered } from "./remembered";

function surroundings(name: string): Surroundings {
  return {
    setTimeout: (run, milliseconds) => window.setTimeout(run, milliseconds),
    clearTimeout: (timer) => window.clearTimeout(timer as number),
    visible: () => document.visibilityState === "visible",
    // Only pages of 127.0.0.1 and of https have locks; elsewhere two tabs may send the same verdict, which counts once.
    exclusive: (run) => (navigator.locks ? (navigator.locks.request(name, run) as ReturnType<typeof run>) : run()),
  };
}

function localStore(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** The session at `base`, and what it shows. */
export function useSession(base: URL): [RatingSession, View, Remembered] {
  const [session, outbox, remembered] = useMemo(() => {
    const name = storeName(base.href);
    const box = new Outbox(localStore(), `${name} outbox`, Math.random().toString(36).slice(2, 8));
    return [new RatingSession(ratingApi(base), box, surroundings(name)), box, new Remembered(name)] as const;
  }, [base.href]);
  const [view, setView] = useState(session.view());
  useEffect(() => {
    const unsubscribe = session.subscribe(() => setView(session.view()));
    const stored = (event: StorageEvent) => outbox.holds(event.key) && session.outboxChanged();
    const refresh = () => session.refresh();
    const shown = () => document.visibilityState === "visible" && session.refresh();
    // Back from the browser's cache of pages: other tabs may have gone on since.
    const back = (event: PageTransitionEvent) => event.persisted && session.outboxChanged();
    window.addEventListener("storage", stored);
    window.addEventListener("online", refresh);
    window.addEventListener("pageshow", back);
    document.addEventListener("visibilitychange", shown);
    session.start();
    setView(session.view());
    return () => {
      unsubscribe();
      session.stop();
      window.removeEventListener("storage", stored);
      window.removeEventListener("online", refresh);
      window.removeEventListener("pageshow", back);
      document.removeEventListener("visibilitychange", shown);
    };
  }, [session]);
  // Asked only while there is something to lose: a page with such a listener is not kept for the back button.
  useEffect(() => {
    if (!view.unsent) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [view.unsent]);
  return [session, view, remembered];
}
