// Reads QR codes out of pixels: a thin wrapper around reader.wasm, the same code that reads pictures on a server. Loaded when first used.
//
//   const reader = await Reader.load(fetch("reader.wasm"));
//   const texts = reader.read(canvas.getContext("2d").getImageData(0, 0, width, height));

import { Machine } from "./verifier.js";

/** Searches of one picture that may fail before it is given up. */
const TRAPS_MAX = 8;

export class Reader {
  /** Longest side of a picture, in pixels, and most pixels altogether: scale a larger one down first. */
  static get SIDE_MAX() {
    return 12000;
  }
  static get PIXELS_MAX() {
    return 25000000;
  }

  /** From bytes, a Response, a compiled module, or a promise of one of them. */
  static async load(source) {
    return new Reader(await Machine.load(source));
  }

  constructor(machine) {
    this.machine = machine;
  }

  /**
   * The texts of all codes in a picture, each once; empty where there is none. `image` is ImageData, or has its members `data` (four
   * bytes a pixel), `width` and `height`. Throws a RangeError where these do not fit each other or are over the limits.
   */
  read(image) {
    const { data, width, height } = image;
    const side = (n) => Number.isInteger(n) && n > 0 && n <= Reader.SIDE_MAX;
    if (!side(width) || !side(height) || width * height > Reader.PIXELS_MAX || data.length !== 4 * width * height) {
      throw new RangeError("a picture is at most 12,000 pixels a side and 25 million altogether, of four bytes each");
    }
    const failed = [];
    while (failed.length < TRAPS_MAX) {
      for (const search of failed) this.machine.exports.skip(search);
      try {
        const answer = this.machine.call("read", [data], width, height);
        if (answer === null) throw new RangeError("there is no memory for a picture of this size");
        return JSON.parse(new TextDecoder().decode(answer));
      } catch (error) {
        if (!(error instanceof WebAssembly.RuntimeError)) throw error;
        failed.push(this.machine.exports.searches());
        if (!this.machine.renew()) break;
      }
    }
    return [];
  }
}
