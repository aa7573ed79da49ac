// The offline verifier, for browsers and Node: a thin wrapper around verifier.wasm, which decides everything.
//
//   const verifier = await Verifier.load(fetch("verifier.wasm"));
//   verifier.open({ region: "310000", key: "<43 characters>" }, bundle);
//   const { verdict } = verifier.judge(textOfTheCode, Math.floor(Date.now() / 1000));
//
// It asks no network and reads no clock. The module keeps one bundle; see docs/decisions/wasm.md for its functions.

/** Longest text that is looked at, in UTF-16 units; a longer one is refused by its length alone. */
const TEXT_MAX = 8192;

/** Why something was refused: a stable code and its words in Chinese and English. */
export class Refusal extends Error {
  constructor(told) {
    super(told.en);
    this.name = "Refusal";
    this.code = told.code;
    this.zh = told.zh;
    this.en = told.en;
    this.about = told.about;
  }
}

/** A WebAssembly module that imports nothing: bytes in, bytes out. */
export class Machine {
  /** From bytes, a Response, a compiled module, or a promise of one of them. */
  static async load(source) {
    let given = await source;
    if (typeof Response === "function" && given instanceof Response) {
      if (!given.ok) throw new Error(`the module was not delivered: ${given.status}`);
      given = await given.arrayBuffer();
    }
    const module = given instanceof WebAssembly.Module ? given : await WebAssembly.compile(given);
    return new Machine(module, await WebAssembly.instantiate(module));
  }

  constructor(module, instance) {
    this.module = module;
    this.exports = instance.exports;
    this.full = false;
  }

  /** Begins anew with empty memory: after a trap nothing in the old one is to be trusted. False where the browser will not at once. */
  renew() {
    try {
      this.exports = new WebAssembly.Instance(this.module).exports;
      return true;
    } catch {
      // Older Chromium makes large instances on the main thread only in its own time.
      WebAssembly.instantiate(this.module).then((instance) => (this.exports = instance.exports));
      return false;
    }
  }

  /** Calls `name` with each of `inputs` (bytes), then `numbers`; the bytes of its answer, or null where it gave none or has no memory. */
  call(name, inputs, ...numbers) {
    const exports = this.exports;
    const lent = [];
    this.full = false;
    try {
      for (const input of inputs) {
        const at = exports.alloc(input.length) >>> 0;
        this.full = at === 0;
        if (this.full) return null;
        lent.push([at, input.length]);
        new Uint8Array(exports.memory.buffer, at, input.length).set(input);
      }
      const at = exports[name](...[].concat(...lent), ...numbers) >>> 0;
      if (at === 0) return null;
      const length = new DataView(exports.memory.buffer).getUint32(at, true);
      const answer = new Uint8Array(exports.memory.buffer, at + 4, length).slice();
      exports.free(at, 4 + length);
      return answer;
    } finally {
      for (const [at, length] of lent) exports.free(at, length);
    }
  }
}

export class Verifier {
  /** From bytes, a Response, a compiled module, or a promise of one of them. */
  static async load(source) {
    return new Verifier(await Machine.load(source));
  }

  constructor(machine) {
    this.machine = machine;
  }

  /**
   * Opens the file of a bundle (bytes, gzipped or plain) for the pinned `anchor`, `{region, key}`. Gives a summary:
   * `{regions: [{region, name_zh, name_en, zone, url, fingerprint, epoch, seq, iat, fresh_until, expires, parts, peers}], missing, alarms}`, the
   * pinned region first; `parts` and `missing` have `{name, sha256, bytes}`, `missing` also the region; `peers` have `{region, url,
   * fingerprint}`, `alarms` `{code, zh, en, about?}`: partners that broke a rule in the last step, of which what was held stays. Throws a Refusal, and then still holds what it held.
   */
  open(anchor, file) {
    return parsed(this.ask("open", [utf8(`${anchor.region} ${anchor.key}`), bytes(file)]));
  }

  /** Judges a text at `now` (unix seconds): `{bytes, verdict}`, the verdict as docs/formats/verdict.md says, and as it was written. */
  judge(text, now) {
    if (!Number.isSafeInteger(now)) throw new RangeError("now is a whole number of unix seconds");
    const answer = this.ask("judge", [utf8(String(text).slice(0, TEXT_MAX + 1))], Math.floor(now / 2 ** 32), now >>> 0);
    return { bytes: answer, verdict: parsed(answer) };
  }

  /** The same, with what region `place` (six digits) makes of it in `verdict.recognition`; only the module `recognition.wasm` knows. */
  judgeFor(text, place, now) {
    if (!Number.isSafeInteger(now)) throw new RangeError("now is a whole number of unix seconds");
    const inputs = [utf8(String(text).slice(0, TEXT_MAX + 1)), utf8(place)];
    const answer = this.ask("judge_for", inputs, Math.floor(now / 2 ** 32), now >>> 0);
    return { bytes: answer, verdict: parsed(answer) };
  }

  /** Takes a newer file; gives the summary. Throws a Refusal (older, equivocation, something un-revoked), and then holds what it held. */
  update(file) {
    return parsed(this.ask("update", [bytes(file)]));
  }

  /** Applies a delta; gives the summary. Throws a Refusal, and then holds what it held. */
  apply(delta) {
    return parsed(this.ask("apply", [bytes(delta)]));
  }

  /** Reads in the text of a missing part, as bytes; gives the summary. Throws a Refusal. */
  addPart(text) {
    return parsed(this.ask("add_part", [bytes(text)]));
  }

  /** The held bundle as a file to keep, not compressed. */
  save() {
    return this.ask("save", []);
  }

  /** The answer of one function. A trap (no memory left in the middle of the work) is a WebAssembly.RuntimeError: then load it anew. */
  ask(name, inputs, ...numbers) {
    const answer = this.machine.call(name, inputs, ...numbers);
    if (answer !== null) return answer;
    const why = this.machine.call(this.machine.full ? "no_memory" : "refusal", []);
    if (why === null) throw new Error("no bundle is open");
    throw new Refusal(parsed(why));
  }
}

const utf8 = (text) => new TextEncoder().encode(text);
const parsed = (json) => JSON.parse(new TextDecoder().decode(json));
const bytes = (given) => (ArrayBuffer.isView(given) ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength) : new Uint8Array(given));
