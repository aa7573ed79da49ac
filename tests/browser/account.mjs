// The learner's account: signing in by a one-time code, what is shown, a statement, the export, closing, and that nothing stays behind.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { counts, given, has, main, operate, scene, shows, soon } from "./scene.mjs";

const { savings } = given;
const AT = { url: savings.url };

const codeFor = async (learner) => (await operate("POST", `/v1/learners/${learner}/codes`, undefined, savings)).code;

async function signIn(page, open, code) {
  await open();
  await page.getByLabel("一次性验证码").fill(code ?? (await codeFor(savings.learner)));
  await page.getByRole("button", { name: "登录" }).click();
}

async function account(page, open, code) {
  await signIn(page, open, code);
  await page.getByRole("heading", { name: "学分余额" }).waitFor();
}

async function whole(page, open) {
  await account(page, open);
  await shows(main(page), "欧阳静", "002X", "示例评价中心1", "登录有效至", "学分", "继续教育学时");
  await shows(main(page), "12.00 分 可用", "其中 5.50 分 自 2033-01-18 起失效", "24.00 学时 可用", "其中 24.00 学时 自 2028-01-01 起失效", "8.00 学时");
  await shows(main(page), "集成电路制造工艺", "自 2033-03-18 起失效", "共 8.00", "在效", "已撤销", savings.number, "发放验证码", "查看账户");
  await counts(page.locator("svg.lots rect"), 4, "a bar for each lot that is left");
  await counts(page.locator(".lots-table tbody tr:not(.history)"), 5);
  await shows(main(page), "课程 · 示例评价中心1 · 核心", "24.00 / 90.00 学时", "还差 36.00 学时", "可以兑换");
  assert.equal(new URL(page.url()).search, "");
}

const gone = async (page) => {
  assert.equal(await page.locator("#account").isVisible(), false);
  const left = await page.content();
  for (const secret of ["欧阳静", "002X", savings.number, "集成电路制造工艺"]) assert.ok(!left.includes(secret), `${secret} stays on the page`);
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
};

await scene("account-sign-in", "/account", async (page, open) => {
  await open();
  await page.getByLabel("一次性验证码").waitFor();
  await shows(main(page), "当面领取一次性验证码", "30 分钟");
}, { url: savings.url });
await scene("account-wrong-code", "/account", async (page, open) => {
  await signIn(page, open, "0000-0000-0000");
  await page.getByText("验证码无效，请向机构重新领取").waitFor();
  assert.equal(await page.locator("#account").isVisible(), false);
  await page.getByRole("button", { name: "English" }).click();
  await shows(main(page), "the code is wrong, used or too old");
}, { url: savings.url, expected: ["422"] });
await scene("account", "/account", whole, AT);
await scene("account-320", "/account", whole, { ...AT, width: 320, height: 640 });
await scene("account-dark", "/account", whole, { ...AT, colorScheme: "dark" });
await scene("account-large-text", "/account", async (page, open) => {
  await whole(page, open);
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
}, { ...AT, width: 400 });
await scene("account-english", "/account", async (page, open) => {
  await account(page, open);
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "Balances" }).waitFor();
  await shows(main(page), "12.00 credits to spend", "5.50 credits of it ends on 2033-01-18", "Hours of continuing education", "In force", "Level three", "Made a one-time code");
  for (const element of await page.locator("[data-word]").all()) assert.doesNotMatch(await element.textContent(), /\p{Script=Han}/u);
}, AT);

/** Hours of two years, programmes, and every posting: of a learner who has redeemed. */
const section = (page, title) => page.locator("section").filter({ has: page.getByRole("heading", { name: title, exact: true }) });

async function credit(page, open) {
  await account(page, open, await codeFor(savings.second));
  const { year } = savings;
  const hours = section(page, "年度学时");
  await shows(hours, `${year} 年度要求已完成。`, "90.00 / 90.00 学时", "其中：专业科目", "60.00 / 60.00 学时", "已满足");
  await page.getByLabel("年度", { exact: true }).selectOption(String(year - 1));
  await hours.getByText(`${year - 1} 年度要求尚未完成。`).waitFor();
  await shows(hours, "89.99 / 90.00 学时", "还差 0.01 学时", "59.99 / 60.00 学时");
  const bars = () => hours.locator("progress").evaluateAll((all) => all.map((bar) => [bar.value, bar.max]));
  await soon(async () => assert.deepEqual(await bars(), [[8999, 9000], [5999, 6000]]));
  const programmes = section(page, "可兑换项目");
  await counts(programmes.locator("#programmes-list > li"), 3);
  const [short, long, later] = await programmes.locator("#programmes-list > li").allInnerTexts();
  has(short, "电工三级学分兑换", "非学历教育", "尚不能兑换", "可获得：职业技能等级证书 · 电工 · 三级（高级工）", "8.00 / 10.00 分", "其中：核心", "0.00 / 6.00 分", "还差 6.00 分", "84 个月");
  has(long, "机电一体化技术专科课程学分认定", "学历教育", "8.00 / 30.00 分", "还差 22.00 分", "本地区的学分还缺 18.00 分，外地区转入的最多使用 10.00 分");
  has(later, "工业互联网运维培训", "兑换期为 2099-01-01 起，今天是");
  assert.equal(await page.locator("#programmes-list > li").last().locator("progress").count(), 0);
}

