/** How long something was looked at: time in which the page is hidden doesn't count. */
export class Stopwatch {
  private counted = 0;
  private from: number | null = null;
  private restarted = 0;

  constructor() {
    document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? this.go() : this.pause()));
  }

  restart(): void {
    this.counted = 0;
    this.from = null;
    this.restarted = performance.now();
    if (document.visibilityState === "visible") this.go();
  }

  /** Milliseconds, hidden ones too. */
  sinceRestart(): number {
    return performance.now() - this.restarted;
  }

  seconds(): number {
    return Math.round((this.counted + (this.from === null ? 0 : performance.now() - this.from)) / 100) / 10;
  }

  private go(): void {
    this.from ??= performance.now();
  }

  private pause(): void {
    if (this.from !== null) this.counted += performance.now() - this.from;
    this.from = null;
  }
}
