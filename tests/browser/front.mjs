// The front page, the directory of providers, the list of codes, the interface for programs.
import assert from "node:assert/strict";
import { given, main, scene, shows, soon } from "./scene.mjs";

const lookUp = async (page, number, name) => {
  await page.getByLabel("证书编号", { exact: true }).fill(number);
  await page.getByLabel("姓名", { exact: true }).fill(name);
  await page.locator("#lookup button").click();
};

async function front(page, open) {
  await open();
  await page.locator("#bundle dd").first().waitFor();
  await shows(main(page), "上海市", "310000", given.fingerprint, "视为最新至", "可用至");
  for (const link of await page.locator("main a").all()) {
    const answer = await page.request.get(new URL(await link.getAttribute("href"), page.url()).href);
    assert.equal(answer.status(), 200, answer.url());
  }
}

/** English is remembered, on this page and on the next. */
async function english(page, open) {
  await open();
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "Shanghai Registry of skill certificates" }).waitFor();
  assert.equal(await page.getAttribute("html", "lang"), "en");
  for (const element of await page.locator("[data-word]").all()) assert.doesNotMatch(await element.textContent(), /\p{Script=Han}/u);
  await page.getByRole("link", { name: "Open the directory" }).click();
  await page.getByRole("heading", { name: "Directory of issuing bodies" }).waitFor();
  await page.locator("summary").first().waitFor();
  await shows(main(page), "Bodies found: 3", "Class A", "Green flag", "Assessment body");
  assert.equal(await page.locator("nav").getAttribute("aria-label"), "Sections");
}

/** By keyboard alone: the skip link, then the search, then a timeline. */
async function directory(page, open) {
  await open();
  await page.locator("summary").nth(2).waitFor();
  await shows(main(page), "共 3 家机构", "上海示例职业技能评价中心", "91110000802100433B", "A 级", "绿牌", "黑名单");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.getByLabel("名称或统一社会信用代码").focus();
  await page.keyboard.type("示例职业");
  await page.keyboard.press("Enter");
  await page.getByText("共 1 家机构").waitFor();
  await page.locator("summary").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "历次变更" }).waitFor();
  await shows(main(page), "2026-01-01 起", "依据：沪人社职〔2026〕12 号", "6-31-", "五级（初级工）至一级（高级技师）", "职业技能等级证书");
  assert.ok(!page.url().includes("?"), "the search stands in the address");
}

await scene("front", "/", front);
await scene("front-320", "/", front, { width: 320, height: 640 });
await scene("front-dark", "/", front, { colorScheme: "dark" });
await scene("front-english", "/", english);
await scene("front-large-text", "/", async (page, open) => {
  await open();
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  await page.locator("#bundle dd").first().waitFor();
});
await scene("front-found", "/", async (page, open) => {
  await open();
  await lookUp(page, given.number, given.name);
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
  await shows(main(page), "上海示例职业技能评价中心", "三级（高级工）");
});
await scene("front-not-found", "/", async (page, open) => {
  await open();
  await lookUp(page, given.number, "欧阳进");
  await page.getByRole("heading", { name: "没有查到", exact: true }).waitFor();
});
await scene("front-too-many", "/", async (page, open) => {
  await open();
  await lookUp(page, "HF0000", "欧阳进");
  await page.getByRole("heading", { name: "没有查到", exact: true }).waitFor();
  await lookUp(page, "HF0000", "欧阳进");
  await page.getByRole("heading", { name: "未能核验", exact: true }).waitFor();
  await shows(main(page), "请求过于频繁，请稍后再试");
}, { url: given.busy, expected: ["429"] });
await scene("providers", "/providers", directory);
await scene("providers-320", "/providers", directory, { width: 320, height: 640 });
await scene("providers-dark", "/providers", directory, { colorScheme: "dark" });
await scene("providers-by-class", "/providers", async (page, open) => {
  await open();
  await page.locator("summary").nth(2).waitFor();
  await page.getByLabel("等级").selectOption("B");
  await page.getByLabel("类别").selectOption("school");
  await page.getByRole("button", { name: "查找" }).click();
  await page.getByText("共 1 家机构").waitFor();
  await page.getByLabel("职业编码").fill("7-");
  await page.getByRole("button", { name: "查找" }).click();
  await page.getByText("没有符合条件的机构。").waitFor();
  await page.getByLabel("职业编码").fill("nonsense");
  await page.getByRole("button", { name: "查找" }).click();
  await page.getByText("查询参数").waitFor();
}, { expected: ["400"] });
await scene("errors", "/docs/errors#certificates.not_found", async (page, open) => {
  await open();
  assert.ok(await page.locator("tr:target").isVisible());
});
await scene("docs", "/docs", async (page, open) => {
  await open();
  await page.locator(".opblock").first().waitFor();
  assert.equal(await page.title(), "Hufu");
  await soon(async () => assert.ok((await page.locator(".opblock").count()) >= given.operations));
  assert.equal(await page.locator(".loading-container, .errors-wrapper").count(), 0);
  await page.locator("#operations-verification-verify_certificate .opblock-summary-control").click();
  await page.locator("#operations-verification-verify_certificate .try-out__btn").click();
  await page.locator("#operations-verification-verify_certificate .execute").click();
  await page.locator("#operations-verification-verify_certificate .live-responses-table .response").first().waitFor();
}, { axe: false, fits: false }); // Swagger UI's own markup, which is not ours to mend
