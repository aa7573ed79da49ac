// Codes from photos and from the camera, and a browser without WebAssembly.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { given, launch, main, scene, shows, v } from "./scene.mjs";

const photo = join(given.scratch, "photo.jpg");
const menu = join(given.scratch, "menu.jpg");
const film = join(given.scratch, "film.mjpeg");

/** Draws printed codes as a camera would see them, askew on a table and not quite sharp, and writes them as photos and as a film. */
async function photograph() {
  const browser = await launch();
  const page = await browser.newPage();
  const shoot = async (picture) => Buffer.from(await page.evaluate(async (data) => {
    const image = Object.assign(new Image(), { src: `data:image/png;base64,${data}` });
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 960 });
    const context = canvas.getContext("2d");
    context.fillStyle = "#8a7f70";
    context.fillRect(0, 0, 1280, 960);
    context.filter = "blur(0.8px) contrast(0.8)";
    context.translate(660, 470);
    context.rotate(0.13);
    context.fillStyle = "#f4f1e8";
    context.fillRect(-420, -430, 840, 860);
    context.drawImage(image, -380, -380, 760, 760);
    return canvas.toDataURL("image/jpeg", 0.8).split(",")[1];
  }, picture), "base64");
  const frame = await shoot(given.picture);
  writeFileSync(photo, frame);
  writeFileSync(menu, await shoot(given.menu));
  writeFileSync(film, Buffer.concat(Array(20).fill(frame)));
  await browser.close();
}

await photograph();
await scene("photo", "/v", async (page, open) => {
  await open();
  await page.getByLabel("选取照片").setInputFiles(photo);
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
  await shows(main(page), "欧阳静", given.number);
});
await scene("photo-of-something-else", "/v", async (page, open) => {
  await open();
  await page.getByLabel("选取照片").setInputFiles(menu);
  await page.getByRole("heading", { name: "无法断定", exact: true }).waitFor();
  await shows(main(page), "读不出虎符证书，未作验证");
});
await scene("photo-without-a-code", "/v", async (page, open) => {
  await open();
  await page.getByLabel("选取照片").setInputFiles({ name: "blank.png", mimeType: "image/png", buffer: Buffer.from(given.blank, "base64") });
  await page.getByRole("heading", { name: "没有读到证书", exact: true }).waitFor();
  await shows(main(page), "照片中没有读到二维码", "读不出的内容等于未经核验");
});
await scene("photo-that-is-none", "/v", async (page, open) => {
  await open();
  await page.getByLabel("选取照片").setInputFiles({ name: "cv.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") });
  await page.getByRole("heading", { name: "没有读到证书", exact: true }).waitFor();
});

const filming = await launch(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${film}`]);
await scene("camera", "/v", async (page, open) => {
  await open();
  await page.getByRole("button", { name: "打开相机" }).click();
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
  await shows(main(page), "欧阳静");
  assert.equal(await page.evaluate(() => document.getElementById("video").srcObject), null, "the camera is still on");
}, { browser: filming });
await filming.close();
const watching = await launch(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]);
await scene("camera-closed", "/v", async (page, open) => {
  await open();
  await page.getByRole("button", { name: "打开相机" }).click();
  await page.waitForFunction(() => document.getElementById("video").videoWidth > 0);
  await page.screenshot({ path: join(given.shots, "camera-open.png"), fullPage: true });
  await page.getByRole("button", { name: "关闭相机" }).click();
  await page.getByRole("button", { name: "打开相机" }).waitFor();
  assert.equal(await page.evaluate(() => document.getElementById("video").srcObject), null, "the camera is still on");
}, { browser: watching });
await watching.close();
await scene("camera-refused", "/v", async (page, open) => {
  await open();
  await page.getByRole("button", { name: "打开相机" }).click();
  await page.getByRole("heading", { name: "没有读到证书", exact: true }).waitFor();
  await shows(main(page), "相机不可用，或未获许可");
});

const plain = await launch(["--js-flags=--jitless"]);
await scene("no-webassembly", v(given.valid), async (page, open) => {
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  await open();
  await page.getByRole("heading", { name: "是否改由登记系统核验？" }).waitFor();
  await shows(main(page), "未启用 WebAssembly", "证书的全部内容", "上海市");
  await page.screenshot({ path: join(given.shots, "no-webassembly-asks.png"), fullPage: true });
  assert.deepEqual(sent, [], "something was sent before the tap");
  await page.getByRole("button", { name: "发送并核验" }).click();
  await page.getByRole("heading", { name: "有效", exact: true }).waitFor();
  await shows(main(page), "由登记系统在线判断");
}, { browser: plain, mayCarry: ["/v1/verify"] });
await plain.close();
