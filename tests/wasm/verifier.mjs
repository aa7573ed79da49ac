// The offline verifier as a module, in Node. Run by tests/it/wasm.rs, from the root:  node tests/wasm/verifier.mjs
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Refusal, Verifier } from "../../web/verifier.js";
import { runCases } from "./cases.mjs";

const { bundles, cases } = JSON.parse(readFileSync("verifier/tests/vectors/bundle.json", "utf8"));
const bytes = (name) => Buffer.from(bundles[name], "base64url");
const utf8 = (array) => new TextDecoder().decode(array);
const verifier = await Verifier.load(readFileSync("web/verifier.wasm"));

/** The code of the refusal that `act` ends with, or null. */
function refused(act) {
  try {
    act();
    return null;
  } catch (error) {
    assert.ok(error instanceof Refusal && error.zh && error.en, `${error}`);
    return error.code;
  }
}

function everyVector() {
  const { count, wrong } = runCases(verifier, Refusal, { bundles, cases });
  assert.deepEqual(wrong, []);
  assert.ok(count > 200);
}

const judged = cases.filter((c) => c.verdict && !c.then);
const good = judged.find((c) => c.verdict.startsWith('{"outcome":"valid"'));
const openGood = () => verifier.open(good.anchor, bytes(good.bundle));

function aKeptBundleOpensAndJudgesAlike() {
  const summary = openGood();
  const kept = verifier.save();
  assert.deepEqual(verifier.open(good.anchor, kept), summary);
  assert.equal(utf8(verifier.judge(good.card, good.now).bytes), good.verdict);
  const own = summary.regions[0];
  assert.equal(own.region, good.anchor.region);
  assert.match(own.fingerprint, /^(\d{5} ){7}\d{5}$/);
  assert.ok(own.name_zh && own.name_en && own.iat < own.fresh_until && own.fresh_until < own.expires && own.parts.length > 0);
  assert.ok(Array.isArray(summary.missing));
  assert.deepEqual(summary.alarms, []);
}

function whatIsHeldStaysWhereSomethingIsRefused() {
  openGood();
  const not = [() => verifier.open(good.anchor, bytes(good.bundle).subarray(1)), () => verifier.update(new Uint8Array(9)), () => verifier.apply(Buffer.from("{}")), () => verifier.addPart(Buffer.from([0xff]))];
  for (const act of not) {
    assert.notEqual(refused(act), null);
    assert.equal(utf8(verifier.judge(good.card, good.now).bytes), good.verdict);
  }
  assert.equal(refused(() => verifier.open({ region: "310000", key: "x" }, bytes(good.bundle))), "bundle.manifest_key");
  assert.equal(refused(() => verifier.open({ region: "x", key: good.anchor.key }, bytes(good.bundle))), "bundle.no_own_manifest");
}

function nothingThatIsMalformedTraps() {
  const { machine } = verifier;
  const file = bytes(good.bundle);
  for (let length = 0; length < file.length; length += 97) assert.notEqual(refused(() => verifier.open(good.anchor, file.subarray(0, length))), null);
  for (let at = 0; at < file.length; at += 53) {
    const damaged = Uint8Array.from(file);
    damaged[at] ^= 1 << at % 8;
    refused(() => verifier.open(good.anchor, damaged));
  }
  openGood();
  const first = (answer) => JSON.parse(utf8(answer)).steps[0].code;
  assert.equal(first(machine.call("judge", [new Uint8Array([0xff, 0xfe, 0xc0])], 0, 0)), "form.not_hufu");
  for (const text of ["", "\0", "\ud800", "x".repeat(10_000_000), "1".repeat(8192), "eyJ".repeat(600), null, undefined]) {
    assert.notEqual(verifier.judge(text, good.now).verdict.outcome, "valid");
  }
  for (const now of [-(2 ** 53) + 1, -1, 0, 2 ** 31, 2 ** 32, 2 ** 53 - 1]) assert.ok(verifier.judge(good.card, now).verdict.outcome);
  for (const now of [NaN, Infinity, 1.5, 2 ** 53, undefined, "1"]) assert.throws(() => verifier.judge(good.card, now), RangeError);
  // More than the memory of a module can be: refused, and the bundle is still there.
  assert.equal(machine.exports.alloc(0xffffffff), 0);
  const huge = { length: 0xfffffff0 };
  assert.equal(machine.call("open", [huge, huge]), null);
  assert.equal(JSON.parse(utf8(machine.call("no_memory", []))).code, "bundle.too_large");
  assert.equal(utf8(verifier.judge(good.card, good.now).bytes), good.verdict);
}

function memoryDoesNotGrow() {
  const round = (n) => {
    const { card, now, anchor, bundle } = judged[n % judged.length];
    if (n % 10 === 0) verifier.open(anchor, bytes(bundle));
    verifier.judge(card, now);
  };
  for (let n = 0; n < 2 * judged.length; n += 1) round(n);
  const before = verifier.machine.exports.memory.buffer.byteLength;
  for (let n = 0; n < 1000; n += 1) round(n);
  assert.equal(verifier.machine.exports.memory.buffer.byteLength, before);
}

async function nothingIsJudgedWithoutABundle() {
  const fresh = await Verifier.load(verifier.machine.module);
  for (const act of [() => fresh.judge("", 0), () => fresh.save(), () => fresh.update(bytes(good.bundle))]) assert.throws(act, /no bundle is open/);
}

for (const test of [everyVector, aKeptBundleOpensAndJudgesAlike, whatIsHeldStaysWhereSomethingIsRefused, nothingThatIsMalformedTraps, memoryDoesNotGrow, nothingIsJudgedWithoutABundle]) {
  await test();
  console.log(`${test.name}: ok`);
}
console.log(`${cases.length} vectors agree`);
