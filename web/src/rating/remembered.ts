/** A rater's settings and the note that is being written, kept in the browser where it allows that. */
export class Remembered {
  constructor(private readonly name: string) {}

  /** Whether the first screen was left in this tab. */
  started(): boolean {
    return this.read(() => window.sessionStorage, "started") === "yes";
  }

  start(): void {
    this.write(() => window.sessionStorage, "started", "yes");
  }

  setting(setting: string, otherwise: boolean): boolean {
    const value = this.read(() => window.localStorage, setting);
    return value === null ? otherwise : value === "yes";
  }

  set(setting: string, value: boolean): void {
    this.write(() => window.localStorage, setting, value ? "yes" : "no");
  }

  /** The note on the pair `id` that was not sent yet. */
  draft(id: string): string {
    try {
      const draft = JSON.parse(this.read(() => window.localStorage, "draft") ?? "null");
      return draft?.id === id && typeof draft.note === "string" ? draft.note : "";
    } catch {
      return "";
    }
  }

  keepDraft(id: string, note: string): void {
    this.write(() => window.localStorage, "draft", JSON.stringify({ id, note }));
  }

  private read(store: () => Storage, key: string): string | null {
    try {
      return store().getItem(`${this.name} ${key}`);
    } catch {
      return null;
    }
  }

  private write(store: () => Storage, key: string, value: string): void {
    try {
      store().setItem(`${this.name} ${key}`, value);
    } catch {
      // Kept for this page alone.
    }
  }
}
