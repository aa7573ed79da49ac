// The trust bundle of this browser: opened under the pinned key, kept, brought up to date. What is taken and what is refused is decided by
// the verifier alone; whatever is refused, the held bundle stays.
import { ask, get, ROOT } from "./api.js";
import { keep, recall } from "./store.js";
import { Refusal, Verifier } from "./verifier.js";

/** Years of issue whose keys and status are held from the start; older ones are fetched, by year, when a certificate needs them. */
const YEARS = 3;
/** Seconds after which the registry is asked for something newer. */
const STALE = 300;

const now = () => Math.floor(Date.now() / 1000);
const bytesOf = async (path) => {
  const answer = await ask(path);
  return answer?.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
};

export class Trust {
  /** What the verifier says of the held bundle (see verifier.js); null while there is none. */
  summary = null;
  /** When the registry was last heard, unix seconds. */
  checked = 0;
  /** Why the last newer bundle was refused, and null after the next good one. */
  refusal = null;
  /** The key that the page brought, where it is another than the pinned one: `{region, key, verifier?, summary?}`. */
  other = null;
  /** The update that is under way. */
  running = null;

  /** Loads the verifier and what is kept. `origin` is the region and key that the page brought; they are pinned if none are yet. */
  static async open(origin) {
    const [verifier, held] = await Promise.all([Verifier.load(fetch(new URL("v/verifier.wasm", ROOT))), recall()]);
    const trust = new Trust();
    trust.verifier = verifier;
    trust.keeps = held !== null;
    trust.anchor = held?.anchor ?? { ...origin, pinned: now() };
    if (trust.anchor.key !== origin.key || trust.anchor.region !== origin.region) trust.other = { ...origin };
    if (held?.bundle) trust.take(() => verifier.open(trust.anchor, held.bundle));
    trust.checked = trust.summary ? (held.checked ?? 0) : 0;
    return trust;
  }

  /** The manifest of the pinned region. */
  get own() {
    return this.summary?.regions[0] ?? null;
  }

  /** Does one step of the verifier; whether it was taken. Only words of the verifier are a refusal. */
  take(step) {
    try {
      this.summary = step();
      this.refusal = null;
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refusal = error;
      return false;
    }
  }

  judge(text) {
    return this.verifier.judge(text, now()).verdict;
  }

  /** The regions that can be asked whether they recognise something: none where nobody publishes an agreement. */
  get places() {
    const regions = this.summary?.regions ?? [];
    return regions.some(({ parts }) => parts.some(({ name }) => name === "agreements")) ? regions : [];
  }

  /** The same judgement with what region `place` makes of it. Agreements need more of the verifier, which is loaded when somebody wants to know. */
  async judgeFor(text, place) {
    this.recogniser ??= Verifier.load(fetch(new URL("v/recognition.wasm", ROOT)));
    this.recogniser.catch(() => (this.recogniser = null));
    const recogniser = await this.recogniser;
    if (recogniser.of !== this.summary) recogniser.open(this.anchor, this.verifier.save());
    recogniser.of = this.summary;
    return recogniser.judgeFor(text, place, now()).verdict;
  }

  /** Makes sure that there is a bundle; whether there is. */
  async ready() {
    if (this.summary || this.other) return this.summary !== null;
    const file = await bytesOf(`v1/bundle?years=${YEARS}`);
    if (!file || !this.take(() => this.verifier.open(this.anchor, file))) return false;
    await this.keepAll();
    return true;
  }

  async keepAll() {
    await this.heard({ anchor: this.anchor, bundle: this.verifier.save() });
  }

  /** Keeps when the registry was heard, and `more`. Alarms are not kept: while there is one, every visit asks again, and shows it again. */
  async heard(more = {}) {
    this.checked = this.summary.alarms.length === 0 ? now() : 0;
    this.keeps = await keep({ ...more, checked: this.checked });
  }

  /** Whether it is time to ask the registry. A clock that was set back makes it time, too. */
  get isDue() {
    return this.other === null && (now() - this.checked > STALE || now() < this.checked);
  }

  /** Asks the registry for what is newer: `updated`, `same`, `unreachable` or `refused`. Sends no more than the number of the held bundle. */
  refresh() {
    return (this.running ??= this.advance().finally(() => (this.running = null)));
  }

  async advance() {
    if (this.other) return "refused";
    if (!this.summary) return (await this.ready()) ? "updated" : this.refusal ? "refused" : "unreachable";
    const { answer } = await get("v1/bundle/manifests");
    if (!answer?.manifests) return "unreachable";
    const offered = Object.entries(answer.manifests).map(([region, jws]) => ({ region, jws, ...contentOf(jws) }));
    const marks = ({ region, epoch, seq, iat, parts }) => JSON.stringify([region, epoch, seq, iat, parts?.map((part) => part.sha256)]);
    const isNews = (manifest) => !this.summary.regions.some((held) => marks(held) === marks(manifest));
    const before = JSON.stringify(this.summary);
    const own = offered.find(({ region }) => region === this.anchor.region);
    if (own && isNews(own)) await this.applyDelta();
    if (offered.some(isNews) && !(await this.takeManifests(answer.manifests, offered))) return "refused";
    await this.fetchMissing((part) => this.isRecent(part));
    const isSame = JSON.stringify(this.summary) === before;
    await (isSame ? this.heard() : this.keepAll());
    return isSame ? "same" : "updated";
  }