async function postings(page, open) {
  await account(page, open, await codeFor(savings.second));
  const history = section(page, "学分变动记录");
  const lines = history.locator(".history-list > li");
  await counts(lines, 20);
  const texts = await lines.allInnerTexts();
  const redeemed = texts.slice(0, 2).join("\n");
  has(redeemed, "兑换", "−3.00 分", "电机与拖动基础", "课程 · 示例评价中心1 · 选修 · 可用 → 已兑换", "依据 sha256:", "−7.00 分", "核心");
  has(texts.slice(2, 4).join("\n"), "取得", "+5.00 分", "+7.00 分", "签发 → 可用");
  await shows(history, "作废", "−20.00 学时", "示例评价中心2 · 公需科目", "+30.00 学时");
  await history.getByRole("button", { name: "继续显示" }).click();
  await lines.nth(20).waitFor();
  await counts(lines, 22);
  assert.equal(await history.getByRole("button", { name: "继续显示" }).isVisible(), false);
}

await scene("account-credit", "/account", credit, AT);
await scene("account-credit-320", "/account", credit, { ...AT, width: 320, height: 640 });
await scene("account-credit-dark", "/account", credit, { ...AT, colorScheme: "dark", width: 390 });
await scene("account-credit-large-text", "/account", async (page, open) => {
  await credit(page, open);
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
}, { ...AT, width: 400 });
await scene("account-credit-english", "/account", async (page, open) => {
  await credit(page, open);
  await page.getByRole("button", { name: "English" }).click();
  const { year } = savings;
  await shows(section(page, "Hours of the year"), `What is due for ${year - 1} is not done.`, "89.99 of 90.00 hours", "0.01 hours missing", "Of it: professional");
  await shows(section(page, "What credit can be redeemed for"), "Electrician level three", "Non-degree programme", "Not yet", "6.00 credits missing", "lacks 18.00 credits; at most 10.00 credits may come from other regions", "from 2099-01-01 on");
  await shows(section(page, "What happened to your credit"), "Redeemed", "−3.00 credits", "Example Centre 1", "elective", "to spend → redeemed");
  for (const element of await page.locator("[data-word]").all()) assert.doesNotMatch(await element.textContent(), /\p{Script=Han}/u);
}, { ...AT, width: 390 });
/** Within reach: which lots would be spent, and how much of each. */
await scene("account-in-reach", "/account", async (page, open) => {
  await account(page, open);
  const first = page.locator("#programmes-list > li").first();
  await shows(first, "可以兑换", "10.00 / 10.00 分", "已满足");
  await first.getByText("将使用 3 批学分").click();
  await counts(first.locator(".picks li"), 3);
  const picks = await first.locator(".picks li").allInnerTexts();
  has(picks[0], "电工", "自 2033-01-18 起失效", "5.50 分");
  has(picks[1], "集成电路制造工艺", "自 2033-03-18 起失效", "2.00 分");
  has(picks[2], "工业机器人系统操作与运行维护", "自 2033-09-01 起失效", "2.50 分");
}, { ...AT, width: 390 });
await scene("account-postings", "/account", postings, AT);
await scene("account-postings-320", "/account", postings, { ...AT, width: 320, height: 640 });
/** All of a digest, where the browser hands it over and where it does not. */
await scene("account-digest", "/account", async (page, open, context) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await account(page, open, await codeFor(savings.second));
  const [first, second] = await page.locator(".history-list .cause").all();
  await first.getByRole("button", { name: "复制全文" }).click();
  await first.getByRole("button", { name: "已复制" }).waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^sha256:[0-9a-f]{64}$/);
  await page.evaluate(() => (navigator.clipboard.writeText = () => Promise.reject(new Error("no"))));
  await second.getByRole("button", { name: "复制全文" }).click();
  await page.waitForFunction(() => /^sha256:[0-9a-f]{64}$/.test(getSelection().toString()));
}, { ...AT, width: 390 });

/** The history of a lot and the code of a certificate, and a reload, which keeps the session and reads everything anew. */
await scene("account-history", "/account", async (page, open) => {
  await account(page, open);
  await page.getByRole("button", { name: "明细 数控编程" }).click();
  await page.locator(".postings").getByText("可用 → 已作废").waitFor();
  await shows(page.locator(".postings"), "取得 8.00 学时", "签发 → 可用", "作废 8.00 学时", "sha256:");
  await page.getByRole("button", { name: "出示二维码" }).first().click();
  const code = page.getByRole("img", { name: `证书二维码 ${savings.number}` });
  await code.waitFor();
  assert.ok((await code.boundingBox()).width > 200);
  await page.reload();
  await page.getByRole("heading", { name: "学分余额" }).waitFor();
  await page.getByRole("button", { name: "明细 数控编程" }).click();
  await page.locator(".postings").getByText("可用 → 已作废").waitFor();
  await page.getByRole("button", { name: "出示二维码" }).first().click();
  await code.waitFor();
}, AT);
await scene("account-check", "/account", async (page, open) => {
  await account(page, open);
  await page.getByRole("link", { name: "在本机核验" }).first().click();
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
  await shows(main(page), savings.number);
}, AT);

