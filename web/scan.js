// Codes out of the camera and out of photos. The module that reads pictures is loaded when first used; pictures go nowhere.
import { ROOT } from "./api.js";
import { byId } from "./dom.js";

/** Longest side of a frame of the camera and of a photo, in pixels; a photo is tried smaller first. */
const FRAME_MAX = 1280;
const PHOTO_SIDES = [1600, 3200];
/** Milliseconds between two frames. */
const PAUSE = 120;

let reader = null;
/** The running camera; null when it is off. */
let stream = null;

/** The module, loaded once; a failure to load is tried again next time. */
async function load() {
  const { Reader } = await import("./reader.js");
  return Reader.load(fetch(new URL("v/reader.wasm", ROOT)));
}

export function prepare() {
  reader ??= load().catch((error) => {
    reader = null;
    throw error;
  });
  return reader;
}

/** The codes in something that can be drawn, scaled so that its longest side is at most `side`. */
async function codesIn(source, width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return (await prepare()).read(context.getImageData(0, 0, canvas.width, canvas.height));
}

/** The texts of the codes in a photo; empty where there are none. Throws where it is no picture. */
export async function readPhoto(file) {
  const picture = await createImageBitmap(file);
  try {
    for (const side of PHOTO_SIDES) {
      const texts = await codesIn(picture, picture.width, picture.height, side);
      if (texts.length > 0 || side >= Math.max(picture.width, picture.height)) return texts;
    }
    return [];
  } finally {
    picture.close();
  }
}

/** Whether there may be a camera: only pages that came over a safe connection may ask for one. */
export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

/** Shows the camera in the page's video until a code is seen or `stop` is called: its texts, empty when stopped. Throws where it is refused. */
export async function watch() {
  stop();
  const video = byId("video");
  await prepare();
  const running = (stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: FRAME_MAX } } }));
  video.srcObject = running;
  await video.play();
  while (stream === running) {
    const texts = video.videoWidth > 0 ? await codesIn(video, video.videoWidth, video.videoHeight, FRAME_MAX) : [];
    if (texts.length > 0 && stream === running) {
      stop();
      return texts;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return [];
}

/** Switches the camera off. */
export function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  byId("video").srcObject = null;
}
