//! Made-up people and bodies, with check digits that are right.

use verifier::ids::CreditCode;

/// The number of the resident identity card of person `n`, with the check digit of GB 11643-1999.
pub fn resident(n: u64) -> String {
    const WEIGHTS: [u64; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = format!("310101{:04}{:02}{:02}{:03}", 1950 + n / 335_664, 1 + n / 27_972 % 12, 1 + n / 999 % 28, 1 + n % 999);
    let sum: u64 = digits.bytes().zip(WEIGHTS).map(|(digit, weight)| u64::from(digit - b'0') * weight).sum();
    format!("{digits}{}", b"10X98765432"[(sum % 11) as usize] as char)
}

/// The unified social credit code of body `n`: the endings are tried until the check characters of GB 11714 and GB 32100-2015 fit.
pub fn credit_code(n: usize) -> String {
    let alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut endings = alphabet.chars().flat_map(|a| alphabet.chars().map(move |b| format!("91310000{n:08}{a}{b}")));
    endings.find(|text| CreditCode::parse(text).is_ok()).unwrap()
}
