//! Symbols, drawn and then spoiled the way paper, screens and cameras spoil them.

use hufu::qr::{Level, Matrix};
use image::imageops::{blur, invert, rotate90, rotate180, rotate270};
use image::{DynamicImage, GrayImage, ImageFormat, Luma};

pub const PREFIX: &str = "https://hufu.example.com/v/310#";
pub const WHITE: Luma<u8> = Luma([255]);

/// Numbers without a pattern, the same in every run: a linear congruential generator's upper bits.
pub fn noise(seed: u64) -> impl Iterator<Item = u32> {
    let step = |state: &u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    std::iter::successors(Some(seed), step).skip(1).map(|state| (state >> 32) as u32)
}

pub fn digits(count: usize) -> String {
    noise(7).take(count).map(|number| char::from(b'0' + ((number >> 8) % 10) as u8)).collect()
}

pub fn gray(png: &[u8]) -> GrayImage {
    image::load_from_memory_with_format(png, ImageFormat::Png).unwrap().into_luma8()
}

pub fn drawn(count: usize, level: Level, pixels_per_module: u8) -> GrayImage {
    let matrix = Matrix::encode(PREFIX, &digits(count), level).unwrap();
    gray(&matrix.to_png(pixels_per_module).unwrap())
}

pub fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    picture.into().write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

/// Nearest-neighbour rotation about the centre, on a white sheet half as large again.
pub fn turned(picture: &GrayImage, degrees: f32) -> GrayImage {
    let (side, (sin, cos)) = (picture.width() * 3 / 2, degrees.to_radians().sin_cos());
    let (centre, old_centre) = (side as f32 / 2.0, picture.width() as f32 / 2.0);
    GrayImage::from_fn(side, side, |x, y| {
        let (dx, dy) = (x as f32 + 0.5 - centre, y as f32 + 0.5 - centre);
        let (u, v) = (dx * cos + dy * sin + old_centre, dy * cos - dx * sin + old_centre);
        let source = (u >= 0.0 && v >= 0.0).then(|| picture.get_pixel_checked(u as u32, v as u32));
        source.flatten().copied().unwrap_or(WHITE)
    })
}

/// Ways in which a good symbol reaches the reader, each with its name.
pub fn spoiled(clean: &GrayImage) -> Vec<(&'static str, GrayImage)> {
    let faded = GrayImage::from_fn(clean.width(), clean.height(), |x, y| Luma([if clean.get_pixel(x, y).0 == [0] { 110 } else { 150 }]));
    let mut negative = clean.clone();
    invert(&mut negative);
    vec![
        ("clean", clean.clone()),
        ("blurred", blur(clean, 1.0)),
        ("rotated by 90 degrees", rotate90(clean)),
        ("rotated by 180 degrees", rotate180(clean)),
        ("rotated by 270 degrees", rotate270(clean)),
        ("turned by 7 degrees", turned(clean, 7.0)),
        ("turned by -31 degrees", turned(clean, -31.0)),
        ("low in contrast", faded),
        ("light on dark", negative),
    ]
}
