// The page of bodies: from an empty browser to downloaded QR codes; what is wrong, who approves, how far it is, what is refused, what ends.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { counts, given, has, main, scene, shows, soon } from "./scene.mjs";

const { bodies } = given;
const { files, one } = bodies;
const AT = { url: bodies.url };
const PHONE = { ...AT, width: 360, height: 740 };
const DARK = { ...AT, colorScheme: "dark" };

async function signIn(page, open, client = one) {
  await open();
  await enter(page, client);
  await page.getByRole("heading", { name: "上传表格" }).waitFor();
}

async function enter(page, client) {
  await page.getByLabel("客户端编号").fill(client.id);
  await page.getByLabel("客户端密钥").fill(client.secret);
  await page.getByRole("button", { name: "登录" }).click();
}

/** Uploads a file and waits until all of it was looked at. */
async function upload(page, file) {
  await page.getByLabel("选择文件，或把文件拖到这里").setInputFiles(file);
  await page.locator("#batch-title").getByText(file.name ?? basename(file), { exact: true }).waitFor();
  await state(page, "校验完成，等待批准");
}

const state = (page, words) => page.locator("#batch-told").getByText(words, { exact: true }).waitFor();
const english = (page) => page.getByRole("button", { name: "English" }).click();
const translated = async (page, allowed) => {
  for (const element of await page.locator("[data-word], #batch-told, #batch-live, #batch-does, #batch-results button, #issued-told").all()) {
    assert.doesNotMatch((await element.textContent()).replaceAll(allowed ?? "", ""), /\p{Script=Han}/u);
  }
};

/** Presses and takes the file that comes: its name and its bytes. */
async function fetched(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}
const press = (page, name) => page.getByRole("button", { name, exact: true });

/** The names in a ZIP, from its directory. */
function names(zip) {
  const found = [];
  for (let at = zip.indexOf("PK\x01\x02", 0, "latin1"); at >= 0; at = zip.indexOf("PK\x01\x02", at + 1, "latin1")) found.push(zip.toString("utf8", at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  return found;
}

/** Nothing of the sign-in stands anywhere but in the memory of the page. */
async function kept(page) {
  const stores = await page.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage), document.cookie, location.search, location.hash]);
  assert.deepEqual(stores, [["hufu.lang"], [], "", "", ""]);
  assert.equal(await page.getByLabel("客户端密钥").inputValue(), "");
}

await scene("batches-story-360", "/", async (page, open) => {
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await open();
  await page.getByRole("link", { name: "批量签发" }).click();
  await enter(page, one);
  await page.getByRole("heading", { name: "上传表格" }).waitFor();
  await shows(main(page), "还没有批次。", one.id);
  const template = await fetched(page, page.getByRole("link", { name: "下载模板（CSV）" }));
  has(template.bytes.toString(), "姓名", "证件号码", "评价日期");
  await upload(page, files.faulty);
  await shows(page.locator("#batch"), "2026年10月电工考试（初稿）.csv", "总行数\n300", "可签发\n298", "有错误\n2", "批准后将签发 298 张证书。", "有错误的 2 行不签发");
  const rows = page.locator("#batch-wrong tbody tr");
  await soon(async () => assert.deepEqual(await rows.first().locator("td").allInnerTexts(), ["2", "评价日期", "不是有效日期\n表中为：2026-13-01"]));
  await counts(rows, 2);
  await page.screenshot({ path: `${given.shots}/batches-story-wrong.png`, fullPage: true });
  const marked = await fetched(page, press(page, "下载标注了错误的文件"));
  assert.equal(marked.name, "2026年10月电工考试（初稿）-errors.csv");
  has(marked.bytes.toString(), "错误 / Errors", "评价日期：不是有效日期（2026-13-01）");
  await upload(page, files.whole);
  await press(page, "批准并签发 300 张").click();
  await state(page, "签发完成");
  const results = await fetched(page, press(page, "结果表（CSV）"));
  assert.equal(results.name, "2026年10月电工考试-results.csv");
  assert.equal(results.bytes.toString().trim().split("\n").length, 301);
  const codes = await fetched(page, press(page, "二维码（PNG）"));
  assert.equal(codes.name, "2026年10月电工考试-qr-png.zip");
  assert.equal(names(codes.bytes).length, 300);
  for (const name of names(codes.bytes)) assert.ok(results.bytes.includes(name.replace(".png", "")), name);
  assert.equal(names((await fetched(page, press(page, "二维码（SVG）"))).bytes)[0], names(codes.bytes)[0].replace("png", "svg"));
  assert.equal((await fetched(page, press(page, "证书数据（NDJSON）"))).bytes.toString().trim().split("\n").length, 300);
  assert.equal((await fetched(page, press(page, "结果表（Excel）"))).bytes.toString("latin1", 0, 2), "PK");
  await shows(page.locator("#list"), "2026年10月电工考试.csv", "签发完成 · 300 行，已签发 300", "300 行，已签发 0");
  const [heading, first] = readFileSync(files.whole, "utf8").trim().split("\n");
  const [columns, told] = results.bytes.toString().split(/\r?\n/).map((line) => line.split(","));
  const lost = told[columns.findIndex((name) => name.includes("证书编号"))];
  await upload(page, { name: "换发.csv", mimeType: "text/csv", buffer: Buffer.from(`${heading},原证书编号,换发原因\n${first},${lost},证书遗失`) });
  await shows(page.locator("#batch"), "批准后将签发 1 张证书。", "其中 1 张换发：原证书随即失效");
  await kept(page);
  for (const address of asked) assert.ok(!address.includes(one.secret) && !address.includes("token="), address);
}, PHONE);

