// How long Chromium takes to open a bundle and to judge a card by it, with the module that the pages use.
//
//   cargo bench -p hufu-verifier --bench bundle -- files FOLDER
//   npm ci --prefix tests/browser && node benches/browser.mjs FOLDER
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

const here = (path) => new URL(path, import.meta.url);
const { chromium } = createRequire(here("../tests/browser/scene.mjs"))("playwright-core");
const folder = process.argv[2];
const names = readdirSync(folder).filter((name) => name.endsWith(".bundle"));

const TYPES = { js: "text/javascript", wasm: "application/wasm", html: "text/html" };
const server = createServer((request, response) => {
  const name = new URL(request.url, "http://any").pathname.slice(1);
  response.setHeader("content-type", TYPES[name.split(".").pop()] ?? "application/octet-stream");
  if (name === "index.html") response.end("<!doctype html><link rel=icon href=data:,><title>bench</title>");
  else response.end(readFileSync(name.startsWith("verifier.") ? here(`../web/${name}`) : join(folder, name)));
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const origin = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({ executablePath: process.env.HUFU_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
console.log("certificates-years | file gz | module ready in | opens in, first | opens in, median | judges in");
for (const name of names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }))) {
  const [region, key, card, now] = readFileSync(join(folder, name.replace(".bundle", ".txt")), "utf8").split("\n");
  const page = await browser.newPage();
  await page.goto(`${origin}/index.html`);
  const told = await page.evaluate(measure, { name, anchor: { region, key }, card, now: Number(now) });
  console.log(`${name.replace(".bundle", "")} | ${told.bytes} | ${told.ready.toFixed(0)} ms | ${told.first.toFixed(0)} ms | ${told.median.toFixed(0)} ms | ${told.judged.toFixed(2)} ms`);
  await page.close();
}
await browser.close();
server.close();

/** Runs in the page. */
async function measure({ name, anchor, card, now }) {
  const { Verifier } = await import("/verifier.js");
  const file = new Uint8Array(await (await fetch(`/${name}`)).arrayBuffer());
  const took = (run) => {
    const start = performance.now();
    run();
    return performance.now() - start;
  };
  const start = performance.now();
  const verifier = await Verifier.load(fetch("/verifier.wasm"));
  const ready = performance.now() - start;
  const opened = Array.from({ length: 7 }, () => took(() => verifier.open(anchor, file)));
  const judged = took(() => {
    for (let n = 0; n < 100; n += 1) if (verifier.judge(card, now).verdict.outcome !== "valid") throw new Error("not valid");
  });
  return { bytes: file.length, ready, first: opened[0], median: opened.toSorted((a, b) => a - b)[3], judged: judged / 100 };
}
