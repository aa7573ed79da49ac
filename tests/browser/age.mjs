// What time does: the age of the bundle, a wrong clock, a bundle that is older than the certificate, an older year, a refused update.
import assert from "node:assert/strict";
import { given, issue, main, operate, outcome, scene, shows, steps, v } from "./scene.mjs";

const DAY = 86_400_000;

/** A first visit that fetches the bundle, then another on a day on which the registry cannot be reached. */
async function later(page, days, open, fragment, word) {
  await outcome(page, open, "有效");
  await page.route("**/v1/bundle**", (route) => route.abort());
  await page.clock.setFixedTime(Date.now() + days * DAY);
  await page.goto("about:blank");
  await outcome(page, () => page.goto(given.url + v(fragment)), word);
}

await scene("as-of", v(given.valid), async (page, open) => {
  await later(page, 3, open, given.valid, "截至下列时间有效");
  assert.deepEqual(await steps(page), Array(6).fill("通过"));
  assert.equal(await page.locator(".verdict.valid").count(), 0, "it looks like valid");
  await shows(main(page), "已非最新", "3天前", "欧阳静");
}, { expected: ["net::ERR_FAILED"] });
await scene("as-of-revoked", v(given.valid), async (page, open) => {
  await later(page, 3, open, given.revoked, "无效");
}, { expected: ["net::ERR_FAILED"] });
await scene("expired", v(given.valid), async (page, open) => {
  await later(page, 100, open, given.valid, "无法断定");
  await shows(main(page), "信任数据已过期，无法断定", "已过期，不能据以断定", "100天前");
  assert.equal(await page.locator("#outcome .valid, #outcome .invalid").count(), 0);
}, { expected: ["net::ERR_FAILED"] });
await scene("wrong-clock", v(given.valid), async (page, open) => {
  await page.clock.setFixedTime(Date.now() - 400 * DAY);
  await outcome(page, open, "有效");
  await shows(page.locator("#outcome"), "本机时钟早于信任数据，已按数据日期判断");
});
await scene("newer-than-bundle", v(given.valid), async (page, open) => {
  await outcome(page, open, "有效");
  const { digits, number } = await issue();
  // Within the minutes in which the bundle counts as new, a certificate that it does not know makes the page ask.
  await page.route("**/v1/bundle/manifests", (route) => route.abort());
  await page.evaluate((text) => (location.hash = text), digits);
  await page.getByRole("heading", { name: "无法断定" }).waitFor();
  await shows(page.locator("#outcome"), "信任数据早于此证书");
  await page.screenshot({ path: `${given.shots}/newer-than-bundle-before.png`, fullPage: true });
  await page.unroute("**/v1/bundle/manifests");
  const asked = page.waitForRequest("**/v1/bundle/deltas/*");
  await page.evaluate((text) => (location.hash = text), digits);
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
  await asked;
  await shows(main(page), number, "信任包刚刚更新，本结论已按新数据重新作出");
}, { expected: ["net::ERR_FAILED"] });
await scene("revoked-meanwhile", v(given.valid), async (page, open, context) => {
  const { id, digits } = await issue();
  await outcome(page, () => page.goto(given.url + v(digits)), "有效");
  await operate("POST", `/v1/certificates/${id}/revoke`, { reason: "records under review" });
  await page.clock.setFixedTime(Date.now() + 600_000);
  const again = await context.newPage();
  await again.close();
  await page.goto("about:blank");
  await page.goto(given.url + v(digits));
  await page.getByRole("heading", { name: "无效", exact: true }).waitFor();
  await shows(main(page), "证书已被撤销", "信任包刚刚更新，本结论已按新数据重新作出");
});
await scene("without-deltas", v(given.valid), async (page, open) => {
  await page.route("**/v1/bundle/deltas/*", (route) => route.fulfill({ status: 410, json: {} }));
  await outcome(page, open, "有效");
  const { digits, number } = await issue();
  await page.evaluate((text) => (location.hash = text), digits);
  await page.getByText(number).waitFor();
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
}, { expected: ["410"] });
await scene("an-older-year", v(given.elder), async (page, open) => {
  await page.clock.setFixedTime(Date.now() + given.years * 366 * DAY);
  const part = page.waitForRequest("**/v1/bundle/parts/*");
  await outcome(page, open, "无法断定").catch(() => {});
  await part;
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
}, { url: given.late });
await scene("rollback", v(given.valid), async (page, open) => {
  const early = await (await fetch(`${given.url}/v1/bundle/manifests`)).text();
  await issue();
  await outcome(page, open, "有效");
  await page.route("**/v1/bundle/manifests", (route) => route.fulfill({ contentType: "application/json", body: early }));
  await page.getByRole("button", { name: "立即更新信任包" }).click();
  await page.getByRole("heading", { name: "新的信任包未被采用" }).waitFor();
  await shows(main(page), "早于已有的信任包", "仍使用已有的信任包");
  assert.equal(await page.locator("#outcome h2").textContent(), "有效");
}, { expected: ["404"] });
await scene("another-key", v(given.valid), async (page, open) => {
  await outcome(page, open, "有效");
  // The registry comes back under the key of another one, and serves that one's bundle.
  await page.route("**/v", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(given.key, given.otherKey) });
  });
  const other = await (await fetch(`${given.busy}/v1/bundle`)).text();
  await page.route("**/v1/bundle?**", (route) => route.fulfill({ contentType: "application/json", body: other }));
  await page.goto("about:blank");
  await outcome(page, open, "有效");
  await page.getByRole("button", { name: "已核对相符，采用新密钥" }).waitFor();
  await shows(main(page), "警告：登记系统给出的密钥与先前固定的不同", given.fingerprint, given.otherFingerprint);
});
await scene("another-key-taken", v(given.valid), async (page, open) => {
  await outcome(page, open, "有效");
  await page.route("**/v", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(given.key, given.otherKey) });
  });
  const other = await (await fetch(`${given.busy}/v1/bundle`)).text();
  const manifests = await (await fetch(`${given.busy}/v1/bundle/manifests`)).text();
  await page.route("**/v1/bundle?**", (route) => route.fulfill({ contentType: "application/json", body: other }));
  await page.route("**/v1/bundle/manifests", (route) => route.fulfill({ contentType: "application/json", body: manifests }));
  await page.goto("about:blank");
  await open();
  await page.getByRole("button", { name: "已核对相符，采用新密钥" }).click();
  await page.getByRole("heading", { name: "无法断定" }).waitFor();
  assert.equal(await page.locator(".alarm:visible").count(), 0);
  await shows(page.locator("#basis"), given.otherFingerprint);
});
await scene("no-network", v(given.valid), async (page, open) => {
  await page.route("**/v1/**", (route) => route.abort());
  await outcome(page, open, "未能核验");
  await shows(main(page), "本机还没有信任包");
  assert.equal(await page.locator(".valid, .ok").count(), 0);
  await page.unroute("**/v1/**");
  await page.getByRole("button", { name: "重试" }).click();
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
}, { expected: ["net::ERR_FAILED"] });