await scene("batches-sign-in", "/batches", async (page, open) => {
  await open();
  await page.getByLabel("客户端编号").waitFor();
  await shows(main(page), "关闭或刷新本页即退出", "批准之前不签发任何证书");
  assert.equal(await page.locator("#desk").isVisible(), false);
}, PHONE);
await scene("batches-sign-in-refused", "/batches", async (page, open) => {
  await open();
  await enter(page, { id: one.id, secret: "hufu_wrong" });
  await page.getByText("客户端编号或密钥不正确").waitFor();
  await english(page);
  await shows(main(page), "client id or secret is wrong", "The rule");
  assert.equal(await page.getByRole("link", { name: "The rule" }).getAttribute("href"), "docs/errors#access.client_credentials");
  await translated(page);
}, { ...DARK, expected: ["401"] });

async function wrong(page, open) {
  await signIn(page, open);
  await upload(page, files.wrong);
  await shows(main(page), "没有可签发的行", "不是规定的词语", "60 处", "技能等级", "表中为：十级");
  assert.equal(await press(page, "批准并签发 0 张").count(), 0);
  await counts(page.locator("#batch-wrong tbody tr"), 50);
  await press(page, "继续显示错误").click();
  await page.locator("#batch-wrong tbody tr").nth(59).waitFor();
  assert.equal(await press(page, "继续显示错误").isVisible(), false);
}
await scene("batches-wrong-360", "/batches", wrong, PHONE);
await scene("batches-some-wrong-english", "/batches", async (page, open) => {
  await signIn(page, open);
  await upload(page, files.some);
  await english(page);
  await shows(main(page), "Approving issues 38 certificates.", "The 2 rows with errors are left out", "the cell is not a day", "found: soon", "Approve and issue 38", "Cancel this batch…");
  await translated(page);
}, DARK);
await scene("batches-file-refused", "/batches", async (page, open) => {
  await signIn(page, open);
  await page.getByLabel("选择文件，或把文件拖到这里").setInputFiles(files.unknown);
  await page.locator("#upload-refused").getByText("存在未知列").waitFor();
  await shows(page.locator("#upload-refused"), "工作单位", "规则说明");
  assert.equal(await page.locator("#batch").isVisible(), false);
  await page.screenshot({ path: `${given.shots}/batches-file-unknown.png`, fullPage: true });
  await press(page, "不使用“工作单位”这一列，重新上传").click();
  await state(page, "校验完成，等待批准");
  await shows(main(page), "批准后将签发 2 张证书。");
  assert.equal(await page.locator("#upload-refused").innerText(), "");
}, { ...PHONE, expected: ["422"] });

