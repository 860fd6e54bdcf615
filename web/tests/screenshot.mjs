// Pictures of pages, compared with those in tests/screenshots.
//
// They are kept at half the size and in grey: what is compared is the layout, and they stay small. ASSAY_UPDATE_SCREENSHOTS=1
// writes them anew.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

const folder = join(dirname(fileURLToPath(import.meta.url)), "screenshots");
const rejected = process.env.ASSAY_REJECTED_SCREENSHOTS ?? join(dirname(fileURLToPath(import.meta.url)), "../../build/page/screenshots");
const tallest = 6000;

/** Half the size, grey, in 32 steps; four channels, as pixelmatch has them. */
function halved(png) {
  const width = png.width >> 1, height = Math.min(tallest, png.height) >> 1;
  const small = new PNG({ width, height });
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) {
      let sum = 0;
      for (const [dx, dy] of [[0, 0], [1, 0], [0, 1], [1, 1]]) {
        const from = 4 * ((2 * y + dy) * png.width + 2 * x + dx);
        sum += 0.299 * png.data[from] + 0.587 * png.data[from + 1] + 0.114 * png.data[from + 2];
      }
      const grey = Math.min(255, Math.round(sum / 4 / 8) * 8);
      small.data.set([grey, grey, grey, 255], 4 * (y * width + x));
    }
  }
  return small;
}

const grey = (png) => PNG.sync.write(png, { colorType: 0, inputColorType: 6, deflateLevel: 9 });

/** Whether the font that the pictures were made with is there, and in use. */
export async function withFont(page) {
  return page.evaluate(() => {
    document.documentElement.style.setProperty("--sans", '"DejaVu Sans"');
    document.documentElement.style.setProperty("--mono", '"DejaVu Sans Mono"');
    const context = document.createElement("canvas").getContext("2d");
    const width = (font) => {
      context.font = `40px ${font}`;
      return context.measureText("assay, Rg@1").width;
    };
    return width('"DejaVu Sans", monospace') === width('"DejaVu Sans", serif');
  });
}

/** What is wrong with how the page looks; empty if nothing. */
export async function difference(page, name) {
  const now = halved(PNG.sync.read(await page.screenshot({ fullPage: true })));
  const path = join(folder, `${name}.png`);
  if (process.env.ASSAY_UPDATE_SCREENSHOTS) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, grey(now));
    return "";
  }
  const keep = (why) => {
    mkdirSync(rejected, { recursive: true });
    writeFileSync(join(rejected, `${name}.png`), grey(now));
    return `${name}: ${why}; the picture is in ${rejected}`;
  };
  if (!existsSync(path)) return keep("there is no picture to compare with");
  const then = PNG.sync.read(readFileSync(path));
  if (now.width !== then.width || Math.abs(now.height - then.height) > 20) return keep(`${now.width} x ${now.height}, expected ${then.width} x ${then.height}`);
  const height = Math.min(now.height, then.height);
  const rows = (png) => png.data.subarray(0, 4 * png.width * height);
  const other = pixelmatch(rows(now), rows(then), null, now.width, height, { threshold: 0.2 });
  const share = other / (now.width * height);
  return share > 0.02 ? keep(`${(100 * share).toFixed(1)} % of the points differ`) : "";
}