  /** The short way: what changed since the held manifest. Where it leads nowhere the long way is taken, and has the last word. */
  async applyDelta() {
    const delta = await bytesOf(`v1/bundle/deltas/${this.own.seq}`);
    if (delta) this.take(() => this.verifier.apply(delta));
    this.refusal = null;
  }

  /** The long way: the manifests with those of their parts that changed; and if that is not enough, everything. */
  async takeManifests(manifests, offered) {
    const parts = {};
    for (const { region, parts: named = [] } of offered) {
      const held = this.heldParts(region);
      const changed = named.filter((part) => (held ? held.has(part.name) && held.get(part.name) !== part.sha256 : !/\d$/.test(part.name)));
      for (const { sha256 } of changed) {
        const text = await bytesOf(`v1/bundle/parts/${sha256}`);
        if (text) parts[sha256] = new TextDecoder().decode(text);
      }
    }
    if (this.take(() => this.verifier.update(new TextEncoder().encode(JSON.stringify({ manifests, parts }))))) return true;
    if (this.refusal.code !== "bundle.part_missing") return false;
    const whole = await bytesOf("v1/bundle");
    return whole !== null && this.take(() => this.verifier.update(whole));
  }

  /** Names and digests of the parts that are at hand of a region; null of one that is not held. */
  heldParts(region) {
    const held = this.summary.regions.find((r) => r.region === region);
    const missing = new Set(this.summary.missing.filter((part) => part.region === region).map((part) => part.name));
    return held ? new Map(held.parts.filter(({ name }) => !missing.has(name)).map(({ name, sha256 }) => [name, sha256])) : null;
  }

  /** Whether a part is of all years, or of the last ones that the manifest of its region names. */
  isRecent({ region, name }) {
    if (Number.isNaN(yearOf(name))) return true;
    const years = (this.summary.regions.find((r) => r.region === region)?.parts ?? []).map((part) => yearOf(part.name));
    return yearOf(name) > Math.max(...years.filter((year) => !Number.isNaN(year))) - YEARS;
  }

  /** Fetches parts that are named but not at hand; whether any came. Each is asked for by its digest: of a year, never of a person. */
  async fetchMissing(isWanted) {
    let came = false;
    for (const part of this.summary?.missing.filter(isWanted) ?? []) {
      const text = await bytesOf(`v1/bundle/parts/${part.sha256}`);
      came = (text !== null && this.take(() => this.verifier.addPart(text))) || came;
    }
    return came;
  }

  /** Fetches what a verdict says that it lacked; whether anything changed, so that judging again may say more. */
  async improve(verdict) {
    const unchecked = verdict.steps.filter((step) => step.result === "unchecked");
    const lacks = unchecked.map((step) => /^(\d{6})\/\w+\/(\d+)$/.exec(step.detail ?? "")).filter(Boolean);
    const came = this.other === null && (await this.fetchMissing(({ region, name }) => lacks.some((l) => l[1] === region && Number(l[2]) === yearOf(name))));
    if (came) await this.keepAll();
    const isOld = verdict.outcome === "valid-as-of" || unchecked.some(({ code }) => /newer_than_facts$|_unknown$|^facts\.expired$/.test(code));
    const isNewer = (this.isDue || isOld) && (await this.refresh()) === "updated";
    return came || isNewer;
  }

  /** Opens what the registry offers under the other key, in a verifier of its own, to learn its fingerprint. */
  async learnOther() {
    const file = await bytesOf(`v1/bundle?years=${YEARS}`);
    const verifier = await Verifier.load(this.verifier.machine.module);
    try {
      if (file) this.other = { ...this.other, verifier, summary: verifier.open(this.other, file) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  /** Takes the other key in place of the pinned one: an explicit act of a person who compared the fingerprints. */
  async accept() {
    const { region, key, verifier, summary } = this.other;
    Object.assign(this, { verifier, summary, anchor: { region, key, pinned: now() }, other: null, refusal: null });
    await this.keepAll();
  }
}

/** The year at the end of a part's name; none for parts of all years. */
const yearOf = (name) => Number(/\/(\d+)$/.exec(name)?.[1] ?? NaN);

/** What a manifest says, unverified: it only tells what to fetch. */
export function contentOf(jws) {
  try {
    const bytes = Uint8Array.from(atob(jws.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}
