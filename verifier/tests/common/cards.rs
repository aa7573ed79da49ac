//! Realistic cards, always the same ones: names, titles and codes as they occur, nothing taken from the compression dictionary.

use super::signer;
use verifier::card::{Card, Claims};
use verifier::ids::{CertificateNumber, RegionCode};

/// A small deterministic generator (SplitMix64), so that every run sees the same cards.
pub struct Draw(pub u64);

impl Draw {
    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// One of several.
    pub fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

const NAMES: [&str; 24] = [
    "欧阳文斌",
    "诸葛静怡",
    "顾桢",
    "瞿颖超",
    "濮阳子墨",
    "冉启航",
    "蔺晨曦",
    "匡雪莹",
    "佟丽华",
    "宁浩然",
    "上官婉清",
    "练达",
    "阿依古丽·买买提",
    "扎西多吉",
    "巴特尔",
    "司徒嘉豪",
    "龙腾飞",
    "隋心怡",
    "茹仙古丽·吾斯曼",
    "申屠海",
    "鄢烈",
    "褚晓曼",
    "苗圃",
    "CHAN TAI MAN",
];
const TITLES: [&str; 20] = [
    "集成电路版图设计师",
    "汽车钣金维修工",
    "老年人能力评估师",
    "碳排放管理员",
    "轨道交通信号工",
    "城市管理网格员",
    "低压电工作业",
    "水产养殖工",
    "民间工艺品制作工",
    "供应链管理师（采购方向）",
    "密码技术应用员",
    "呼吸治疗师",
    "大数据工程技术人员",
    "建筑信息模型技术员",
    "粮油仓储管理员",
    "中药炮制工",
    "金属热处理工",
    "工业视觉系统运维员",
    "贵金属首饰手工制作工",
    "食品安全管理师",
];
const REGIONS: [&str; 8] = ["310000", "320000", "330000", "340000", "440300", "510000", "650000", "110105"];

/// The check characters of GB 32100 around a registration office and an organization code.
fn credit_code(draw: &mut Draw, region: &str) -> String {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut code = format!("{}{region}", draw.one(&["91", "91", "91", "52", "12"]));
    let body: String = if draw.below(2) == 0 { format!("MA{}", body(draw, 6)) } else { format!("{:08}", draw.below(100_000_000)) };
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(c, weight)| c.to_digit(36).expect("alphanumeric") * weight).sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).expect("a digit"),
    };
    code.push_str(&body);
    code.push(check);
    let mut weight = 1;
    let mut sum = 0;
    for c in code.bytes() {
        sum += ALPHABET.iter().position(|known| *known == c).expect("in the alphabet") * weight;
        weight = weight * 3 % 31;
    }
    code.push(char::from(ALPHABET[(31 - sum % 31) % 31]));
    code
}

fn body(draw: &mut Draw, length: usize) -> String {
    (0..length).map(|_| draw.one(&["0", "1", "2", "3", "5", "7", "8", "9", "A", "C", "F", "K", "L", "M", "P", "T", "X", "Y"])).collect()
}

/// One card with every optional claim.
pub fn full_card(draw: &mut Draw) -> Card {
    let region = draw.one(&REGIONS);
    let year = 2026 + draw.below(4) as u16;
    let mut random = [0; 16];
    random[..8].copy_from_slice(&draw.next().to_be_bytes());
    random[8..].copy_from_slice(&draw.next().to_be_bytes());
    let number = CertificateNumber::generate(random, &RegionCode::parse(region).expect("a region"), year);
    let (month, day) = (1 + draw.below(12), 1 + draw.below(28));
    let issued = (i64::from(year) - 1970) * 31_557_600 + draw.below(31_000_000) as i64;
    let text = format!(
        r#"{{"iss":"{region}","prv":"{}","num":"{number}","typ":"{}","nam":"{}","id4":"{:03}{}","occ":"{}-{:02}-{:02}-{:02}","ttl":"{}","lvl":{},"grd":"{}","day":"{}-{month:02}-{day:02}","iat":{issued},"exp":"{}-{month:02}-{day:02}","sts":[{year},{}]}}"#,
        credit_code(draw, region),
        draw.one(&["skill-level", "skill-level", "skill-level", "training", "qualification"]),
        draw.one(&NAMES),
        draw.below(1000),
        draw.one(&["0", "1", "2", "3", "5", "8", "X"]),
        draw.one(&["2", "4", "5", "6"]),
        1 + draw.below(31),
        1 + draw.below(12),
        1 + draw.below(20),
        draw.one(&TITLES),
        draw.below(8),
        draw.one(&["pass", "good", "excellent"]),
        year - 1,
        year + 1 + draw.below(6) as u16,
        draw.below(1_000_000),
    );
    let claims: Claims = serde_json::from_str(&text).expect("valid claims");
    Card::sign(&claims, &signer()).expect("good claims")
}
