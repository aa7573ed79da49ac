// The reader of codes as a module, in Node. Run by tests/it/wasm.rs:  node tests/wasm/reader.mjs <JSON of pictures>
// Each picture is {name, width, height, file, texts}: the file holds its pixels, four bytes each; the texts are what the server reads.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Reader } from "../../web/reader.js";

const pictures = JSON.parse(readFileSync(process.argv[2], "utf8"));
const reader = await Reader.load(readFileSync("web/reader.wasm"));
const image = ({ width, height, file }) => ({ width, height, data: readFileSync(file) });

for (const picture of pictures) {
  const started = performance.now();
  assert.deepEqual(reader.read(image(picture)), picture.texts, picture.name);
  console.log(`${picture.name}: ok, ${Math.round(performance.now() - started)} ms`);
}

// Sizes that do not fit each other, or are too large, are refused before anything is lent.
const data = new Uint8Array(16);
for (const wrong of [{ width: 2, height: 3 }, { width: 0, height: 0 }, { width: -2, height: -2 }, { width: 1.5, height: 2 }, { width: 12001, height: 1 }, { width: NaN, height: 2 }]) {
  assert.throws(() => reader.read({ ...wrong, data }), RangeError);
}
assert.throws(() => reader.read({ width: 6000, height: 5000, data: { length: 4 * 6000 * 5000 } }), RangeError);
const { exports } = reader.machine;
for (const [length, width, height] of [[16, 2, 3], [15, 2, 2], [16, 0xffffffff, 0xffffffff], [0, 0, 0]]) {
  const at = exports.alloc(length);
  assert.equal(exports.read(at, length, width, height) === 0, length !== 0, `${length} ${width} ${height}`);
}
assert.equal(exports.alloc(0xffffffff), 0);

// A search that traps is left out in a new instance, and the others go on: a code that is light on dark is found by the second one.
const picture = pictures.find(({ name }) => name === "light on dark");
const real = reader.machine.exports.read;
let traps = 0;
const begun = [];
reader.machine.exports = { ...reader.machine.exports, searches: () => 1, read: () => { traps += 1; throw new WebAssembly.RuntimeError("unreachable"); } };
const renew = reader.machine.renew.bind(reader.machine);
reader.machine.renew = () => {
  const done = renew();
  const { skip } = reader.machine.exports;
  reader.machine.exports = { ...reader.machine.exports, skip: (n) => { begun.push(n); skip(n); } };
  return done;
};
assert.deepEqual(reader.read(image(picture)), picture.texts);
assert.equal(traps, 1);
assert.deepEqual(begun, [1]);
assert.notEqual(reader.machine.exports.read, real);
assert.ok(reader.machine.exports.searches() > 1, "only the first search was left out");
console.log(`${pictures.length} pictures agree`);
