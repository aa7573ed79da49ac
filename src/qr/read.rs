//! From a picture to the texts of the QR codes in it.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{DynamicImage, ImageError, ImageFormat, ImageReader, Limits};
use reader::SIDE_PIXELS_MAX;

use super::QrError;

/// Largest file, in bytes.
const FILE_BYTES_MAX: usize = 20 << 20;
/// Most memory the picture may unpack to, in bytes: a photograph of 20 megapixels in RGB fits.
const UNPACKED_BYTES_MAX: u64 = 64_000_000;

/// The texts of all QR codes in a PNG or JPEG file, in the order they are found, each once.
///
/// Limits: file 20 MiB, 12,000 pixels a side, 64 MB unpacked. Errors: [`QrError::PictureTooLarge`],
/// [`QrError::PictureUnreadable`], [`QrError::NoCode`].
pub fn read_picture(bytes: &[u8]) -> Result<Vec<String>, QrError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(QrError::PictureTooLarge);
    }
    let picture = reader::on_white(unpacked(bytes)?);
    // A panic costs one search and not the caller. Nothing it touched is used afterwards, so the assertion of unwind safety is true.
    let texts = reader::read(&picture, &mut |search| catch_unwind(AssertUnwindSafe(search)).unwrap_or(Ok(Vec::new())));
    if texts.is_empty() { Err(QrError::NoCode) } else { Ok(texts) }
}

/// Unpacks within the limits.
fn unpacked(bytes: &[u8]) -> Result<DynamicImage, QrError> {
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => format,
        _ => return Err(QrError::PictureUnreadable),
    };
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(SIDE_PIXELS_MAX);
    limits.max_image_height = Some(SIDE_PIXELS_MAX);
    limits.max_alloc = Some(UNPACKED_BYTES_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    reader.decode().map_err(|error| match error {
        ImageError::Limits(_) => QrError::PictureTooLarge,
        _ => QrError::PictureUnreadable,
    })
}
