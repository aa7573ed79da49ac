//! A registry of any size, made up: names, histories and numbers of the kind that real ones have.

use std::collections::BTreeMap;

use verifier::agreement::{RegionKey, SignedAgreement};
use verifier::bundle::{
    AgreementsPart, Anchor, Change, Contents, Delta, EXPIRES_SECONDS, Entry, FRESH_SECONDS, Hash, KeyRow, KeysPart, Manifest, ManifestVersion,
    PartName, PartRef, Peer, ProvidersPart, RevokedPart, StatusPart,
};
use verifier::card::{Card, Claims};
use verifier::documents::{AgreementSignature, Digest};
use verifier::hf1;
use verifier::ids::{CreditCode, Level, RegionCode};
use verifier::jws::{PublicKey, Signer};
use verifier::status::{Status, gzip};
use verifier::time::{Day, Instant, Zone};
use verifier::verdict::{Class, Flag, Interval, Provider, ProviderKind, Scope, Standing};

const LAST_YEAR: u16 = 2026;
const DAYS: u32 = 365;

/// How large.
pub struct Shape {
    /// Of all years together; one in a hundred is revoked, one in ten thousand suspended, one in twenty thousand replaced.
    pub certificates: u32,
    /// Years of issue.
    pub years: u16,
    /// Providers, each with a key and a list a year.
    pub providers: u32,
}

/// The facts of one region on one day.
#[derive(Clone)]
pub struct Registry {
    seq: u64,
    prev: Hash,
    iat: Instant,
    daily: u32,
    providers: Vec<Provider>,
    keys: BTreeMap<u16, Vec<KeyRow>>,
    lists: BTreeMap<u16, Vec<(u32, u32)>>,
    entries: BTreeMap<u16, Vec<Entry>>,
    agreements: Vec<String>,
    chance: Chance,
}

/// xorshift64*: the same registry every time.
#[derive(Clone)]
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((u64::from((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as u32) * u64::from(end)) >> 32) as u32
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u32) as usize]
    }
}

impl Registry {
    pub fn of(shape: &Shape) -> Registry {
        let mut chance = Chance(88_172_645_463_325_252);
        let providers: Vec<Provider> = (0..shape.providers).map(|_| provider(&mut chance)).collect();
        let first = LAST_YEAR + 1 - shape.years;
        let (mut keys, mut lists, mut entries) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut number = 1;
        for year in first..=LAST_YEAR {
            keys.insert(year, providers.iter().enumerate().map(|(at, provider)| key_row(year, at, provider)).collect());
            let average = shape.certificates / u32::from(shape.years) / shape.providers;
            let of_year: Vec<(u32, u32)> = (0..shape.providers).map(|at| (number + at, average / 2 + chance.below(average))).collect();
            number += shape.providers;
            entries.insert(year, exceptions(&of_year, &mut chance));
            lists.insert(year, of_year);
        }
        let daily = shape.certificates / u32::from(shape.years) / DAYS;
        let iat = Day::parse("2026-11-20").expect("a day").start_in(Zone::CHINA);
        Registry { seq: 4_711, prev: Hash::of(b"the one before"), iat, daily, providers, keys, lists, entries, agreements: Vec::new(), chance }
    }

    pub fn anchor(&self) -> Anchor {
        Anchor { region: region(), key: *signer().public() }
    }

    pub fn now(&self) -> i64 {
        self.iat.0 + 3_600
    }

    /// With an agreement of the delta, which every party has signed.
    #[allow(dead_code, reason = "not for the load program")]
    pub fn with(mut self, agreement: &str) -> Registry {
        let key = |region: &RegionCode| *region_signer(region).public();
        let signature = |code: &str| {
            let region = RegionCode::parse(code).expect("a region");
            let content = AgreementSignature { agreement: Digest::of(agreement), region: region.clone(), at: self.iat };
            content.sign(&region_signer(&region)).expect("a good signature")
        };
        let signatures = [OWN].into_iter().chain(PEERS).map(signature).collect();
        let known = |region: &RegionCode, _: &str| Some(RegionKey { public: key(region), revoked: None });
        let signed = SignedAgreement::gather(agreement.as_bytes().to_vec(), signatures, Vec::new(), &known).expect("a good file");
        self.agreements = vec![signed.to_text()];
        self
    }

