// The front page: the look-up, and the age of the trust bundle.
import { get } from "./api.js";
import { drawCertificate, drawOutcome, drawSteps, field } from "./draw.js";
import { byId } from "./dom.js";
import { listen } from "./lookup.js";
import { ago, begin, local } from "./words.js";

/** What the look-up shows; none before the first. */
let shown = null;
/** Counts questions, so that a late answer to an earlier one is dropped. */
let asked = 0;
/** What the manifest of this region says of itself; null when it cannot be had, undefined before it was asked for. */
let manifest;

function draw() {
  const verdict = shown?.kind === "verdict" ? shown.verdict : null;
  byId("outcome").replaceChildren(...(shown ? [drawOutcome(shown)] : []));
  byId("answer").replaceChildren(...(verdict ? [...drawCertificate(verdict), drawSteps(verdict)] : []));
  drawBundle();
}

function drawBundle() {
  byId("bundle").hidden = !manifest;
  byId("bundle-unknown").hidden = manifest !== null;
  if (!manifest) return;
  const { iat, fresh_until: fresh, expires, seq } = manifest;
  const lines = [
    field("page.bundle.iat", local(iat), { beside: ago(iat, Date.now() / 1000) }),
    field("page.bundle.fresh_until", local(fresh)),
    field("page.bundle.expires", local(expires)),
    field("page.bundle.seq", seq, { className: "code" }),
  ];
  byId("bundle").replaceChildren(...lines);
}

async function answer(question) {
  const turn = ++asked;
  shown = { kind: "waiting" };
  draw();
  const next = await question();
  if (turn !== asked) return;
  shown = next;
  draw();
  byId("outcome").scrollIntoView({ block: "start" });
}

/** The dates in a manifest, unverified: this page shows them, a verifier checks them. */
function datesIn(jws) {
  try {
    const bytes = Uint8Array.from(atob(jws.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const read = JSON.parse(new TextDecoder().decode(bytes));
    return [read.iat, read.fresh_until, read.expires, read.seq].every(Number.isSafeInteger) ? read : null;
  } catch {
    return null;
  }
}

async function learnAge() {
  const { answer: held } = await get("v1/bundle/manifests");
  manifest = datesIn(held?.manifests?.[byId("main").dataset.code] ?? "");
  drawBundle();
}

await begin(draw);
listen(answer);
await learnAge();
