//! QR symbols (ISO/IEC 18004): drawing a card as HF1, and reading the text back from a picture.
//!
//! In scope: module matrices, their renderings, and pictures as a phone or a scanner delivers them. Out of scope: what the
//! text means; the verifier decides that. No file, network, clock or random source is used here.

use crate::refusals;

mod draw;
mod read;

pub use draw::{Level, Matrix};
pub use read::read_picture;

refusals! {
    /// What can be wrong with a request to draw or to read a symbol.
    pub enum QrError {
        Prefix = 422, "qr.prefix", "the byte segment is 1 to 512 printable ASCII characters (other bytes mean different text to different scanners)",
            "二维码前缀须为 1 至 512 个可打印 ASCII 字符", "the prefix is not 1 to 512 printable ASCII characters";
        Digits = 422, "qr.digits", "the numeric segment is one or more of 0-9", "二维码数字段须为一个以上的 0-9 数字", "the digits are not one or more of 0-9";
        TooLong = 422, "qr.too_long", "both segments fit version 40 at the level (ISO/IEC 18004 table 7)",
            "内容超出最大二维码（版本 40）的容量", "the text does not fit the largest symbol, version 40, at this level";
        PixelsPerModule = 422, "qr.pixels_per_module", "a module is 1 to 32 pixels wide", "每模块像素数须为 1 至 32", "the pixels per module are not 1 to 32";
        PictureTooLarge = 413, "qr.picture_too_large", "a picture is at most 20 MiB, 12,000 pixels a side and 64 MB unpacked",
            "图片过大：文件不超过 20 MiB，边长不超过 12,000 像素", "the picture is over 20 MiB, 12,000 pixels a side or 64 MB unpacked";
        PictureUnreadable = 422, "qr.picture_unreadable", "a picture is an intact PNG or JPEG file", "图片须为完好的 PNG 或 JPEG 文件", "the picture is not an intact PNG or JPEG file";
        NoCode = 422, "qr.no_code", "a picture shows at least one readable QR code", "图片中没有可识别的二维码", "there is no readable QR code in the picture";
    }
}

impl QrError {
    /// The stable name of the rule, for programs.
    pub fn code(self) -> &'static str {
        self.reason().code
    }
}
