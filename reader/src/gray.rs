//! Pixels to gray. Transparent pixels become white paper: symbols are often drawn on no background.

use image::{DynamicImage, GrayImage, Luma, LumaA, Pixel as _, Rgba};

/// An unpacked picture in gray. Of colours it is the same gray as [`from_rgba`] gives.
pub fn on_white(picture: DynamicImage) -> GrayImage {
    match picture {
        DynamicImage::ImageLuma8(gray) => gray,
        DynamicImage::ImageRgb8(picture) => {
            let mut gray = GrayImage::new(picture.width(), picture.height());
            for (target, source) in gray.pixels_mut().zip(picture.pixels()) {
                *target = source.to_luma();
            }
            gray
        }
        other => {
            let picture = other.into_rgba8();
            let mut gray = GrayImage::new(picture.width(), picture.height());
            for (target, source) in gray.pixels_mut().zip(picture.pixels()) {
                *target = blended(*source);
            }
            gray
        }
    }
}

/// The pixels of a canvas in gray: four bytes each, red, green, blue and opacity, row by row; nothing where they are not
/// `width * height`.
pub fn from_rgba(width: u32, height: u32, rgba: &[u8]) -> Option<GrayImage> {
    let (pixels, rest) = rgba.as_chunks::<4>();
    let expected = usize::try_from(width).ok()?.checked_mul(usize::try_from(height).ok()?)?;
    if !rest.is_empty() || pixels.len() != expected {
        return None;
    }
    let gray = pixels.iter().map(|pixel| blended(Rgba(*pixel)).0[0]).collect();
    GrayImage::from_raw(width, height, gray)
}

fn blended(pixel: Rgba<u8>) -> Luma<u8> {
    let LumaA([gray, alpha]) = pixel.to_luma_alpha();
    let (gray, alpha) = (u32::from(gray), u32::from(alpha));
    Luma([u8::try_from((gray * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::RgbaImage;

    #[test]
    fn pixels_of_a_canvas_become_the_same_gray_as_those_of_a_file() {
        let colours = (0..=255u8).map(|n| [n, n.wrapping_mul(7), n.wrapping_mul(31), n.wrapping_mul(53)]);
        let rgba: Vec<u8> = colours.flatten().collect();
        let see_through = RgbaImage::from_raw(16, 16, rgba.clone()).unwrap();
        let mut opaque = see_through.clone();
        opaque.pixels_mut().for_each(|pixel| pixel.0[3] = 255);
        let gray = DynamicImage::from(GrayImage::from_raw(16, 16, (0..=255).collect()).unwrap());
        for picture in [DynamicImage::from(see_through), opaque.clone().into(), gray] {
            assert_eq!(from_rgba(16, 16, picture.to_rgba8().as_raw()), Some(on_white(picture)));
        }
        let opaque = DynamicImage::from(opaque);
        assert_eq!(on_white(opaque.to_rgb8().into()), on_white(opaque));
    }

    #[test]
    fn pixels_that_do_not_fill_the_picture_are_refused() {
        assert!(from_rgba(2, 2, &[0; 16]).is_some());
        for (width, height, bytes) in [(2, 2, 15), (2, 2, 17), (2, 2, 12), (u32::MAX, u32::MAX, 4), (0, 1, 4)] {
            assert_eq!(from_rgba(width, height, &vec![0; bytes]), None, "{width} by {height} of {bytes}");
        }
    }
}
