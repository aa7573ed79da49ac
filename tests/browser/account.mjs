// The learner's account: signing in by a one-time code, what is shown, a statement, the export, closing, and that nothing stays behind.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { given, has, operate, said, scene } from "./scene.mjs";

const { savings } = given;
/** This registry has no list of programmes: the page asks, and shows none. */
const AT = { url: savings.url, expected: ["404"] };

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
  const text = await said(page);
  has(text, "欧阳静", "002X", "示例评价中心1", "登录有效至", "学分", "继续教育学时");
  has(text, "12.00 分 可用", "其中 5.50 分 自 2033-01-18 起失效", "24.00 学时 可用", "其中 24.00 学时 自 2028-01-01 起失效", "8.00 学时");
  has(text, "集成电路制造工艺", "自 2033-03-18 起失效", "共 8.00", "在效", "已撤销", savings.number, "发放验证码", "查看账户");
  assert.equal(await page.locator("svg.lots rect").count(), 4, "a bar for each lot that is left");
  assert.equal(await page.locator(".lots-table tbody tr:not(.history)").count(), 5);
  assert.equal(await page.locator("#programmes").isVisible(), false);
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
  has(await said(page), "当面领取一次性验证码", "30 分钟");
}, { url: savings.url });
await scene("account-wrong-code", "/account", async (page, open) => {
  await signIn(page, open, "0000-0000-0000");
  await page.getByText("验证码无效，请向机构重新领取").waitFor();
  assert.equal(await page.locator("#account").isVisible(), false);
  await page.getByRole("button", { name: "English" }).click();
  has(await said(page), "the code is wrong, used or too old");
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
  has(await said(page), "12.00 credits to spend", "5.50 credits of it ends on 2033-01-18", "Hours of continuing education", "In force", "Level three", "Made a one-time code");
  for (const element of await page.locator("[data-word]").all()) assert.doesNotMatch(await element.textContent(), /\p{Script=Han}/u);
}, AT);

/** The history of a lot and the code of a certificate, and a reload, which keeps the session and reads everything anew. */
await scene("account-history", "/account", async (page, open) => {
  await account(page, open);
  await page.getByRole("button", { name: "明细 数控编程" }).click();
  await page.getByText("可用 → 已作废").waitFor();
  has(await page.locator(".postings").innerText(), "取得 8.00 学时", "签发 → 可用", "作废 8.00 学时", "sha256:");
  await page.getByRole("button", { name: "出示二维码" }).first().click();
  const code = page.getByRole("img", { name: `证书二维码 ${savings.number}` });
  await code.waitFor();
  assert.ok((await code.boundingBox()).width > 200);
  await page.reload();
  await page.getByRole("heading", { name: "学分余额" }).waitFor();
  await page.getByRole("button", { name: "明细 数控编程" }).click();
  await page.getByText("可用 → 已作废").waitFor();
  await page.getByRole("button", { name: "出示二维码" }).first().click();
  await code.waitFor();
}, AT);
await scene("account-check", "/account", async (page, open) => {
  await account(page, open);
  await page.getByRole("link", { name: "在本机核验" }).first().click();
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
  has(await said(page), savings.number);
}, AT);

async function statement(page, open) {
  await account(page, open);
  await page.getByLabel("截至日期").fill("2026-01-01");
  await page.getByRole("button", { name: "生成" }).click();
  await page.getByText("截至该日没有学分。").waitFor();
  await page.getByLabel("截至日期").fill(await page.getByLabel("截至日期").getAttribute("max"));
  await page.getByRole("button", { name: "生成" }).click();
  await page.getByText("合计").first().waitFor();
  const sheet = await page.locator("#sheet").innerText();
  has(sheet, "学分对账单", "欧阳静", "12.00", "32.00", "24.00", "8.00", "未经签名");
  assert.deepEqual(await page.locator("#sheet table").first().locator("tfoot td").allTextContents(), ["12.00", "12.00"]);
  assert.deepEqual(await page.locator("#sheet table").last().locator("tfoot td").allTextContents(), ["32.00", "24.00", "8.00"]);
}

await scene("account-statement", "/account", statement, AT);
await scene("account-statement-320", "/account", statement, { ...AT, width: 320, height: 640 });
await scene("account-print", "/account", async (page, open) => {
  await statement(page, open);
  await page.emulateMedia({ media: "print" });
  for (const id of ["#lang", "#sign-out", "#statement-ask", "#close", "#balances", "#own", "#looks"]) assert.equal(await page.locator(id).isVisible(), false, id);
  has(await said(page), "学分对账单", "欧阳静", "合计");
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
}, { ...AT, expected: ["404", "401"] });
await scene("account-close", "/account", async (page, open) => {
  const other = await operate("POST", "/v1/learners", { name: "欧阳静", id_type: "passport", id_number: "E12345678" }, savings);
  await account(page, open, await codeFor(other.id));
  has(await said(page), "还没有学分。", "还没有证书。");
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