    pub fn last_year(&self) -> u16 {
        LAST_YEAR
    }

    pub fn revoked(&self) -> usize {
        self.entries.values().flatten().filter(|entry| entry.status == Status::Revoked).count()
    }

    /// All parts but the keys of earlier years, which are fetched when a card needs them.
    pub fn file_of_recent_keys(&self) -> Vec<u8> {
        let parts = self.parts().into_iter().filter(|(name, _)| !matches!(name, PartName::Keys(year) if *year < LAST_YEAR));
        let parts = parts.map(|(_, text)| (Hash::of(text.as_bytes()), text.into())).collect();
        gzip(&Contents { manifests: [(region(), self.manifest())].into(), parts }.to_json())
    }

    /// A day later: one list in thirty grew, and one in a hundred as many as are issued in a day were revoked.
    pub fn tomorrow(&self) -> (Registry, Vec<u8>) {
        let mut next = self.clone();
        (next.seq, next.iat) = (self.seq + 1, self.iat.plus_seconds(86_400));
        next.prev = Hash::of(self.manifest().as_bytes());
        let lists = next.lists.get_mut(&LAST_YEAR).expect("this year's lists");
        let batches = lists.len() as u32 / 30;
        let mut grown = Vec::new();
        for _ in 0..batches {
            let at = next.chance.below(lists.len() as u32) as usize;
            lists[at].1 += (self.daily / batches).max(1);
            grown.push(lists[at].0);
        }
        let entries = next.entries.get_mut(&LAST_YEAR).expect("this year's entries");
        let mut changed = Vec::new();
        for _ in 0..(self.daily / 100).max(1) {
            let (list, issued) = *next.chance.pick(lists);
            let index = next.chance.below(issued);
            if entries.iter().all(|entry| (entry.list, entry.index) != (list, index)) {
                entries.push(Entry { list, index, status: Status::Revoked, successor: None });
                changed.push((list, index));
            }
        }
        let parts = next.parts();
        let after = StatusPart::parse(&parts[&PartName::Status(LAST_YEAR)]).expect("a status part");
        let change = Change { status: Some(after.change_of(&grown, &changed)), ..Change::of(PartName::Status(LAST_YEAR)) };
        let (from, _) = Manifest::introduce(&self.manifest()).expect("a good manifest");
        let delta = Delta::new(self.seq, Some(&from), &next.manifest(), vec![change]).expect("a good manifest");
        (next, delta.to_json())
    }

    /// A certificate of the last year and the link of its QR.
    pub fn card(&self) -> (Card, String) {
        let entries = &self.entries[&LAST_YEAR];
        let (list, issued) = self.lists[&LAST_YEAR][1_000];
        let index = (0..issued).find(|index| entries.iter().all(|entry| (entry.list, entry.index) != (list, *index))).expect("one in force");
        let card = self.card_at(1_000, index, 0);
        let link = format!("https://skills.example/v#{}", hf1::encode(&card));
        (card, link)
    }

    /// Cards of the last year from all providers in turn, some of them revoked or the like.
    #[allow(dead_code, reason = "for the load program")]
    pub fn cards(&self, count: u32) -> Vec<Card> {
        let providers = self.providers.len() as u32;
        let index = |n: u32| n / providers % self.lists[&LAST_YEAR][(n % providers) as usize].1;
        (0..count).map(|n| self.card_at((n % providers) as usize, index(n), n)).collect()
    }

    fn card_at(&self, provider: usize, index: u32, number: u32) -> Card {
        let list = self.lists[&LAST_YEAR][provider].0;
        let claims = format!(
            r#"{{"iss":"310000","prv":"{}","num":"HF31000020{number:08}X4TB4","typ":"skill-level","nam":"欧阳静","id4":"002X","occ":"6-31-01-03","ttl":"电工","lvl":3,"grd":"good","day":"2026-10-18","iat":1795000000,"sts":[{list},{index}]}}"#,
            self.providers[provider].code
        );
        let claims: Claims = serde_json::from_str(&claims).expect("good claims");
        Card::sign(&claims, &issuer(LAST_YEAR, provider)).expect("good claims")
    }