/** The stream of events as the registry sends it, held where a batch is half issued. */
async function issuing(page, open) {
  await signIn(page, open);
  await upload(page, files.long);
  await page.route("**/progress", async (route) => {
    const id = route.request().url().split("/").at(-2);
    const half = { ...(await stands(id, route)), state: "issuing", rows: 10_000, valid: 10_000, issued: 5_120, per_second: 1_280, seconds_left: 4 };
    await route.fulfill({ contentType: "text/event-stream", body: `data: ${JSON.stringify(half)}\n\n` });
  });
  await page.route(/v1\/batches\/bat_[0-9a-f]+$/, (route) => route.abort());
  await press(page, "批准并签发 400 张").click();
  await page.getByText("5,120 / 10,000 行，每秒 1,280 行，约剩 4 秒").waitFor();
  await state(page, "正在签发 50%");
  assert.equal(await page.getByRole("progressbar", { name: "正在签发" }).getAttribute("value"), "5120");
  assert.equal(await page.locator("[aria-current=step]").innerText(), "签发");
}
async function stands(id, route) {
  const headers = { authorization: await route.request().headerValue("authorization") };
  return (await fetch(`${bodies.url}/v1/batches/${id}`, { headers })).json();
}
await scene("batches-issuing-english", "/batches", async (page, open) => {
  await issuing(page, open);
  await english(page);
  await shows(main(page), "5,120 of 10,000 rows, 1,280 rows a second, about 4 s left", "Being issued 50%");
  await translated(page);
}, { ...DARK, expected: ["ERR_FAILED"] });

await scene("batches-done-english", "/batches", async (page, open) => {
  await signIn(page, open);
  await page.getByRole("button", { name: "2026年10月电工考试.csv" }).click();
  await state(page, "签发完成");
  await english(page);
  await shows(main(page), "Done", "Results (Excel)", "QR codes (PNG)", "300 rows, 300 issued");
  await translated(page);
}, DARK);
/** Where a proxy holds the events back, the page asks by itself. */
await scene("batches-polled", "/batches", async (page, open) => {
  await page.route("**/progress", (route) => route.abort());
  await signIn(page, open);
  await upload(page, files.polled);
  await press(page, "批准并签发 20 张").click();
  await state(page, "签发完成");
}, { ...AT, expected: ["ERR_FAILED"] });
await scene("batches-dropped", "/batches", async (page, open) => {
  await signIn(page, open);
  const data = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "dropped.csv", { type: "text/csv" }));
    return data;
  }, readFileSync(files.dropped, "utf8"));
  await page.dispatchEvent("#drop", "dragover", { dataTransfer: data });
  assert.ok(await page.locator("#drop.over").isVisible());
  await page.dispatchEvent("#drop", "drop", { dataTransfer: data });
  await state(page, "校验完成，等待批准");
  await page.getByLabel("选择文件，或把文件拖到这里").setInputFiles(files.dropped);
  await page.getByText("这个文件以前上传过").waitFor();
}, AT);
await scene("batches-cancelled", "/batches", async (page, open) => {
  await signIn(page, open);
  await upload(page, files.cancelled);
  await page.getByText("取消这个批次……").click();
  await press(page, "确认取消").click();
  assert.equal(await page.locator("#batch-told").innerText(), "校验完成，等待批准", "cancelled without a reason");
  await page.getByLabel("原因（不要写个人信息）").fill("文件有误");
  await press(page, "确认取消").click();
  await state(page, "已取消");
  assert.equal(await page.locator("#batch-does").innerText(), "");
}, PHONE);
/** The same people in two files: a row whose certificate was issued meanwhile is refused, told, and may be tried again. */
await scene("batches-retry", "/batches", async (page, open) => {
  await signIn(page, open);
  await upload(page, files.here);
  await upload(page, files.twice);
  await page.getByRole("button", { name: "here.csv" }).click();
  await press(page, "批准并签发 10 张").click();
  await state(page, "签发完成");
  await page.getByRole("button", { name: "twice.csv" }).click();
  await press(page, "批准并签发 12 张").click();
  await state(page, "签发完成，部分行未签发");
  await page.locator("#batch-wrong tbody tr").nth(9).waitFor();
  await shows(main(page), "有 10 行在签发时被拒", "该人员的同一证书已签发", "已签发\n2", "签发被拒\n10");
  const again = page.waitForResponse((response) => response.url().endsWith("/retry"));
  await press(page, "重试被拒的行").click();
  assert.equal((await again).status(), 200);
  await state(page, "签发完成，部分行未签发");
  await page.locator("#batch-wrong tbody tr").nth(9).waitFor();
}, PHONE);
await scene("batches-second-person", "/batches", async (page, open) => {
  await signIn(page, open, bodies.first);
  await upload(page, files.second);
  await shows(main(page), "须由上传者以外的人员批准。", "批次编号：bat_");
  assert.equal(await press(page, "批准并签发 10 张").count(), 0);
  await page.screenshot({ path: `${given.shots}/batches-second-first.png`, fullPage: true });
  await press(page, "退出").click();
  await page.getByText("已退出。本页不再保留任何数据。").waitFor();
  assert.ok(!(await page.content()).includes("second.csv"));
  await enter(page, bodies.second);
  await page.getByRole("button", { name: "second.csv" }).click();
  await page.getByText(`由 ${bodies.first.id} 上传，由您复核。`).waitFor();
  await press(page, "批准并签发 10 张").click();
  await state(page, "签发完成");
}, PHONE);
await scene("batches-operator", "/batches", async (page, open) => {
  await signIn(page, open, bodies.operator);
  await page.getByLabel("机构的统一社会信用代码").fill("91310000000000000X");
  await page.getByLabel("选择文件，或把文件拖到这里").setInputFiles(files.operator);
  await page.locator("#upload-refused p").first().waitFor();
  await page.getByLabel("机构的统一社会信用代码").fill(bodies.code);
  await upload(page, files.operator);
  assert.equal(await page.locator("#upload-refused").innerText(), "");
}, { ...AT, expected: ["404"] });
await scene("batches-auditor", "/batches", async (page, open) => {
  await open();
  await enter(page, bodies.auditor);
  await page.getByRole("button", { name: "2026年10月电工考试.csv" }).click();
  await press(page, "二维码（PNG）").waitFor();
  assert.equal(await page.locator("#upload").isVisible(), false);
}, AT);

