// How figures and foreign text look. Nothing is computed here but the digits that are shown.

const thousands = new Intl.NumberFormat("en-US");
export const nothing = "–";

export const count = (n: number | null | undefined) => (n == null ? nothing : thousands.format(n));

/** A share, as the text report has it: 97.6 %. */
export const percent = (share: number | null | undefined, digits = 1) =>
  share == null ? nothing : `${(100 * share).toFixed(digits)}\u00a0%`;

/** A difference of two shares: 2.5 points. */
export const difference = (share: number, measure: string) =>
  measure === "score" ? `${number(100 * share)}\u00a0% of the scale` : `${number(100 * share)}\u00a0points`;

/** Keeps a number and its unit on one line, in sentences that come from the program. */
export const unbroken = (sentence: string) => sentence.replace(/(\d) (?=(?:%|points?)(?![\p{L}\p{N}]))/gu, "$1\u00a0");

/** Up to `digits` behind the point. */
export const number = (value: number | null | undefined, digits = 3) =>
  value == null ? nothing : value.toLocaleString("en-US", { maximumFractionDigits: digits });

/** Dollars; small sums have more digits. */
export const dollars = (sum: number | null | undefined) =>
  sum == null ? nothing : `$${sum.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: sum !== 0 && Math.abs(sum) < 1 ? 4 : 2 })}`;

export const microDollars = (sum: number | null | undefined) => dollars(sum == null ? null : sum / 1e6);

/** 75 -> "1 min 15 s" */
export function seconds(s: number | null | undefined) {
  if (s == null) return nothing;
  const whole = Math.round(s);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

// Control characters, and those that turn the direction of what follows them, which could make a text look like another.
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Text of strangers with what is hidden in it made visible: an escape is \u001b. New lines and tabs stay. */
export const visible = (text: string) =>
  text.replace(/\r\n/g, "\n").replace(hidden, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

const segments = new Intl.Segmenter("en");

/** On one line, at most `most` characters long, shortened in the middle: names often differ at the end. */
export function shortened(text: string, most: number) {
  const line = visible(text).replace(/\s+/g, " ");
  if (line.length <= most) return line;
  const parts = Array.from(segments.segment(line.length > 4 * most ? line.slice(0, 2 * most) + line.slice(-2 * most) : line), (s) => s.segment);
  if (parts.length <= most) return parts.join("");
  const head = Math.ceil((most - 1) * 0.6);
  return `${parts.slice(0, head).join("")}…${parts.slice(parts.length - (most - 1 - head)).join("")}`;
}

/** What a reward is called. */
export function outcome(reward: number | null, measure: string) {
  if (reward === null) return "no verdict";
  if (measure === "accuracy") return reward === 1 ? "right" : reward === 0 ? "wrong" : percent(reward, 0);
  if (measure === "win-rate" || measure === "preference")
    return reward === 1 ? "win" : reward === 0.5 ? "draw" : reward === 0 ? "loss" : percent(reward, 0);
  return percent(reward, 0);
}

/** The class of a reward, by which it is coloured. */
export const tone = (reward: number | null) => (reward === null ? "none" : reward > 0.5 ? "win" : reward < 0.5 ? "loss" : "draw");

export const rateName = (measure: string) =>
  ({ accuracy: "accuracy", score: "mean score, share of the scale", preference: "preference" })[measure] ?? "win rate";
