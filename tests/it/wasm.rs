//! The modules that a browser loads: that old browsers can, that they are small and ask for nothing, and that they say what the server says.

use std::fs;
use std::process::Command;

use hufu::qr::{Level, read_picture};
use image::imageops::overlay;
use image::{GrayAlphaImage, GrayImage, ImageFormat, Luma, LumaA, RgbImage};
use serde_json::{Value, json};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

use super::pictures::{WHITE, drawn, noise, png, spoiled, turned};

/// What the modules may weigh, in bytes, gzipped: a hundred KiB is what a first visit waits for.
const VERIFIER_MAX: usize = 100 * 1024;
const RECOGNITION_MAX: usize = 170_000;
const READER_MAX: usize = 210_000;

fn module(name: &str) -> Vec<u8> {
    fs::read(format!("web/{name}.wasm")).expect("the module is checked in")
}

fn assert_validates(name: &str, features: WasmFeatures) {
    let module = module(name);
    Validator::new_with_features(features).validate_all(&module).unwrap_or_else(|error| panic!("{name}: {error}"));
    for payload in Parser::new(0).parse_all(&module) {
        if let Payload::ImportSection(imports) = payload.unwrap() {
            assert_eq!(imports.count(), 0, "{name} imports something");
        }
    }
}

#[test]
fn the_verifier_is_webassembly_of_2017_and_imports_nothing() {
    for name in ["verifier", "recognition"] {
        assert_validates(name, WasmFeatures::WASM1.difference(WasmFeatures::MUTABLE_GLOBAL));
    }
}

#[test]
fn the_reader_needs_what_browsers_have_since_2022_and_imports_nothing() {
    let since = WasmFeatures::MUTABLE_GLOBAL | WasmFeatures::SIGN_EXTENSION | WasmFeatures::SATURATING_FLOAT_TO_INT;
    let since = since | WasmFeatures::BULK_MEMORY | WasmFeatures::REFERENCE_TYPES | WasmFeatures::MULTI_VALUE;
    assert_validates("reader", WasmFeatures::WASM1 | since);
}

#[test]
fn the_modules_are_small() {
    for (name, most) in [("verifier", VERIFIER_MAX), ("recognition", RECOGNITION_MAX), ("reader", READER_MAX)] {
        let gzipped = Command::new("gzip").args(["-9", "-n", "-c", &format!("web/{name}.wasm")]).output().expect("gzip runs");
        assert!(gzipped.status.success());
        assert!(gzipped.stdout.len() <= most, "{name}.wasm has {} bytes gzipped", gzipped.stdout.len());
    }
}

#[test]
fn no_place_of_the_machine_that_built_them_is_in_the_modules() {
    for name in ["verifier", "recognition", "reader"] {
        let module = module(name);
        for place in ["/home/", "/root/", "/Users/", ".cargo/", "registry/", env!("CARGO_MANIFEST_DIR")] {
            assert!(!module.windows(place.len()).any(|window| window == place.as_bytes()), "{name}.wasm names {place}");
        }
    }
}

/// Runs a program of tests/wasm; skipped where Node is missing, unless `CI` is set.
fn node(args: &[&str]) {
    match Command::new("node").args(args).output() {
        Ok(ran) => {
            let said = String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned();
            assert!(ran.status.success(), "{said}");
        }
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "CI is set and node cannot be run: {error}");
            eprintln!("skipped: node cannot be run: {error}");
        }
    }
}

#[test]
fn the_verifier_in_node_gives_every_verdict_of_the_vectors_byte_for_byte() {
    node(&["tests/wasm/verifier.mjs"]);
}

/// Files of pictures, each with its name; the first shows one code.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let clean = drawn(520, Level::Q, 4);
    let mut files: Vec<_> = spoiled(&clean).into_iter().map(|(how, picture)| (how, png(picture))).collect();
    let tilted = turned(&clean, 3.0);
    let mut photograph = Vec::new();
    tilted.write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(&mut photograph, 30)).unwrap();
    files.push(("a photograph as JPEG", photograph));
    let mut warm = Vec::new();
    let colours = RgbImage::from_fn(tilted.width(), tilted.height(), |x, y| {
        let gray = tilted.get_pixel(x, y).0[0];
        image::Rgb([gray / 2 + 110, gray / 2 + 90, gray / 2 + 40])
    });
    image::DynamicImage::from(colours).write_to(&mut std::io::Cursor::new(&mut warm), ImageFormat::Jpeg).unwrap();
    files.push(("in the light of a lamp", warm));
    let see_through = GrayAlphaImage::from_fn(clean.width(), clean.height(), |x, y| LumaA([0, 255 - clean.get_pixel(x, y).0[0]]));
    files.push(("on no background", png(see_through)));
    let mut table = GrayImage::from_pixel(3_000, 2_400, Luma([180]));
    overlay(&mut table, &turned(&drawn(520, Level::Q, 3), 5.0), 1_900, 1_300);
    files.push(("small in a large photograph", png(table)));
    let mut sheet = GrayImage::from_pixel(1_400, 500, WHITE);
    for (left, count) in [(40, 300), (490, 400), (940, 520)] {
        overlay(&mut sheet, &drawn(count, Level::M, 4), left, 40);
    }
    files.push(("three on a sheet", png(sheet)));
    let mut numbers = noise(3);
    files.push(("noise", png(GrayImage::from_fn(300, 300, |_, _| Luma([(numbers.next().unwrap() >> 24) as u8])))));
    files
}

#[test]
fn the_reader_in_node_reads_from_each_picture_what_the_server_reads() {
    let folder = tempfile::tempdir().unwrap();
    let mut pictures: Vec<Value> = Vec::new();
    for (at, (name, file)) in files().into_iter().enumerate() {
        let texts = read_picture(&file).unwrap_or_default();
        assert_eq!(texts.is_empty(), name == "noise", "{name}");
        let pixels = image::load_from_memory(&file).unwrap().into_rgba8();
        let path = folder.path().join(format!("{at}.rgba"));
        fs::write(&path, pixels.as_raw()).unwrap();
        pictures.push(json!({"name": name, "width": pixels.width(), "height": pixels.height(), "file": path, "texts": texts}));
    }
    let list = folder.path().join("pictures.json");
    fs::write(&list, serde_json::to_vec(&pictures).unwrap()).unwrap();
    node(&["tests/wasm/reader.mjs", list.to_str().unwrap()]);
}
