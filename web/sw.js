// Keeps the files of the verdict page, so that it opens without a network. It answers for exactly these files and for nothing else: no
// request to the interface passes through here, and no certificate is ever kept (a page is kept under its own address, never under one
// with a fragment). Served with the digests of this release; another release is another script, which the browser fetches anew.

/** SHA-256 of each file by its address: those that the page needs, and those that are kept once they were used. */
const PAGE = {};
const LATER = {};
/** The store of this release. */
const STORE = "hufu-page-";

const at = (path) => new URL(path, self.registration.scope).href;

/** Fetches one file and makes sure that it is the one of this release. */
async function fresh(path, digest) {
  const response = await fetch(at(path), { cache: "no-cache" });
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer()));
  const got = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!response.ok || got !== digest) throw new Error(`${path} is not the file of this release`);
  return response;
}

async function install() {
  const paths = Object.keys(PAGE);
  const responses = await Promise.all(paths.map((path) => fresh(path, PAGE[path])));
  const cache = await caches.open(STORE);
  await Promise.all(responses.map((response, n) => cache.put(at(paths[n]), response)));
  await self.skipWaiting();
}

async function clean() {
  const old = (await caches.keys()).filter((name) => name.startsWith("hufu-page-") && name !== STORE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function answer(path) {
  const cache = await caches.open(STORE);
  const kept = await cache.match(at(path));
  if (kept) return kept;
  const response = await fresh(path, PAGE[path] ?? LATER[path]);
  await cache.put(at(path), response.clone());
  return response;
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(clean()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const plain = url.split(/[?#]/)[0];
  const path = [...Object.keys(PAGE), ...Object.keys(LATER)].find((path) => at(path) === plain);
  if (method !== "GET" || path === undefined) return;
  event.respondWith(answer(path).catch(() => fetch(at(path))));
});
