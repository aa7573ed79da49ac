// A certificate of a partner region, by the bundle of the own region alone; a partner that is down; a partner that breaks a rule of update.
import assert from "node:assert/strict";
import { given, issue, main, outcome, scene, shows, steps, v } from "./scene.mjs";

const { allied, apart } = given;
const PARTNER = "江苏省";
const at = { url: allied.url };

async function partner(page, open) {
  await outcome(page, open, "有效");
  assert.deepEqual(await steps(page), Array(6).fill("通过"));
  assert.match(await page.locator("#outcome").innerText(), /江苏省登记数据时间：.* (刚刚|\d+分钟前)/);
  await shows(main(page), "江苏示例职业技能评价中心", "Jiangsu · 320000", allied.number, "含合作地区", "数据所属地区", "上海市");
}

await scene("partner", v(allied.partner), partner, at);
await scene("partner-320", v(allied.partner), partner, { ...at, width: 320, height: 640 });
await scene("partner-dark", v(allied.partner), partner, { ...at, colorScheme: "dark" });
await scene("partner-english", v(allied.partner), async (page, open) => {
  await partner(page, open);
  await page.getByRole("button", { name: "English" }).click();
  await shows(page.locator("#outcome"), "Valid", "On records of Jiangsu as of");
  await shows(main(page), "Jiangsu Example Assessment Centre", "江苏省 · 320000", "With partner region");
}, at);

/** Days later the own region is as young as ever, and the partner is not. */
async function down(page, open) {
  await page.clock.setFixedTime(Date.now() + apart.days * 86_400_000);
  await outcome(page, open, "截至下列时间有效");
  assert.deepEqual(await steps(page), Array(6).fill("通过"));
  await shows(page.locator("#outcome"), "所依据的数据已非最新", "江苏省登记数据时间：", `${apart.days}天前`);
  assert.match(await page.locator("#strip").innerText(), /仍为最新/);
  assert.match(await page.locator("#basis").innerText(), new RegExp(`含合作地区\\s+${PARTNER}\\s+.* · ${apart.days}天前`));
}

await scene("partner-down", v(apart.partner), async (page, open) => {
  await down(page, open);
  await page.evaluate((text) => (location.hash = text), apart.own);
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
  assert.match(await page.locator(".age").textContent(), /刚刚|分钟前/, "the own region is as old as its partner");
  await page.evaluate((text) => (location.hash = text), apart.partner);
  await page.getByRole("heading", { name: "截至下列时间有效" }).waitFor();
}, { url: apart.url });
await scene("partner-down-320", v(apart.partner), down, { url: apart.url, width: 320, height: 640 });
await scene("partner-down-print", v(apart.partner), async (page, open) => {
  await down(page, open);
  await page.emulateMedia({ media: "print" });
  await shows(page.locator("#outcome"), "截至下列时间有效", PARTNER, `${apart.days}天前`);
}, { url: apart.url });

/** From now on the registry serves a manifest that the partner's key signed and that may not follow the held one. */
async function breaks(page, manifest) {
  await page.route("**/v1/bundle/manifests", async (route) => {
    const { manifests } = await (await route.fetch()).json();
    await route.fulfill({ json: { manifests: { ...manifests, 320000: manifest } } });
  });
}

/** The alarm is there in words, in both languages, and the verdict of the own region's certificate is what it was. */
async function alarmed(page, zh, en) {
  const alarm = page.locator("#alarms .alarm");
  await alarm.waitFor();
  await shows(alarm, `警告：合作地区${PARTNER}的新数据未被采用`, zh, "320000", "该地区的已有数据保留不变");
  await page.getByRole("button", { name: "English" }).click();
  await shows(alarm, "Warning: newer data of the partner region Jiangsu were refused", en, "stays in use and grows old");
  assert.doesNotMatch(await alarm.innerText(), /\p{Script=Han}/u);
  assert.equal(await page.locator("#outcome h2").textContent(), "Valid");
  await page.getByRole("button", { name: "中文" }).click();
  assert.equal(await page.locator("#outcome h2").textContent(), "有效");
  assert.deepEqual(await steps(page), Array(6).fill("通过"));
}

for (const [name, zh, en] of [
  ["equivocation", "同一编号有两份不同的清单", "two manifests with one number"],
  ["rollback", "信任包早于已有的信任包，不予采用", "older than the bundle that is held"],
  ["shrunk", "新信任包的状态列表变短或缺失", "a status list is shorter than before"],
]) {
  await scene(`partner-${name}`, v(allied.own), async (page, open) => {
    await outcome(page, open, "有效");
    await breaks(page, allied.broken[name]);
    await page.getByRole("button", { name: "立即更新信任包" }).click();
    await alarmed(page, zh, en);
    await page.evaluate((text) => (location.hash = text), allied.partner);
    await page.getByText(allied.number).waitFor();
    assert.equal(await page.locator("#outcome h2").textContent(), "有效", "what was held of the partner is gone");
  }, at);
}
await scene("partner-alarm-stays", v(allied.own), async (page, open) => {
  await outcome(page, open, "有效");
  await breaks(page, allied.broken.equivocation);
  await page.getByRole("button", { name: "立即更新信任包" }).click();
  await page.locator("#alarms .alarm").waitFor();
  // The own region is brought up to date all the same.
  const { digits, number } = await issue(allied);
  await page.evaluate((text) => (location.hash = text), digits);
  await page.getByText(number).waitFor();
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
  // And the next visit is told of the partner again.
  await page.goto("about:blank");
  await open();
  await page.locator("#alarms .alarm").waitFor();
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
}, { ...at, width: 320, height: 640 });
await scene("partner-alarm-dark", v(allied.own), async (page, open) => {
  await outcome(page, open, "有效");
  await breaks(page, allied.broken.shrunk);
  await page.getByRole("button", { name: "立即更新信任包" }).click();
  await alarmed(page, "320000/status/", "320000/status/");
}, { ...at, colorScheme: "dark" });