    pub fn card_key(&self) -> PublicKey {
        *issuer(LAST_YEAR, 1_000).public()
    }

    fn parts(&self) -> BTreeMap<PartName, String> {
        let keys = self.keys.iter().map(|(year, rows)| (PartName::Keys(*year), KeysPart::new(*year, rows.clone()).to_text()));
        let status = self.lists.iter().map(|(year, lists)| {
            let part = StatusPart::of(*year, lists.clone(), self.entries[year].iter().cloned()).expect("entries inside their lists");
            (PartName::Status(*year), part.to_text())
        });
        let providers = (PartName::Providers, ProvidersPart::new(self.providers.clone()).to_text());
        let revoked = (PartName::Revoked, RevokedPart::new(Vec::new()).to_text());
        let agreements = (PartName::Agreements, AgreementsPart::new(self.agreements.clone()).to_text());
        keys.chain(status).chain([agreements, providers, revoked]).collect()
    }

    fn manifest(&self) -> String {
        let part = |(name, text): (&PartName, &String)| PartRef { name: *name, sha256: Hash::of(text.as_bytes()), bytes: text.len() as u32 };
        let manifest = Manifest {
            hufu: ManifestVersion::V1,
            region: region(),
            name_zh: "上海市".into(),
            name_en: "Shanghai".into(),
            zone: Zone::CHINA,
            url: "https://skills.example".into(),
            epoch: 1,
            seq: self.seq,
            iat: self.iat,
            fresh_until: self.iat.plus_seconds(FRESH_SECONDS),
            expires: self.iat.plus_seconds(EXPIRES_SECONDS),
            prev: Some(self.prev),
            keys: vec![*signer().public()],
            parts: self.parts().iter().map(part).collect(),
            peers: PEERS.map(peer).into(),
        };
        manifest.sign(&signer()).expect("a good manifest")
    }
}

const OWN: &str = "310000";
const PEERS: [&str; 3] = ["320000", "330000", "340000"];

fn region() -> RegionCode {
    RegionCode::parse(OWN).expect("a region")
}

fn signer() -> Signer {
    region_signer(&region())
}

fn region_signer(region: &RegionCode) -> Signer {
    Signer::from_seed(&[region.as_str().as_bytes()[1]; 32])
}

fn peer(code: &str) -> Peer {
    let region = RegionCode::parse(code).expect("a region");
    Peer { key: *region_signer(&region).public(), url: format!("https://{code}.skills.example"), region }
}

fn issuer(year: u16, at: usize) -> Signer {
    Signer::from_seed(Hash::of(format!("{year}/{at}").as_bytes()).as_bytes())
}

fn key_row(year: u16, at: usize, provider: &Provider) -> KeyRow {
    let start = |year: u16| Day::new(i32::from(year), 1, 1).expect("a day").start_in(Zone::CHINA);
    KeyRow { x: issuer(year, at).public().jwk().x, provider: provider.code.clone(), from: start(year), until: start(year + 1) }
}

fn exceptions(lists: &[(u32, u32)], chance: &mut Chance) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (list, issued) in lists {
        for index in 0..*issued {
            let (status, successor) = match chance.below(20_000) {
                0..200 => (Status::Revoked, None),
                200..202 => (Status::Suspended, None),
                202 => (Status::Replaced, Some(format!("S{:019}", chance.below(u32::MAX)))),
                _ => continue,
            };
            entries.push(Entry { list: *list, index, status, successor });
        }
    }
    entries
}

const PLACES: [(&str, &str); 6] =
    [("上海市", "Shanghai"), ("浦东新区", "Pudong"), ("徐汇区", "Xuhui"), ("闵行区", "Minhang"), ("宝山区", "Baoshan"), ("嘉定区", "Jiading")];
