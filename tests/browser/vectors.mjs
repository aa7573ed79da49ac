// Every vector of trust bundles, through the module that this registry serves, in the browser itself.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { runCases } from "../wasm/cases.mjs";
import { scene } from "./scene.mjs";

const vectors = readFileSync("verifier/tests/vectors/bundle.json", "utf8");

await scene("vectors", "/v", async (page, open) => {
  await open();
  const { count, wrong } = await page.evaluate(`(async () => {
    const { Refusal, Verifier } = await import("/v/verifier.js");
    const verifier = await Verifier.load(fetch("/v/verifier.wasm"));
    return (${runCases})(verifier, Refusal, ${vectors});
  })()`);
  assert.deepEqual(wrong, []);
  assert.ok(count > 200);
  console.log(`${count} vectors in the browser as everywhere`);
});
