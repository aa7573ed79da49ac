// Moving credit to another region: what would arrive, in transit, arrived, come back, withdrawn, given back.
import assert from "node:assert/strict";
import { counts, given, operate, scene, shows } from "./scene.mjs";

const { crossing, separate } = given;
const AT = { url: crossing.url };
const SMALL = { ...AT, width: 360, height: 740 };
const APART = { url: separate.url };

/** Signs in as a learner. */
const account = (learner, at) => async (page, open) => {
  await open();
  const { code } = await operate("POST", `/v1/learners/${learner}/codes`, undefined, at);
  await page.getByLabel("一次性验证码").fill(code);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByRole("heading", { name: "转移学分到其他地区" }).waitFor();
};
const first = account(crossing.learner, crossing);
const section = (page) => page.locator("#transfers");
const answer = (page) => page.locator("#moving-answer");
const lot = (page, n) => page.locator(".lots-of li").nth(n);
const transfers = (page) => page.locator("#moves .history-list > li");

/** Chooses amounts of lots, and asks what would arrive. */
async function quote(page, ...amounts) {
  for (const [n, amount] of amounts.entries()) {
    if (amount === null) continue;
    await lot(page, n).getByRole("checkbox").check();
    await lot(page, n).getByRole("textbox").fill(amount);
  }
  await page.getByRole("button", { name: "看能换成什么" }).click();
  await answer(page).locator("h3").waitFor();
}

async function good(page, open) {
  await first(page, open);
  await shows(section(page), "江苏省 320000", "长三角互认", "可用 2.00", "自 2033-10-18 起失效");
  await page.getByText("条款 credit").click();
  await shows(page.locator(".clause"), "折算", "5 折 4", "每人每年");
  await quote(page, "1.99");
  await shows(answer(page), "江苏省将记入", "1.59", "320000:credit", "核心", "自 2033-10-18 起失效", "credit", "由江苏省决定", "确认转往江苏省");
}

async function bad(page, open) {
  await first(page, open);
  await quote(page, "2.00", "2.00");
  await shows(answer(page), "江苏省不会接收", "未通过", "通过", "at most 3.00", "0.00 + 3.20");
  assert.equal(await page.getByRole("button", { name: "确认转往江苏省" }).count(), 0);
}

await scene("moving-quote", "/account", good, AT);
await scene("moving-quote-360", "/account", good, SMALL);
await scene("moving-quote-dark", "/account", good, { ...SMALL, colorScheme: "dark" });
await scene("moving-quote-english", "/account", async (page, open) => {
  await good(page, open);
  await page.getByRole("button", { name: "English" }).click();
  await shows(section(page), "Jiangsu 320000", "2.00 to spend", "Jiangsu would book", "core", "ends on 2033-10-18", "Move it to Jiangsu");
  await shows(answer(page), "until Jiangsu has decided");
}, SMALL);
await scene("moving-refused", "/account", bad, AT);
await scene("moving-refused-360", "/account", bad, SMALL);
await scene("moving-refused-english", "/account", async (page, open) => {
  await bad(page, open);
  await page.getByRole("button", { name: "English" }).click();
  await shows(answer(page), "Jiangsu would not accept it", "Failed");
}, AT);
await scene("moving-amounts", "/account", async (page, open) => {
  await first(page, open);
  await page.getByRole("button", { name: "看能换成什么" }).click();
  await page.getByText("请选择 1 至 100 批学分。").waitFor();
  for (const wrong of ["2.01", "0", "1.999", "-1", "x"]) {
    await lot(page, 0).getByRole("checkbox").check();
    await lot(page, 0).getByRole("textbox").fill(wrong);
    await page.getByRole("button", { name: "看能换成什么" }).click();
    await page.getByText("数量须大于 0").waitFor();
  }
}, SMALL);