async function statement(page, open) {
  await account(page, open);
  await page.getByLabel("截至日期").fill("2026-01-01");
  await page.getByRole("button", { name: "生成" }).click();
  await page.getByText("截至该日没有学分。").waitFor();
  await page.getByLabel("截至日期").fill(await page.getByLabel("截至日期").getAttribute("max"));
  await page.getByRole("button", { name: "生成" }).click();
  await page.locator("#sheet").getByText("合计").first().waitFor();
  await shows(page.locator("#sheet"), "学分对账单", "欧阳静", "12.00", "32.00", "24.00", "8.00", "未经签名");
  assert.deepEqual(await page.locator("#sheet table").first().locator("tfoot td").allTextContents(), ["12.00", "12.00"]);
  assert.deepEqual(await page.locator("#sheet table").last().locator("tfoot td").allTextContents(), ["32.00", "24.00", "8.00"]);
}

await scene("account-statement", "/account", statement, AT);
await scene("account-statement-320", "/account", statement, { ...AT, width: 320, height: 640 });
await scene("account-print", "/account", async (page, open) => {
  await statement(page, open);
  await page.emulateMedia({ media: "print" });
  for (const id of ["#lang", "#sign-out", "#statement-ask", "#close", "#balances", "#own", "#looks"]) assert.equal(await page.locator(id).isVisible(), false, id);
  await shows(main(page), "学分对账单", "欧阳静", "合计");
  const sheets = (await page.pdf({ format: "A4" })).toString("latin1").match(/\/Type \/Page\b/g);
  assert.equal(sheets.length, 1, "a short statement is one sheet");
}, AT);
await scene("account-export", "/account", async (page, open) => {
  await account(page, open);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "导出全部数据" }).click()]);
  assert.equal(download.suggestedFilename(), "hufu-account.json");
  const file = JSON.parse(readFileSync(await download.path(), "utf8"));
  assert.equal(file.accounts[0].name, given.name);
  assert.equal(file.certificates.length, 2);
  await page.getByText("已导出：hufu-account.json").waitFor();
}, AT);

await scene("account-sign-out", "/account", async (page, open) => {
  await account(page, open);
  const token = await page.evaluate(() => JSON.parse(sessionStorage.getItem("hufu.session")).token);
  const ended = page.waitForResponse((response) => response.request().method() === "DELETE");
  await page.getByRole("button", { name: "退出", exact: true }).click();
  await page.getByText("已退出。").waitFor();
  assert.equal((await ended).status(), 204);
  await gone(page);
  const again = await fetch(`${savings.url}/v1/account`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(again.status, 401, "the token outlives the session");
}, AT);
await scene("account-half-an-hour", "/account", async (page, open) => {
  await page.clock.install();
  await account(page, open);
  await page.clock.fastForward("29:00");
  assert.ok(await page.locator("#account").isVisible());
  await page.clock.fastForward("01:01");
  await page.getByText("登录已满 30 分钟").waitFor();
  await gone(page);
}, AT);
/** Signed out elsewhere, which the page learns by its next request. */
await scene("account-ended-elsewhere", "/account", async (page, open) => {
  await account(page, open);
  const token = await page.evaluate(() => JSON.parse(sessionStorage.getItem("hufu.session")).token);
  await fetch(`${savings.url}/v1/account/sessions`, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
  await page.getByRole("button", { name: "生成" }).click();
  await page.getByText("或已失效，已自动退出").waitFor();
  await gone(page);
}, { ...AT, expected: ["401"] });
await scene("account-close", "/account", async (page, open) => {
  const other = await operate("POST", "/v1/learners", { name: "欧阳静", id_type: "passport", id_number: "E12345678" }, savings);
  await account(page, open, await codeFor(other.id));
  await shows(main(page), "还没有学分。", "还没有证书。");
  await page.getByRole("button", { name: "注销账户……" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "取消" }).click();
  assert.equal(await dialog.isVisible(), false);
  await page.getByRole("button", { name: "注销账户……" }).click();
  await dialog.getByRole("button", { name: "确认注销" }).click();
  assert.ok(await dialog.isVisible(), "closed without the tick");
  await dialog.getByLabel("我明白注销不能撤销").check();
  await page.screenshot({ path: `${given.shots}/account-closing.png` });
  await dialog.getByRole("button", { name: "确认注销" }).click();
  await page.getByText("账户已注销。").waitFor();
  await gone(page);
}, AT);
