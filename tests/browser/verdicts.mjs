// Each outcome of a certificate, as its reader sees it.
import assert from "node:assert/strict";
import { given, main, outcome, said, scene, shows, steps, v } from "./scene.mjs";

/** Another low digit of the last whole group of 17, which lies in the signature: the value stays in range. */
function tampered(digits) {
  const at = 17 * Math.floor(digits.length / 17) - 2;
  return digits.slice(0, at) + String((Number(digits[at]) + 1) % 10) + digits.slice(at + 1);
}

async function valid(page, open) {
  await outcome(page, open, "有效");
  assert.deepEqual(await steps(page), Array(6).fill("通过"));
  await shows(main(page), "欧阳静", "002X", given.number, "电工", "三级（高级工）", "良好", "长期有效", "GMT+8");
  await shows(main(page), "上海示例职业技能评价中心", "91110000802100433B", "签发当日机构在册且在业务范围内", "上海市");
  await shows(main(page), "在本机判断，未发送证书内容", "上海市登记数据时间：", "视为最新至", given.fingerprint, "固定于");
  assert.match(await page.locator("#strip").innerText(), /信任包：.*仍为最新/);
}

await scene("valid", v(given.valid), async (page, open) => {
  const pictures = [];
  page.on("request", (request) => request.url().includes("reader") && pictures.push(request.url()));
  await valid(page, open);
  assert.deepEqual(pictures, [], "the reader of pictures is loaded before it is used");
});
await scene("valid-320", v(given.valid), valid, { width: 320, height: 640 });
await scene("valid-dark", v(given.valid), valid, { colorScheme: "dark" });
await scene("valid-large-text", v(given.valid), async (page, open) => {
  await valid(page, open);
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
}, { width: 400 });
await scene("valid-print", v(given.valid), async (page, open) => {
  await valid(page, open);
  await page.emulateMedia({ media: "print" });
  for (const id of ["#lang", "#again", "#print", "#refresh"]) assert.equal(await page.locator(id).isVisible(), false, id);
  await shows(main(page), "核验时间（本机时钟）", "数据时间", given.fingerprint);
  const sheets = (await page.pdf({ format: "A4" })).toString("latin1").match(/\/Type \/Page\b/g);
  assert.ok(sheets.length <= 2, `a verdict is printed on ${sheets.length} sheets`);
});
await scene("valid-english", v(given.valid), async (page, open) => {
  await valid(page, open);
  await page.getByRole("button", { name: "English" }).click();
  assert.equal(await page.locator("#outcome h2").textContent(), "Valid");
  assert.equal(await page.getAttribute("html", "lang"), "en");
  assert.deepEqual(await steps(page), Array(6).fill("Passed"));
  await shows(main(page), "Level three (senior worker)", "Shanghai Example Assessment Centre", "上海示例职业技能评价中心", "欧阳静", "the certificate is well-formed", "pinned on");
  for (const element of await page.locator("[data-word]").all()) assert.doesNotMatch(await element.textContent(), /\p{Script=Han}/u);
  assert.doesNotMatch(await page.locator("#strip").innerText(), /\p{Script=Han}/u);
});
await scene("revoked", v(given.revoked), async (page, open) => {
  await outcome(page, open, "无效");
  assert.deepEqual(await steps(page), ["通过", "通过", "通过", "通过", "未通过", "通过"]);
  await shows(page.locator("#outcome"), "证书已被撤销");
});
await scene("suspended", v(given.suspended), async (page, open) => {
  await outcome(page, open, "无效");
  await shows(page.locator("#outcome"), "证书已被暂停");
});
await scene("replaced", v(given.replaced), async (page, open) => {
  await outcome(page, open, "无效");
  await shows(page.locator("#outcome"), "证书已被新证书取代", given.successor);
});
await scene("tampered", v(tampered(given.valid)), async (page, open) => {
  await outcome(page, open, "无效");
  assert.equal((await steps(page))[1], "未通过");
  assert.ok(!(await said(page)).includes("欧阳静"), "content that nobody signed is shown");
});
await scene("unknown-key", v(given.foreign), async (page, open) => {
  await outcome(page, open, "无法断定");
  await shows(page.locator("#outcome"), "不认识签发密钥");
  assert.ok(!(await said(page)).includes("欧阳静"), "content that nobody is known to have signed is shown");
});
await scene("something-else", v("https://example.com/menu?table=7"), async (page, open) => {
  await outcome(page, open, "无法断定");
  await shows(page.locator("#outcome"), "读不出虎符证书，未作验证");
  assert.deepEqual(await steps(page), Array(6).fill("未核验"));
});
await scene("ask", "/v", async (page, open) => {
  await open();
  await page.getByLabel("二维码内容、网址或签名文本").fill(`https://elsewhere.example/x#${given.valid}`);
  await page.locator("#paste button").click();
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
  await page.getByRole("button", { name: "核验另一张证书" }).click();
  await page.getByRole("heading", { name: "粘贴证书内容" }).waitFor();
  assert.equal(await page.getByLabel("二维码内容、网址或签名文本").inputValue(), "", "the certificate lingers");
});
await scene("another-fragment", v(given.valid), async (page, open) => {
  await outcome(page, open, "有效");
  await page.evaluate((digits) => (location.hash = digits), given.revoked);
  await page.getByRole("heading", { name: "无效", exact: true }).waitFor();
  assert.equal(new URL(page.url()).hash, "");
});
for (const [name, holder, word] of [["found", given.name, "有效"], ["not-found", "欧阳进", "没有查到"]]) {
  await scene(name, "/v", async (page, open) => {
    await open();
    await page.getByLabel("证书编号", { exact: true }).fill(given.number);
    await page.getByLabel("姓名", { exact: true }).fill(holder);
    await page.locator("#lookup button").click();
    await page.getByRole("heading", { name: word, exact: true }).waitFor();
    assert.ok(!page.url().includes("?"), "a name stands in the address");
    if (word === "有效") await shows(main(page), "由登记系统在线判断");
  });
}