/** Two presses, of which the first gets no answer: it moves once, begins at once, and arrives while the page is open. */
await scene("moving-arrives", "/account", async (page, open) => {
  await first(page, open);
  await quote(page, "1.00");
  let lost = 0;
  const keys = [];
  await page.route("**/v1/account/transfers", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    keys.push(route.request().headers()["idempotency-key"]);
    if (lost++ > 0) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await page.getByRole("button", { name: "确认转往江苏省" }).click();
  await page.getByText("可以再按一次，不会重复办理").waitFor();
  await page.getByRole("button", { name: "确认转往江苏省" }).click();
  await transfers(page).first().waitFor();
  await page.getByText("已到江苏省").waitFor();
  await counts(transfers(page), 1, "moved twice");
  assert.equal(new Set(keys).size, 1);
  await shows(page.locator("#lots-table"), "1.00 分", "共 2.00");
  await shows(transfers(page).first(), "已到江苏省", "1.00", "trf_");
}, { ...SMALL, expected: ["ERR_FAILED", "Failed to load resource"] });
/** No account there. It has ended by the time the page learns of it, which then shows no lot as it was before. */
await scene("moving-came-back", "/account", async (page, open) => {
  await account(crossing.lonely, crossing)(page, open);
  await page.route(/v1\/account\/transfers(\?|$)/, async (route) => {
    const ended = async () => {
      const response = await route.fetch();
      return (await response.json()).items.every(({ state }) => state !== "reserved") ? response : ended();
    };
    return route.request().method() === "GET" ? route.fulfill({ response: await ended() }) : route.continue();
  });
  await quote(page, "3.00");
  await page.getByRole("button", { name: "确认转往江苏省" }).click();
  await page.getByText("江苏省未接收，已退回").waitFor();
  await shows(transfers(page).first(), "找不到该学习者的唯一账户", "3.00");
  await shows(page.locator("#lots-table"), "3.00 分");
}, SMALL);
await scene("moving-withdrawn", "/account", async (page, open) => {
  await account(crossing.hasty, crossing)(page, open);
  await shows(transfers(page).first(), "江苏省未接收，已退回", "转出方在到达之前已取消");
}, AT);

/** Nobody answers: it stays in transit, and is asked back. */
async function waiting(page, open) {
  await account(separate.learner, separate)(page, open);
  if ((await transfers(page).count()) === 0) {
    await quote(page, "2.00");
    await page.getByRole("button", { name: "确认转往江苏省" }).click();
  }
  await page.getByText("转往江苏省途中，自").waitFor();
}
await scene("moving-in-transit", "/account", waiting, APART);
await scene("moving-in-transit-360", "/account", async (page, open) => {
  await waiting(page, open);
  await page.getByText("江苏省暂无答复").waitFor();
  await shows(page.locator("#balances"), "冻结", "2.00");
}, { ...APART, width: 360, height: 740 });
await scene("moving-asked-back", "/account", async (page, open) => {
  await waiting(page, open);
  await page.getByRole("button", { name: "要求撤回" }).click();
  await page.getByText("已要求江苏省退回，自").waitFor();
  assert.equal(await page.getByRole("button", { name: "要求撤回" }).count(), 0);
  await page.getByRole("button", { name: "English" }).click();
  await shows(transfers(page).first(), "Asked back from Jiangsu since", "its decision is awaited", "put again by itself");
}, { ...APART, width: 360, height: 740 });

/** What came goes back whole, after a second word. */
await scene("moving-give-back", "/account", async (page, open) => {
  await account(crossing.there.learner, crossing.there)(page, open);
  await shows(transfers(page).first(), "来自上海市", "接收", "上海市计 3.00");
  await shows(section(page), "没有可据以转出学分的互认协议");
  await page.getByText("全部退还……").click();
  await shows(transfers(page).first(), "将全部退还上海市");
  await page.screenshot({ path: `${given.shots}/moving-give-back-asked.png`, fullPage: true });
  await page.getByRole("button", { name: "确认退还上海市" }).click();
  await page.getByText("已退还上海市").waitFor();
  await counts(transfers(page), 2);
  assert.equal(await page.getByText("全部退还……").count(), 0);
}, { url: crossing.there.url, width: 360, height: 740 });
/** And is back where it was earned. */
await scene("moving-back-here", "/account", async (page, open) => {
  await account(crossing.traveller, crossing)(page, open);
  await shows(page.locator("#moves"), "江苏省已全部退还", "已到江苏省");
  await shows(page.locator("#lots-table"), "3.00 分");
}, AT);
