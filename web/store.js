// What this browser keeps between visits: the pinned key, the trust bundle, and when it was last compared with the registry. Never a
// certificate. A browser that keeps nothing is no obstacle: then each visit is a first one, and the page says so.

const NAME = "hufu";
const TABLE = "trust";
const KEYS = ["anchor", "bundle", "checked"];

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function table(mode) {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
  const database = await done(opening);
  // A later version of this page, in another tab, is not kept waiting.
  database.onversionchange = () => database.close();
  const transaction = database.transaction(TABLE, mode);
  transaction.oncomplete = () => database.close();
  return transaction.objectStore(TABLE);
}

/** What is kept: `{anchor: {region, key, pinned}, bundle: bytes, checked: unix seconds}`, each absent where there is none; null in a browser that keeps nothing. */
export async function recall() {
  try {
    const held = await table("readonly");
    const values = await Promise.all(KEYS.map((key) => done(held.get(key))));
    return Object.fromEntries(KEYS.map((key, at) => [key, values[at]]));
  } catch {
    return null;
  }
}

/** Keeps some of these values; whether it could. */
export async function keep(values) {
  try {
    const held = await table("readwrite");
    await Promise.all(Object.entries(values).map(([key, value]) => done(held.put(value, key))));
    return true;
  } catch {
    return false;
  }
}
