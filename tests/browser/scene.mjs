// One scene: a page in a fresh profile, what is done there, a picture, and what must hold in every scene.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** What tests/it/pages.rs says of the running registry and its certificates. */
export const given = JSON.parse(process.argv[2]);
mkdirSync(given.shots, { recursive: true });

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** What no request may carry: pieces of the certificates, as digits and as signed text, and the holder's name. */
const SECRETS = [...given.secrets, given.name, encodeURIComponent(given.name)];
/** The one request that may carry the holder's name. */
const MAY_CARRY = ["/v1/certificates:query"];

// A browser that calls nobody by itself, with a camera that plays a file.
export const launch = (more = []) =>
  chromium.launch({
    executablePath: given.chromium,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...more],
  });
/** Most milliseconds that a scene waits for one thing. */
const PATIENCE_MS = 180_000;
const usual = await launch();
let scenes = 0;

/** Opens `path` in a fresh profile, does `act(page, open, context)`, takes a picture, and checks that nothing went wrong meanwhile. */
export async function scene(name, path, act, options = {}) {
  if (!name.includes(process.env.HUFU_SCENES ?? "")) return;
  const { width = 900, height = 900, expected = [], url = given.url, browser = usual, mayCarry = MAY_CARRY, workers = "block", axe = true, fits = true, ...rest } = options;
  const context = await browser.newContext({ viewport: { width, height }, locale: "zh-CN", timezoneId: "Asia/Shanghai", serviceWorkers: workers, ...rest });
  // A machine that has much else to do is slow, not wrong.
  context.setDefaultTimeout(PATIENCE_MS);
  const wrong = [];
  context.on("weberror", (error) => wrong.push(`script: ${error.error().message}`));
  context.on("console", (message) => ["error", "warning"].includes(message.type()) && wrong.push(`console: ${message.text()}`));
  context.on("request", (request) => wrong.push(...complaints(request, url, mayCarry)));
  await context.addInitScript(() => document.addEventListener("securitypolicyviolation", (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`)));
  const page = await context.newPage();
  try {
    await act(page, () => page.goto(url + path), context);
    await page.screenshot({ path: join(given.shots, `${name}.png`), fullPage: true });
    assert.deepEqual(wrong.filter((w) => ![...expected, "blocked by Playwright"].some((e) => w.includes(e))), []);
    if (axe) await accessible(page);
    if (fits) await narrow(page);
  } catch (error) {
    error.message = `${name}: ${error.message}\n${wrong.join("\n")}`;
    throw error;
  }
  scenes += 1;
  console.log(`${name}: ok`);
  await context.close();
}

/** What is wrong with a request: it goes elsewhere, or it carries what must stay here. A fragment is never sent. */
function complaints(request, own, mayCarry) {
  const to = new URL(request.url());
  if (to.protocol === "data:" || to.protocol === "blob:") return [];
  const sent = [to.pathname + to.search, request.postData() ?? "", JSON.stringify(request.headers())].join("\n");
  const carried = SECRETS.some((secret) => sent.includes(secret)) && !mayCarry.includes(to.pathname);
  return [to.origin !== own && `request to ${to.origin}`, carried && `${to.pathname} carries a certificate`].filter(Boolean);
}

/** axe finds nothing, in either colour scheme. */
async function accessible(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, media: "screen" });
    await page.evaluate(AXE);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    const told = found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.any[0]?.message ?? ""}`).join("; ")}`);
    assert.deepEqual(told, [], `axe, ${colorScheme}`);
  }
}

/** At 320 px nothing has to be scrolled sideways. */
async function narrow(page) {
  await page.setViewportSize({ width: 320, height: 640 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, "the page scrolls sideways at 320 px");
}

/** Waits for the verdict: its outcome in words; the fragment is gone from the address bar by then. */
export async function outcome(page, open, word) {
  await open();
  await page.locator("#outcome h2").waitFor();
  assert.equal(await page.locator("#outcome h2").textContent(), word);
  assert.equal(new URL(page.url()).hash, "", "the fragment is still in the address bar");
}

/** A token of the client of a registry. The scenes take longer on a slow machine than one token lasts. */
async function token(at) {
  const body = new URLSearchParams({ grant_type: "client_credentials", client_id: at.client.id, client_secret: at.client.secret });
  const answer = await fetch(`${at.url}/oauth/token`, { method: "POST", body });
  assert.ok(answer.ok, `${answer.status} for a token`);
  return (await answer.json()).access_token;
}

/** A request to a registry as its operator. */
export async function operate(method, path, body, at = given) {
  const headers = { authorization: `Bearer ${await token(at)}`, "content-type": "application/json" };
  const answer = await fetch(at.url + path, { method, headers, body: body && JSON.stringify(body) });
  const read = await answer.json();
  assert.ok(answer.ok, JSON.stringify(read));
  return read;
}

/** Issues one more certificate, like the others: its row, and the fragment of its code. Its digits are no longer to be sent either. */
export async function issue(at = given) {
  const row = await operate("POST", "/v1/certificates", at.issue, at);
  const digits = row.qr_text.split("#")[1];
  SECRETS.push(digits.slice(40, 80));
  return { ...row, digits };
}

export const steps = (page) => page.locator(".steps .result").allTextContents();
export const main = (page) => page.locator("main");
export const said = (page) => main(page).innerText();
export const v = (fragment) => `/v#${fragment}`;

/** Asserts that each of `parts` stands in `text`. */
export function has(text, ...parts) {
  for (const part of parts) assert.ok(text.includes(part), `no ${part} in ${text}`);
}

/** Does `check` until it holds. A page shows its parts as their answers come, so that each is waited for. */
export async function soon(check) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Waits until each of `parts` stands in what `locator` shows. */
export const shows = (locator, ...parts) => soon(async () => has(await locator.innerText(), ...parts));
/** Waits until there are `count` of them. */
export const counts = (locator, count, why) => soon(async () => assert.equal(await locator.count(), count, why));

/** Ends the browser and says how many scenes there were. */
export async function end() {
  await usual.close();
  console.log(`${scenes} scenes were as they should be`);
}
