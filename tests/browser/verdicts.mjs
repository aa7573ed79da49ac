// Each outcome of a certificate, as its reader sees it.
import assert from "node:assert/strict";
import { given, outcome, said, scene, steps, v } from "./scene.mjs";

/** Another low digit of the last whole group of 17, which lies in the signature: the value stays in range. */
function tampered(digits) {
  const at = 17 * Math.floor(digits.length / 17) - 2;
  return digits.slice(0, at) + String((Number(digits[at]) + 1) % 10) + digits.slice(at + 1);
}

async function valid(page, open) {
  await outcome(page, open, "有效");
  assert.deepEqual(await steps(page), Array(6).fill("通过"));
  const text = await said(page);
  for (const part of ["欧阳静", "002X", given.number, "电工", "三级（高级工）", "良好", "上海示例职业技能评价中心", "91110000802100433B", "上海市", "长期有效", "登记数据时间", "GMT+8"]) {
    assert.ok(text.includes(part), `no ${part} in ${text}`);
  }
}

await scene("valid", v(given.valid), valid);
await scene("valid-320", v(given.valid), valid, { width: 320, height: 640 });
await scene("valid-dark", v(given.valid), valid, { colorScheme: "dark" });
await scene("valid-print", v(given.valid), async (page, open) => {
  await valid(page, open);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("#lang").isVisible(), false);
});
await scene("valid-english", v(given.valid), async (page, open) => {
  await valid(page, open);
  await page.getByRole("button", { name: "English" }).click();
  assert.equal(await page.locator("#outcome h2").textContent(), "Valid");
  assert.equal(await page.getAttribute("html", "lang"), "en");
  assert.deepEqual(await steps(page), Array(6).fill("Passed"));
  const text = await said(page);
  for (const part of ["Level three (senior worker)", "Shanghai Example Assessment Centre", "上海示例职业技能评价中心", "欧阳静", "the certificate is well-formed"]) assert.ok(text.includes(part), part);
  for (const element of await page.locator("[data-word]").all()) assert.doesNotMatch(await element.textContent(), /\p{Script=Han}/u);
});
await scene("revoked", v(given.revoked), async (page, open) => {
  await outcome(page, open, "无效");
  assert.deepEqual(await steps(page), ["通过", "通过", "通过", "通过", "未通过", "通过"]);
  assert.ok((await page.locator("#outcome").innerText()).includes("证书已被撤销"));
});
await scene("suspended", v(given.suspended), async (page, open) => {
  await outcome(page, open, "无效");
  assert.ok((await page.locator("#outcome").innerText()).includes("证书已被暂停"));
});
await scene("tampered", v(tampered(given.valid)), async (page, open) => {
  await outcome(page, open, "无效");
  assert.equal((await steps(page))[1], "未通过");
  assert.ok(!(await said(page)).includes("欧阳静"), "content that nobody signed is shown");
});
await scene("something-else", v("https://example.com/menu?table=7"), async (page, open) => {
  await outcome(page, open, "无法断定");
  assert.deepEqual(await steps(page), Array(6).fill("未核验"));
  assert.equal(await page.locator(".notes").count(), 0, "nothing was looked up, so nothing is out of date");
});
await scene("no-network", v(given.valid), async (page, open) => {
  await page.route("**/v1/verify", (route) => route.abort());
  await outcome(page, open, "未能核验");
  assert.equal(await page.locator(".valid, .ok").count(), 0);
  await page.unroute("**/v1/verify");
  await page.getByRole("button", { name: "重试" }).click();
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
}, { expected: ["net::ERR_FAILED"] });
await scene("lying-answer", v(given.revoked), async (page, open) => {
  await page.route("**/v1/verify", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), outcome: "valid" } });
  });
  await outcome(page, open, "未能核验");
  assert.equal(await page.locator(".valid, .ok").count(), 0);
});
await scene("ask", "/v", async (page, open) => {
  await open();
  await page.getByLabel("二维码内容、网址或签名文本").fill(`https://elsewhere.example/x#${given.valid}`);
  await page.locator("#paste button").click();
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
  await page.getByRole("button", { name: "核验另一张证书" }).click();
  await page.getByRole("heading", { name: "粘贴证书内容" }).waitFor();
});
for (const [name, holder, word] of [["found", given.name, "有效"], ["not-found", "欧阳进", "没有查到"]]) {
  await scene(name, "/v", async (page, open) => {
    await open();
    await page.getByLabel("证书编号", { exact: true }).fill(given.number);
    await page.getByLabel("姓名", { exact: true }).fill(holder);
    await page.locator("#lookup button").click();
    await page.getByRole("heading", { name: word, exact: true }).waitFor();
    assert.ok(!page.url().includes("?"), "a name stands in the address");
  });
}
