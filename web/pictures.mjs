// Pictures of a page for the documents: node web/pictures.mjs PAGE.html FOLDER writes page.png, its first screen.
// PAGE.html is of `assay report`; CHROMIUM names the browser.
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [page, folder] = process.argv.slice(2);
if (!folder) throw new Error("expected PAGE.html FOLDER");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const tab = await browser.newPage({ viewport: { width: 1200, height: 720 }, colorScheme: "light" });
await tab.goto(pathToFileURL(resolve(page)).href);
await tab.locator("svg").first().waitFor();
await tab.screenshot({ path: join(folder, "page.png") });
await browser.close();
