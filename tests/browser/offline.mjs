// The second visit without a network, and what a browser keeps.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { given, main, outcome, scene, shows, v } from "./scene.mjs";

/** Everything that the page keeps in the browser, as one text. */
const kept = (page) => page.evaluate(async () => {
  const texts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, location.href];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) texts.push(request.url, await (await cache.match(request)).text());
  }
  const opening = indexedDB.open("hufu");
  await new Promise((done) => (opening.onsuccess = done));
  for (const name of opening.result.objectStoreNames) {
    const all = opening.result.transaction(name).objectStore(name).getAll();
    await new Promise((done) => (all.onsuccess = done));
    for (const value of all.result) texts.push(value instanceof Uint8Array ? new TextDecoder().decode(value) : JSON.stringify(value));
  }
  return texts.join("\n");
});

const installed = (page) => page.evaluate(async () => {
  const { active, installing, waiting } = await navigator.serviceWorker.ready;
  const worker = active ?? waiting ?? installing;
  if (worker.state !== "activated") await new Promise((done) => worker.addEventListener("statechange", () => worker.state === "activated" && done()));
});

await scene("offline", v(given.valid), async (page, open, context) => {
  await outcome(page, open, "有效");
  await installed(page);
  const text = await kept(page);
  assert.ok(text.includes(given.region), "the bundle is not kept");
  for (const secret of [...given.secrets, given.name, given.number]) assert.ok(!text.includes(secret), `${secret} is kept`);
  await context.setOffline(true);
  const times = [];
  for (const [digits, word] of [[given.valid, "有效"], [given.revoked, "无效"], [given.valid, "有效"], [given.valid, "有效"]]) {
    await page.goto("about:blank");
    await outcome(page, () => page.goto(given.url + v(digits)), word);
    times.push(await page.evaluate(() => Math.round(performance.getEntriesByName("verdict")[0].startTime)));
  }
  console.log(`time to verdict, offline: ${times.join(", ")} ms`);
  await shows(main(page), "欧阳静", "在本机判断");
}, { workers: "allow" });
await scene("offline-photo", "/v", async (page, open, context) => {
  await open();
  await installed(page);
  // Reading pictures is kept from its first use on.
  await page.goto("about:blank");
  await open();
  const blank = { name: "blank.png", mimeType: "image/png", buffer: Buffer.from(given.blank, "base64") };
  const picture = { name: "code.png", mimeType: "image/png", buffer: Buffer.from(given.picture, "base64") };
  await page.getByLabel("选取照片").setInputFiles(blank);
  await page.getByRole("heading", { name: "没有读到证书", exact: true }).waitFor();
  await context.setOffline(true);
  await page.goto("about:blank");
  await open();
  await page.getByLabel("选取照片").setInputFiles(picture);
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
}, { workers: "allow" });

/** The registry behind an address of its own, where files can be replaced: `{url, replace(path, text), close()}`. */
async function behind() {
  const replaced = new Map();
  const server = createServer(async (request, response) => {
    const answer = await fetch(given.url + request.url, { headers: { accept: request.headers.accept ?? "*/*" } });
    const body = replaced.get(request.url) ?? Buffer.from(await answer.arrayBuffer());
    const headers = ["content-type", "content-security-policy", "cache-control"].map((name) => [name, answer.headers.get(name)]);
    response.writeHead(answer.status, Object.fromEntries(headers.filter(([, value]) => value)));
    response.end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}`, replace: (path, text) => replaced.set(path, text), close: () => server.close() };
}

const front = await behind();
await scene("another-release", v(given.valid), async (page, open, context) => {
  await outcome(page, open, "有效");
  await installed(page);
  // The next release changes one file.
  const changed = `${await (await fetch(`${given.url}/v/sound.js`)).text()}globalThis.release = "next";\n`;
  const digest = createHash("sha256").update(changed).digest("hex");
  const script = await (await fetch(`${given.url}/sw.js`)).text();
  front.replace("/v/sound.js", changed);
  front.replace("/sw.js", script.replace(/("v\/sound\.js":")[0-9a-f]{64}/, `$1${digest}`).replace(/hufu-page-[0-9a-f]{16}/, "hufu-page-next"));
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    while ((await caches.keys()).join() !== "hufu-page-next") await new Promise((done) => setTimeout(done, 20));
  });
  await context.setOffline(true);
  await page.goto("about:blank");
  await outcome(page, open, "有效");
  assert.equal(await page.evaluate(() => globalThis.release), "next");
}, { workers: "allow", url: front.url });
front.close();
