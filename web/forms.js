// The ways to ask: camera, photo, pasted text, number and name, another fragment.
import { byId } from "./dom.js";
import { listen as listenToLookup } from "./lookup.js";
import { hasCamera, readPhoto, stop, watch } from "./scan.js";

/** Takes the forms into use. `page` has `ask(question)`, `verify(texts)` and `show(what)`. */
export function listen(page) {
  listenToLookup(page.ask);
  byId("paste").addEventListener("submit", (event) => {
    event.preventDefault();
    page.verify([byId("text").value.trim()]);
  });
  byId("camera").hidden = !hasCamera();
  byId("camera").addEventListener("click", () => scan(page));
  byId("stop").addEventListener("click", stop);
  byId("photo").addEventListener("change", () => pick(page));
  window.addEventListener("pagehide", stop);
  window.addEventListener("hashchange", () => {
    const text = location.hash.slice(1);
    if (!text) return;
    history.replaceState(null, "", location.pathname + location.search);
    page.verify([text]);
  });
}

/** The camera until it has seen a code, or is stopped. */
async function scan(page) {
  byId("viewfinder").hidden = false;
  byId("camera").hidden = true;
  byId("stop").focus();
  try {
    const texts = await watch();
    if (texts.length > 0) page.verify(texts);
  } catch {
    stop();
    page.show({ kind: "unread", code: "page.scan.no_camera" });
  } finally {
    byId("viewfinder").hidden = true;
    byId("camera").hidden = false;
  }
}

/** A photo from the device. It may be picked again, so the field is emptied. */
async function pick(page) {
  const [file] = byId("photo").files;
  if (!file) return;
  stop();
  page.show({ kind: "waiting" });
  try {
    const texts = await readPhoto(file);
    if (texts.length > 0) page.verify(texts);
    else page.show({ kind: "unread", code: "page.scan.no_code" });
  } catch {
    page.show({ kind: "unread", code: "page.scan.no_picture" });
  } finally {
    byId("photo").value = "";
  }
}
