// How much of what this region issued is recognised elsewhere: a table that says everything in words and numbers.
import assert from "node:assert/strict";
import { counts, given, has, main, scene, shows } from "./scene.mjs";

const at = { url: given.neighbours.url };
const cells = (page) => page.locator("tbody tr:has(td)").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.replaceAll(/\s+/g, " ").trim())));

async function table(page, open) {
  await open();
  await page.locator("table").waitFor();
  const headings = await page.locator("thead th").allInnerTexts();
  assert.deepEqual(headings.map((text) => text.replaceAll(/\s+/g, " ")), ["证书", "签发", "到 江苏省 320000", "到 浙江省 330000"]);
  assert.deepEqual(await cells(page), [
    ["全部", "25", "80.00% 认可 20 未认可 5", "20.00% 认可 5 未认可 20"],
    ["四级（中级工） 职业技能等级证书", "5", "0.00% 认可 0 未认可 5", "0.00% 认可 0 未认可 5"],
    ["三级（高级工） 职业技能等级证书", "10", "100.00% 认可 10 未认可 0", "0.00% 认可 0 未认可 10"],
    ["二级（技师） 职业技能等级证书", "5", "100.00% 认可 5 未认可 0", "50.00% 认可 5 未认可 <5"],
    ["一级（高级技师） 职业技能等级证书", "<5", "过少 认可 <5 未认可 0", "过少 认可 <5 未认可 0"],
    ["三级（高级工） 职业技能等级证书", "5", "100.00% 认可 5 未认可 0", "0.00% 认可 0 未认可 5"],
  ]);
}

/** What only sight tells apart is said too: by scopes, a caption, and a name for what scrolls. */
async function structure(page) {
  assert.equal(await page.locator("caption").innerText(), "从 上海市 310000 到各地区：认可比例，认可数和未认可数");
  assert.deepEqual(await page.locator("th").evaluateAll((all) => [...new Set(all.map((th) => th.scope))].sort()), ["col", "row", "rowgroup"]);
  await counts(page.getByRole("region", { name: "互认覆盖表，可左右滚动" }), 1);
  const shades = await page.locator("td[class*=shade]").evaluateAll((all) => [...new Set(all.map((td) => getComputedStyle(td).backgroundColor))].length);
  assert.ok(shades >= 4, `${shades} shades`);
}

async function chinese(page, open) {
  await table(page, open);
  await structure(page);
  await shows(main(page), "统计日期：20", "1 至 4 写作 <5", "数量过少，不说明原因。", "没有得到认可的", "职业 6-31-01-03 · 四级（中级工） · 职业技能等级证书", "未认可 5", "主要原因，不满足：等级在认可范围内");
}

await scene("coverage", "/coverage", chinese, { ...at, width: 1000 });
await scene("coverage-360", "/coverage", chinese, { ...at, width: 360, height: 740 });
await scene("coverage-dark", "/coverage", chinese, { ...at, width: 1000, colorScheme: "dark" });
const english = async (page, open) => {
  await open();
  await page.locator("table").waitFor();
  await page.getByRole("button", { name: "English" }).click();
  await shows(main(page), "Counted on 20", "From Shanghai 310000 to each region", "Zhejiang 330000", "not recognised 10", "Occupation 6-31-01-03", "Mostly because this is not met: the level is accepted");
  for (const element of await page.locator("main [data-word], #counted, #matrix, #gaps").all()) assert.doesNotMatch(await element.textContent(), /\p{Script=Han}/u);
};
await scene("coverage-english", "/coverage", english, { ...at, width: 1000 });
await scene("coverage-english-360", "/coverage", english, { ...at, width: 360, height: 740 });
await scene("coverage-none", "/coverage", async (page, open) => {
  await open();
  await page.getByText("本地区尚未与其他地区达成互认协议。").waitFor();
  assert.equal(await page.locator("table").count(), 0);
});
await scene("coverage-failed", "/coverage", async (page, open) => {
  await page.route("**/v1/coverage", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: "{}" }));
  await open();
  await page.getByText("未能取得统计数字，请稍后再试。").waitFor();
}, { expected: ["503"] });

/** An own body in its details: what each party makes of it, by which clause, since when and for what, as the registry answers. */
async function elsewhere(page, open) {
  await open();
  const row = page.locator(".bodies > li", { hasText: "上海示例职业技能评价中心" });
  await row.locator("summary").click();
  await row.getByRole("heading", { name: "在其他地区" }).waitFor();
  await counts(row.locator(".places li"), 2);
  const places = await row.locator(".places li").allInnerTexts();
  assert.equal(places.length, 2);
  has(places[0], "江苏省 320000", "认可", "自 2026-01-01 起", "长三角互认，条款 bodies-out", "6-31-01-", "职业技能等级证书", "sha256:");
  has(places[1], "浙江省 330000", "不认可");
  const answered = await (await page.request.get(`${at.url}/v1/providers/91110000802100433B/recognition`)).json();
  assert.deepEqual(answered.places.map((place) => place.recognised), [true, false]);
  has(places[0], answered.places[0].by[0].since, answered.places[0].by[0].grant, answered.places[0].by[0].agreement);
  await shows(row, "历次变更", "2026-01-01 起");
}
await scene("elsewhere", "/providers", elsewhere, at);
await scene("elsewhere-360", "/providers", elsewhere, { ...at, width: 360, height: 740 });

/** The bodies of a party that are recognised here: found by the choice of a region, by keyboard too. */
async function here(page, open) {
  await open();
  await page.getByLabel("地区").selectOption("320000");
  await page.getByText("共 1 家机构").waitFor();
  assert.ok(await page.getByLabel("等级").isDisabled(), "what a party's bundle cannot be searched by");
  const row = page.locator(".bodies > li");
  await shows(row, "江苏示例职业技能评价中心", "在册", "A 级", "绿牌");
  await row.locator("summary").focus();
  await page.keyboard.press("Enter");
  await row.getByRole("heading", { name: "在本地区" }).waitFor();
  await shows(row, "自 2026-01-01 起", "长三角互认，条款 bodies-in", "由 江苏省 320000 登记，数据取自其信任包。");
  await page.getByLabel("名称或统一社会信用代码").fill("没有这个机构");
  await page.keyboard.press("Enter");
  await page.getByText("没有符合条件的机构。").waitFor();
  await page.getByLabel("名称或统一社会信用代码").fill("");
  await page.getByLabel("地区").selectOption("330000");
  await page.getByText("没有符合条件的机构。").waitFor();
  await page.getByLabel("地区").selectOption("");
  await page.getByText("共 3 家机构").waitFor();
  await page.getByLabel("地区").selectOption("320000");
  await page.getByText("共 1 家机构").waitFor();
  await row.locator("summary").click();
  await row.getByRole("heading", { name: "在本地区" }).waitFor();
}
await scene("recognised-here", "/providers", here, at);
await scene("recognised-here-english-360", "/providers", async (page, open) => {
  await here(page, open);
  await page.getByRole("button", { name: "English" }).click();
  await shows(main(page), "Listed in Jiangsu 320000, recognised here", "In this region", "since 2026-01-01", "By: Yangtze River Delta, clause bodies-in", "taken from its trust bundle");
}, { ...at, width: 360, height: 740 });