const SYLLABLES: [(&str, &str); 32] = [
    ("华", "Hua"),
    ("永", "Yong"),
    ("达", "Da"),
    ("恒", "Heng"),
    ("信", "Xin"),
    ("智", "Zhi"),
    ("诚", "Cheng"),
    ("博", "Bo"),
    ("远", "Yuan"),
    ("创", "Chuang"),
    ("新", "Xin"),
    ("天", "Tian"),
    ("中", "Zhong"),
    ("正", "Zheng"),
    ("东", "Dong"),
    ("方", "Fang"),
    ("明", "Ming"),
    ("德", "De"),
    ("卓", "Zhuo"),
    ("越", "Yue"),
    ("启", "Qi"),
    ("航", "Hang"),
    ("宏", "Hong"),
    ("图", "Tu"),
    ("盛", "Sheng"),
    ("世", "Shi"),
    ("金", "Jin"),
    ("桥", "Qiao"),
    ("蓝", "Lan"),
    ("海", "Hai"),
    ("星", "Xing"),
    ("辰", "Chen"),
];
const KINDS: [(&str, &str, ProviderKind); 6] = [
    ("职业技能培训学校", "Vocational Training School", ProviderKind::School),
    ("职业技能评价中心", "Skills Assessment Centre", ProviderKind::Social),
    ("高级技工学校", "Senior Technical School", ProviderKind::School),
    ("人力资源服务有限公司", "Human Resources Co., Ltd.", ProviderKind::Social),
    ("机电设备有限公司", "Electromechanical Equipment Co., Ltd.", ProviderKind::Employer),
    ("建设集团有限公司", "Construction Group Co., Ltd.", ProviderKind::Employer),
];
const BRANCHES: [&str; 7] = ["6-31-", "6-25-", "4-04-", "6-18-", "4-07-", "6-29-", "4-03-"];
const CAUSES: [&str; 3] = ["首次备案", "年度评估", "扩项备案"];

fn provider(chance: &mut Chance) -> Provider {
    let (place_zh, place_en) = *chance.pick(&PLACES);
    let (kind_zh, kind_en, kind) = *chance.pick(&KINDS);
    let own: Vec<(&str, &str)> = (0..3).map(|_| *chance.pick(&SYLLABLES)).collect();
    let zh: String = own.iter().map(|(zh, _)| *zh).collect();
    let en: String = own.iter().map(|(_, en)| *en).collect();
    let mut timeline = Vec::new();
    let mut from = Day::new(2015 + chance.below(9) as i32, 1 + chance.below(12), 1 + chance.below(28)).expect("a day");
    for _ in 0..*chance.pick(&[1, 1, 1, 2, 2, 3]) {
        let until = from.add_days(i64::from(200 + chance.below(300)));
        let level = |rank| Level::new(rank).expect("a rank");
        let occupations = (0..1 + chance.below(3)).map(|_| chance.pick(&BRANCHES).parse().expect("a prefix")).collect();
        let scope = Scope { occupations, level_min: level(1), level_max: level(*chance.pick(&[3, 4, 5])), types: Vec::new() };
        let class = *chance.pick(&[Class::A, Class::A, Class::B, Class::B, Class::C]);
        let standing = Standing::Listed { class, flag: Flag::Green, scope };
        timeline.push(Interval { from, until: Some(until), standing, cause: (*chance.pick(&CAUSES)).into() });
        from = until;
    }
    if let Some(last) = timeline.last_mut() {
        last.until = None;
        last.standing = match &last.standing {
            Standing::Listed { class, flag, .. } => Standing::Listed { class: *class, flag: *flag, scope: Scope::default() },
            Standing::Barred => Standing::Barred,
        };
    }
    Provider { code: code(chance), name_zh: format!("{place_zh}{zh}{kind_zh}"), name_en: format!("{place_en} {en} {kind_en}"), kind, timeline }
}

/// A credit code whose two check characters fit: found by trying them all.
fn code(chance: &mut Chance) -> CreditCode {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let place = *chance.pick(&["310000", "310101", "310104", "310112", "310113", "310115"]);
    let own: String = (0..8).map(|_| char::from(*chance.pick(ALPHABET))).collect();
    let tries = "0123456789X".chars().flat_map(|inner| ALPHABET.iter().map(move |outer| (inner, char::from(*outer))));
    let found = tries.filter_map(|(inner, outer)| CreditCode::parse(&format!("91{place}{own}{inner}{outer}")).ok()).next();
    found.expect("two characters that fit")
}
