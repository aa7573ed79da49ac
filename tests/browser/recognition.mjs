// Whether a chosen region recognises a certificate, by the agreements in the bundle, on the reader's own device.
import assert from "node:assert/strict";
import { given, outcome, scene, shows, v } from "./scene.mjs";

const { agreed } = given;
const at = { url: agreed.url };
const answer = (page) => page.locator("#recognition").innerText();
const recognition = (page) => page.locator("section", { has: page.locator("#place") });

/** The own region's certificate, in Jiangsu. */
async function recognised(page, open) {
  await outcome(page, open, "有效");
  await page.locator("#recognition").waitFor();
  assert.equal(await answer(page), "由本地区登记，在本地区有效");
  await page.getByLabel("选择地区").selectOption("320000");
  await page.locator("#recognition.recognised", { hasText: "依据互认协议" }).waitFor();
  await shows(recognition(page), "长三角互认", "urn:hufu:agreement:yrd · 1", "to-jiangsu", "职业在认可范围内", "机构在册且可评价", "listed when earned", "sha256:");
  assert.equal(await page.evaluate(() => document.activeElement.id), "place", "the choice has lost the focus");
}

await scene("recognised", v(agreed.own), recognised, at);
await scene("recognised-320", v(agreed.own), recognised, { ...at, width: 320, height: 640 });
await scene("recognised-english", v(agreed.own), async (page, open) => {
  await recognised(page, open);
  await page.getByRole("button", { name: "English" }).click();
  await shows(recognition(page), "recognised here under an agreement", "Yangtze River Delta", "Clause", "the occupation is accepted", "wanted: 6-31- · got: 6-31-01-03");
}, at);

/** The partner's certificate, which the own region refuses by its clause. */
await scene("recognition-refused", v(agreed.partner), async (page, open) => {
  await outcome(page, open, "有效");
  await page.locator("#recognition.not").waitFor();
  await shows(recognition(page), "不予认可", "to-shanghai", "等级在认可范围内", "未通过", "要求：at least 5 · 实际：3");
  await page.getByLabel("选择地区").selectOption("320000");
  await page.locator("#recognition", { hasText: "由本地区登记" }).waitFor();
}, at);

/** Once it was asked, it can be asked without a network. */
await scene("recognition-offline", v(agreed.own), async (page, open, context) => {
  await recognised(page, open);
  await page.evaluate(async () => {
    const { active, installing, waiting } = await navigator.serviceWorker.ready;
    const worker = active ?? waiting ?? installing;
    if (worker.state !== "activated") await new Promise((done) => worker.addEventListener("statechange", () => worker.state === "activated" && done()));
  });
  // The part of the verifier that knows agreements is kept from its first use under the worker on.
  await page.goto("about:blank");
  await recognised(page, open);
  await context.setOffline(true);
  await page.goto("about:blank");
  await recognised(page, open);
}, { ...at, workers: "allow" });
