// A browser for the tests, and what it must never do: run, load or open anything that a text brought along.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { writePage } from "./page_file.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const program = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Folder with page.js and page.css. */
export const assets = process.env.ASSAY_PAGE ?? join(here, "../../build/page");

/** Why nothing can be tested here; false if it can. `test(name, {skip}, ...)` says so. */
export const skip = !existsSync(program) && `there is no Chromium at ${program} (CHROMIUM says where it is)`;

if (!existsSync(join(assets, "page.js"))) throw new Error(`no page.js in ${assets}: ./dev page test bundles it, ASSAY_PAGE says where it is`);

export const folder = mkdtempSync(join(tmpdir(), "assay-page-"));

let browser;

/** Closes the browser; after the last test of a file. */
export const close = () => browser?.close();

/** A window of its own: nothing is kept from others. */
export async function newContext(options) {
  browser ??= await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--font-render-hinting=none", "--force-color-profile=srgb"] });
  return browser.newContext(options);
}

/** A page at `url` that records what it must not do. */
export async function open(url, { width = 1280, height = 900, ...options } = {}) {
  const context = await newContext({ viewport: { width, height }, reducedMotion: "reduce", locale: "en-US", ...options });
  const page = await context.newPage();
  const record = { requests: [], dialogs: [], errors: [], opened: [] };
  page.on("request", (request) => record.requests.push(request.url()));
  page.on("dialog", (dialog) => {
    record.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => record.errors.push(`error: ${error.message}`));
  // Violations of the policy come as messages, too.
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && record.errors.push(`${message.type()}: ${message.text()}`));
  context.on("page", (other) => other !== page && record.opened.push(other.url()));
  await page.goto(url);
  await page.locator("main").first().waitFor();
  return { page, record, context };
}

/** An offline page with these documents, opened from disk. */
export async function openOffline(name, data, options) {
  const url = writePage(join(folder, `${name}.html`), data, assets);
  return { url, ...(await open(url, options)) };
}

/** The command, where there is one that writes pages. */
export function command() {
  const path = process.env.ASSAY_COMMAND;
  if (!path || !existsSync(path)) return null;
  try {
    execFileSync(path, ["report", "--help"], { stdio: "ignore" });
    return path;
  } catch {
    return null;
  }
}

export const fileUrl = (path) => pathToFileURL(path).href;

/** Makes all details open, whose contents are made then. */
export async function openDetails(page) {
  for (let more = true; more; ) {
    more = await page.evaluate(() => {
      const shut = [...document.querySelectorAll("details:not([open])")];
      for (const one of shut) one.open = true;
      return shut.length > 0;
    });
    await page.waitForTimeout(50);
  }
}
