// One tab at a time: else what one tab takes back, another may just be sending.
import type { Store } from "./outbox";

export type Exclusive = <T>(run: () => Promise<T>) => Promise<T>;

/** A lease that was not given back is over after as long: longer than a request takes. Milliseconds. */
const leaseTime = 20_000;
/** After which whoever wrote last is known. */
const settleTime = 20;

const sleep = (milliseconds: number) => new Promise((later) => setTimeout(later, milliseconds));

function holder(store: Store, key: string): { tab: string; until: number } | null {
  try {
    return JSON.parse(store.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** A lease in the storage that the tabs share. A tab runs one at a time by itself. */
export function leaseLock(store: Store, name: string, tab: string): Exclusive {
  const key = `${name} sender`;
  return async (run) => {
    for (;;) {
      const held = holder(store, key);
      if (held && held.tab !== tab && held.until > Date.now()) {
        await sleep(settleTime);
        continue;
      }
      store.setItem(key, JSON.stringify({ tab, until: Date.now() + leaseTime }));
      await sleep(settleTime * (1 + Math.random()));
      if (holder(store, key)?.tab === tab) break;
    }
    try {
      return await run();
    } finally {
      if (holder(store, key)?.tab === tab) store.removeItem(key);
    }
  };
}

/** The browser's locks, which only pages of https and of this machine have; else a lease. */
export function tabLock(store: Store | null, name: string, tab: string): Exclusive {
  if (navigator.locks) return (run) => navigator.locks.request(name, run) as ReturnType<typeof run>;
  if (!store) return (run) => run();
  const lease = leaseLock(store, name, tab);
  // A storage that takes nothing is shared by no tabs.
  return (run) => {
    try {
      store.setItem(`${name} probe`, "");
      store.removeItem(`${name} probe`);
    } catch {
      return run();
    }
    return lease(run);
  };
}
