//! The thousand certificates of benches/peers, issued and verified by this crate: `cargo bench -p hufu-verifier --bench peers`; with `-- people` it writes
//! what they say, a line of JSON each, for the programs of others.

use std::hint::black_box;
use std::time::{Duration, Instant as Clock};

use serde::{Deserialize, Serialize};
use verifier::card::{Card, Claims};
use verifier::ids::{CertificateNumber, CreditCode, Grade, LastFour, Level, OccupationCode, PersonName, RegionCode, Title, TypeOfCertificate};
use verifier::jws::Signer;
use verifier::status::{Status, StatusArray};
use verifier::time::{Day, Instant, Zone};
use verifier::verdict::{
    Class, Facts, Flag, Interval, IssuerKey, NoMemo, Outcome, Presented, Provider, ProviderKind, Region, Scope, Standing, StatusFact, Verdict, judge,
};

const PEOPLE: u32 = 1_000;
/// How long a rate is measured, after as long that does not count.
const TIME: Duration = Duration::from_secs(1);
const NOW: i64 = 1_795_276_800;
const REGION: &str = "310000";
const PROVIDER: &str = "91350100M000100Y43";
const LIST: u32 = 1;

/// What one certificate says, as texts: where every program begins.
#[derive(Serialize, Deserialize)]
struct Person {
    number: String,
    name: String,
    id_last4: String,
    occupation: String,
    title: String,
    level: u8,
    grade: String,
    day: String,
    until: String,
    index: u32,
}

impl Person {
    fn nth(n: u32) -> Person {
        const FAMILY: [&str; 10] = ["王", "李", "张", "刘", "陈", "杨", "黄", "欧阳", "司马", "诸葛"];
        const GIVEN: [&str; 10] = ["静", "伟", "秀英", "建国", "小明", "丽", "志强", "雪梅", "晨", "海燕"];
        const WORK: [(&str, &str); 4] = [("6-31-01-03", "电工"), ("6-18-02-04", "焊工"), ("4-14-01-02", "养老护理员"), ("4-03-02-01", "中式烹调师")];
        const GRADES: [&str; 3] = ["pass", "good", "excellent"];
        let pick = |n: u32| (n % 10) as usize;
        let (occupation, title) = WORK[(n / 7 % 4) as usize];
        Person {
            number: format!("S0000310000{:09}", 26_000_000 + n),
            name: format!("{}{}", FAMILY[pick(n)], GIVEN[pick(n / 10)]),
            id_last4: format!("{:03}{}", 1 + n % 999, if n.is_multiple_of(11) { 'X' } else { '8' }),
            occupation: occupation.to_owned(),
            title: title.to_owned(),
            level: (1 + n % 5) as u8,
            grade: GRADES[(n % 3) as usize].to_owned(),
            day: format!("2026-{:02}-{:02}", 1 + n / 28 % 10, 1 + n % 28),
            until: "2030-01-01".to_owned(),
            index: n,
        }
    }

    /// Every field checked, as a registry does before it signs.
    fn claims(&self) -> Claims {
        Claims {
            iss: RegionCode::parse(REGION).expect("a region"),
            prv: CreditCode::parse(PROVIDER).expect("a credit code"),
            num: CertificateNumber::parse(&self.number).expect("a number"),
            typ: TypeOfCertificate::SkillLevel,
            nam: PersonName::parse(&self.name).expect("a name"),
            id4: LastFour::parse(&self.id_last4).expect("four characters"),
            occ: Some(OccupationCode::parse(&self.occupation).expect("an occupation")),
            ttl: Some(Title::parse(&self.title).expect("a title")),
            lvl: Some(Level::new(self.level).expect("a level")),
            grd: Some(Grade::parse(&self.grade).expect("a grade")),
            day: Day::parse(&self.day).expect("a day"),
            iat: Instant(NOW),
            exp: Some(Day::parse(&self.until).expect("a day")),
            sts: (LIST, self.index).into(),
        }
    }
}

/// What a verifier holds: the region, the issuer with its key and timeline, the status list.
struct Held {
    region: Region,
    key: IssuerKey,
    provider: Provider,
    list: StatusArray,
}

impl Held {
    fn of(signer: &Signer) -> Held {
        let (code, provider) = (RegionCode::parse(REGION).expect("a region"), CreditCode::parse(PROVIDER).expect("a credit code"));
        let standing = Standing::Listed { class: Class::A, flag: Flag::Green, scope: Scope::default() };
        let from = Day::parse("2020-01-01").expect("a day");
        let (from_at, until) = (Instant(NOW - 1000), Instant(NOW + 1000));
        Held {
            key: IssuerKey { public: *signer.public(), region: code.clone(), provider: provider.clone(), from: from_at, until, revoked: None },
            region: Region { code, name_zh: "上海市".to_owned(), name_en: "Shanghai".to_owned(), zone: Zone::CHINA },
            provider: Provider {
                code: provider,
                name_zh: "某公司".to_owned(),
                name_en: "Some Company".to_owned(),
                kind: ProviderKind::Social,
                timeline: vec![Interval { from, until: None, standing, cause: "listed".to_owned() }],
            },
            list: StatusArray::with_len(1 << 20).expect("a length"),
        }
    }

    /// Form, JSON, signature, window of the key, issuer, status bit, expiry, and the words of it all.
    fn judge(&self, text: &str) -> Verdict {
        let presented = Presented::from_text(text);
        let place = presented.card().expect("a card").claims().sts;
        let facts = Facts {
            as_of: Instant(NOW),
            fresh_until: Instant(NOW + 60),
            expires: Instant(NOW + 600),
            region: Some(&self.region),
            key: Some(&self.key),
            provider: Some(&self.provider),
            status: StatusFact::Known(self.list.get(place.index).unwrap_or(Status::Valid), None),
            missing_part: None,
        };
        judge(&presented, &facts, Instant(NOW + 1), &NoMemo)
    }
}

fn main() {
    let lines: Vec<String> = (0..PEOPLE).map(|n| serde_json::to_string(&Person::nth(n)).expect("JSON")).collect();
    if std::env::args().any(|argument| argument == "people") {
        println!("{}", lines.join("\n"));
        return;
    }
    let people: Vec<Person> = lines.iter().map(|line| serde_json::from_str(line).expect("what was written")).collect();
    let signer = Signer::from_seed(&[7; 32]);
    let held = Held::of(&signer);
    let sign = |person: &Person| Card::sign(&person.claims(), &signer).expect("a card").jws().to_owned();
    let texts: Vec<String> = people.iter().map(sign).collect();
    assert!(texts.iter().all(|text| held.judge(text).outcome == Outcome::Valid));
    let bytes: usize = texts.iter().map(String::len).sum();
    let signed = rate(|n| drop(black_box(sign(black_box(&people[n])))));
    let verified = rate(|n| drop(black_box(held.judge(black_box(&texts[n])))));
    println!("card-jws {signed:.0} {verified:.0} {}", bytes / texts.len());
}

/// Turns a second, over all people again and again.
fn rate(mut work: impl FnMut(usize)) -> f64 {
    let mut run = || {
        let (started, mut turns) = (Clock::now(), 0_u32);
        while started.elapsed() < TIME {
            (0..PEOPLE as usize).for_each(&mut work);
            turns += PEOPLE;
        }
        f64::from(turns) / started.elapsed().as_secs_f64()
    };
    run();
    run()
}
