// Ties a session to the browser: its storage, its network, its tabs.
import { useEffect, useMemo, useState } from "preact/hooks";
import { Outbox, storeName } from "./outbox";
import { ratingApi } from "./rating_api";
import { RatingSession, type Surroundings, type View } from "./rating_session";
import { Remembered } from "./remembered";
import { type Exclusive, tabLock } from "./tab_lock";

function surroundings(exclusive: Exclusive): Surroundings {
  return {
    setTimeout: (run, milliseconds) => window.setTimeout(run, milliseconds),
    clearTimeout: (timer) => window.clearTimeout(timer as number),
    visible: () => document.visibilityState === "visible",
    exclusive,
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
    const tab = Math.random().toString(36).slice(2, 8);
    const store = localStore();
    const box = new Outbox(store, `${name} outbox`, tab);
    return [new RatingSession(ratingApi(base), box, surroundings(tabLock(store, name, tab))), box, new Remembered(name)] as const;
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
