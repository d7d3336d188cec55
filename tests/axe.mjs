// Holds report.html in a real browser: axe-core finds no violation, in light and dark and at the width of a desk and of a
// phone; nothing is requested; the style sheet passes the page's own policy; nothing is wider than the window.
//
//   node tests/axe.mjs FOLDER_WITH_NODE_MODULES report.html …        (make axe)

import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, ...pages] = process.argv.slice(2);
const require = createRequire(resolve(modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = require("axe-core");

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
let wrong = 0;
const complain = (where, what) => { wrong += 1; console.log(`${where}: ${what}`); };

for (const file of pages) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const where = `${file}, ${colorScheme}, ${width} wide`;
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
      page.on("request", (request) => {
        if (request.url() !== pathToFileURL(resolve(file)).href) complain(where, `requests ${request.url()}`);
      });
      page.on("console", (message) => complain(where, `says ${message.text()}`));
      await page.goto(pathToFileURL(resolve(file)).href);
      await page.evaluate(axe.source);
      const result = await page.evaluate(() => globalThis.axe.run());
      for (const { id, help, nodes } of result.violations) {
        complain(where, `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")}`);
      }
      const seen = await page.evaluate(() => ({
        styled: getComputedStyle(document.querySelector(".verdict")).fontWeight,
        wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
      }));
      if (seen.styled !== "600") complain(where, "the style sheet is not applied");
      if (seen.wide) complain(where, "the page is wider than the window");
      console.log(`${where}: ${result.passes.length} rules pass, ${result.violations.length} are violated`);
      await page.close();
    }
  }
}
await browser.close();
process.exitCode = wrong === 0 ? 0 : 1;
