// The pages in a real browser, scene by scene. Run by tests/it/pages.rs:  node pages.mjs <JSON of the running registry and its certificates>
// In every scene an error of a script, a word on the console, a request to any other host, a request that carries a certificate, what axe
// finds wrong in either colour scheme, and scrolling sideways at 320 px are failures.
import { end } from "./scene.mjs";

await import("./verdicts.mjs");
await import("./age.mjs");
await import("./partner.mjs");
await import("./recognition.mjs");
await import("./scan.mjs");
await import("./offline.mjs");
await import("./front.mjs");
await import("./coverage.mjs");
await import("./account.mjs");
await import("./moving.mjs");
await import("./batches.mjs");
await import("./vectors.mjs");
await end();
