// Keys of a person who judges. The page, its help and its first screen go through this table.
import type { Verdict } from "./rating_api";

export type Command = Verdict | "undo" | "note" | "help" | "down" | "up" | "page down" | "page up" | "fold" | "markdown";

interface Row {
  command: Command;
  /** As KeyboardEvent.key has them, letters small. */
  keys: string[];
  /** As KeyboardEvent.code, for keyboards whose key bears another sign: French digits, Cyrillic letters. */
  codes: string[];
  /** As people read it. */
  shown: string;
  help: string;
}

export const keyTable: Row[] = [
  { command: "1", keys: ["1"], codes: ["Digit1", "Numpad1"], shown: "1", help: "answer 1 is better" },
  { command: "2", keys: ["2"], codes: ["Digit2", "Numpad2"], shown: "2", help: "answer 2 is better" },
  { command: "0", keys: ["0"], codes: ["Digit0", "Numpad0"], shown: "0", help: "neither is better" },
  { command: "skip", keys: ["s"], codes: ["KeyS"], shown: "s", help: "skip: you can't say, and see another pair" },
  { command: "undo", keys: ["u"], codes: ["KeyU"], shown: "u", help: "take your last answer back" },
  { command: "note", keys: ["n"], codes: ["KeyN"], shown: "n", help: "write a note that goes with your answer" },
  { command: "page down", keys: [" "], codes: [], shown: "space", help: "read on" },
  { command: "page up", keys: [], codes: [], shown: "shift space", help: "back a page" },
  { command: "down", keys: ["j"], codes: ["KeyJ"], shown: "j", help: "down a little" },
  { command: "up", keys: ["k"], codes: ["KeyK"], shown: "k", help: "up a little" },
  { command: "fold", keys: ["f"], codes: ["KeyF"], shown: "f", help: "all of long answers, or their beginning" },
  { command: "markdown", keys: ["m"], codes: ["KeyM"], shown: "m", help: "formatted, or plain text as it was written" },
  { command: "help", keys: ["?", "h"], codes: ["F1"], shown: "?", help: "this help" },
];

export type KeyPress = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "altKey" | "metaKey" | "shiftKey">;

/** Null: the key is not one of the page's. */
export function commandOf(press: KeyPress): Command | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  const key = press.key.toLowerCase();
  if (key === " ") return press.shiftKey ? "page up" : "page down";
  const byKey = keyTable.find((row) => row.keys.includes(key));
  if (byKey) return byKey.command;
  // A Latin letter or a digit means itself, wherever it stands on the keyboard.
  if (/^[a-z0-9]$/.test(key)) return null;
  return press.shiftKey ? null : (keyTable.find((row) => row.codes.includes(press.code))?.command ?? null);
}