/** After a quarter of an hour nothing stays; who signs in again finds the batch. */
await scene("batches-ended", "/batches", async (page, open) => {
  await page.clock.install();
  await signIn(page, open);
  await upload(page, files.ended);
  await page.clock.fastForward("15:01");
  await page.getByText("登录已满 15 分钟").waitFor();
  assert.equal(await page.locator("#desk").isVisible(), false);
  assert.ok(!(await page.content()).includes("ended.csv"));
  await enter(page, one);
  await state(page, "校验完成，等待批准");
  await shows(page.locator("#batch-title"), "ended.csv");
}, PHONE);

/** One certificate from its number to revoked. */
async function found(page, open) {
  await signIn(page, open);
  await upload(page, files.issued);
  await press(page, "批准并签发 3 张").click();
  await state(page, "签发完成");
  const { bytes } = await fetched(page, press(page, "结果表（CSV）"));
  const number = bytes.toString().split("\n")[1].split(",")[1];
  await page.getByLabel("证书编号", { exact: true }).fill(number);
  await press(page, "查找").click();
  await page.getByText("共 1 张证书。").waitFor();
  const own = page.locator("#issued li");
  await shows(own, "王小明", "在效", number, "电工 · 三级（高级工）");
  const change = async (button, words) => {
    await own.getByText("变更状态……").click();
    await own.getByLabel("原因", { exact: true }).fill("复核评价记录");
    await own.getByRole("button", { name: button, exact: true }).click();
    await own.locator(".badge").getByText(words).waitFor();
  };
  await change("暂停", "已暂停");
  await change("恢复", "在效");
  await change("撤销", "已撤销");
  assert.equal(await own.getByText("变更状态……").count(), 0);
}
await scene("batches-certificates", "/batches", found, PHONE);
await scene("batches-certificates-english", "/batches", async (page, open) => {
  await signIn(page, open);
  await english(page);
  await page.locator("#issued-ask").getByLabel("Status").selectOption("revoked");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.getByText("Certificates: 1.").waitFor();
  await page.locator("#issued-ask").getByLabel("Status").selectOption("issued");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.getByText("20 certificates are shown; there are more.").waitFor();
  await page.locator("#issued > button").click();
  await page.getByText("40 certificates are shown; there are more.").waitFor();
  await page.locator("#issued-ask").getByLabel("Number").fill("?");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.locator("#issued-refused").getByText("a query parameter is not as documented").waitFor();
  await page.locator("#issued-ask").getByLabel("Number").fill("");
  await page.locator("#issued details summary").first().click();
  await translated(page);
}, { ...DARK, expected: ["400"] });

const changing = (page, words) => page.locator("#change-told").getByText(words, { exact: true }).waitFor();
const asked = (page) => page.locator("#change-ask");
async function propose(page, by, step, act) {
  if (!(await asked(page).isVisible())) await page.getByText("提出批量变更……").click();
  await page.getByLabel("哪些证书").selectOption(by);
  await act?.();
  await asked(page).getByLabel("操作").selectOption(step);
  await asked(page).getByLabel("原因", { exact: true }).fill("复核评价记录");
  await press(page, "预览").click();
}

/** A whole batch, then some of its numbers, then one more that can no longer take the step. */
await scene("batches-changes-360", "/batches", async (page, open) => {
  await signIn(page, open);
  await upload(page, files.many);
  await press(page, "批准并签发 30 张").click();
  await state(page, "签发完成");
  await propose(page, "batch", "suspend");
  await changing(page, "等待批准");
  await shows(page.locator("#change"), "暂停 30 张证书", "复核评价记录", "前若干编号");
  await page.screenshot({ path: `${given.shots}/batches-changes-previewed.png`, fullPage: true });
  await press(page, "批准并暂停 30 张").click();
  await changing(page, "变更完成");
  await shows(page.locator("#change"), "已变更\n30", "sha256:");
  const { bytes } = await fetched(page, press(page, "结果表（CSV）"));
  const [one, two] = bytes.toString().split("\n").slice(1).map((row) => row.split(",")[1]);
  await propose(page, "numbers", "revoke", () => page.getByLabel("证书编号清单").fill(`${one}\n${two}\nNO-SUCH-1`));
  await page.locator("#change-refused").getByText("编号不存在").waitFor();
  await page.getByLabel("证书编号清单").fill(`${one}\n${two}`);
  await press(page, "预览").click();
  await page.getByRole("heading", { name: "撤销 2 张证书" }).waitFor();
  await press(page, "批准并撤销 2 张").click();
  await changing(page, "变更完成");
  assert.equal(await page.locator("#change-refused").innerText(), "");
  await propose(page, "numbers", "reinstate", () => page.getByLabel("证书编号清单").fill(one));
  await page.locator("#change-refused").getByText("没有可执行此操作的证书").waitFor();
  await shows(page.locator("#changes-list"), "撤销 2 张证书", "暂停 30 张证书", "变更完成");
  await page.getByLabel("证书编号", { exact: true }).fill(one);
  await press(page, "查找").click();
  await page.locator("#issued .badge").getByText("已撤销").waitFor();
}, { ...PHONE, expected: ["422", "409"] });
/** Above the limit of the body somebody else approves; what can no longer take the step by then is told. */
await scene("batches-changes-second-english", "/batches", async (page, open) => {
  await signIn(page, open, bodies.first);
  await propose(page, "filter", "revoke", () => page.getByLabel("职业编码或其开头").fill("6-31-"));
  await changing(page, "等待批准");
  await shows(page.locator("#change"), "撤销 10 张证书", "须由提出者以外的人员批准。", "按条件");
  assert.equal(await press(page, "批准并撤销 10 张").count(), 0);
  await press(page, "退出").click();
  await enter(page, bodies.second);
  await page.locator("#issued-ask").getByLabel("状态").selectOption("issued");
  await press(page, "查找").click();
  await page.getByText("共 10 张证书。").waitFor();
  const first = page.locator("#issued li").first();
  await first.getByText("变更状态……").click();
  await first.getByLabel("原因", { exact: true }).fill("复核评价记录");
  await first.getByRole("button", { name: "撤销", exact: true }).click();
  await first.locator(".badge").getByText("已撤销").waitFor();
  await page.locator("#changes-list").getByRole("button", { name: "撤销 10 张证书" }).click();
  await press(page, "批准并撤销 10 张").click();
  await changing(page, "变更完成，部分未能变更");
  await page.locator("#change .codes li").waitFor();
  await english(page);
  await shows(page.locator("#change"), "Revoke: 10 certificates", "Done; some could not be changed", "Could not be changed");
  assert.doesNotMatch((await page.locator("#change-told, #change-title, #change .codes").allInnerTexts()).join(), /\p{Script=Han}/u);
  await translated(page);
}, DARK);
await scene("batches-changes-cancelled", "/batches", async (page, open) => {
  await signIn(page, open);
  await propose(page, "filter", "suspend", () => asked(page).getByLabel("状态").selectOption("issued"));
  await changing(page, "等待批准");
  await press(page, "取消变更").click();
  await changing(page, "已取消");
  assert.equal(await press(page, "取消变更").count(), 0);
}, PHONE);
