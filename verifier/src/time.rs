//! Civil days, instants and zones. Nothing here reads a clock.
//!
//! A [`Day`] is a date on a calendar wall; an [`Instant`] is a point in time; a [`Zone`] turns one into the other. `from` is
//! included and `until` is excluded wherever the two occur.

use alloc::format;
use alloc::string::String;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

coded_error! {
    /// Why a text or number is not a day or a zone.
    TimeError {
        /// Not ten characters `YYYY-MM-DD`.
        DayShape = "time.day_shape",
        /// The right shape, but no such date in the Gregorian calendar (years 0001 to 9999).
        NoSuchDay = "time.no_such_day",
        /// A zone further than 14 hours from UTC.
        ZoneRange = "time.zone_range",
    }
}

/// A civil date of the proleptic Gregorian calendar, 0001-01-01 to 9999-12-31. Ordered; printed `YYYY-MM-DD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted (Unix time). Written as a JSON number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

/// A fixed offset from UTC in minutes, -840 to 840. China is [`Zone::CHINA`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "i16", into = "i16")]
pub struct Zone(i16);

const DAY_SECONDS: i64 = 86_400;

impl Day {
    /// The first day that can be written.
    pub const MIN: Day = Day(-719_162);
    /// The last day that can be written.
    pub const MAX: Day = Day(2_932_896);

    /// The day of a year (1 to 9999), month (1 to 12) and day of the month.
    pub fn new(year: i32, month: u32, day: u32) -> Result<Day, TimeError> {
        let real = (1..=9999).contains(&year) && (1..=12).contains(&month) && day >= 1 && day <= month_days(year, month);
        if real { Ok(Day(days_from_civil(year, month, day))) } else { Err(TimeError::NoSuchDay) }
    }

    /// Reads exactly `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Result<Day, TimeError> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return Err(TimeError::DayShape);
        };
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0u32, |sum, c| c.is_ascii_digit().then(|| sum * 10 + u32::from(c - b'0'))).ok_or(TimeError::DayShape)
        };
        Day::new(number(&[y1, y2, y3, y4])? as i32, number(&[m1, m2])?, number(&[d1, d2])?)
    }

    /// The day `days` after 1970-01-01, held inside [`Day::MIN`] and [`Day::MAX`].
    pub fn from_epoch_days(days: i64) -> Day {
        Day(days.clamp(i64::from(Day::MIN.0), i64::from(Day::MAX.0)) as i32)
    }

    /// Days since 1970-01-01.
    pub const fn epoch_days(self) -> i64 {
        self.0 as i64
    }

    /// Year, month and day of the month.
    pub fn civil(self) -> (i32, u32, u32) {
        civil_from_days(self.0)
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.civil().0
    }

    /// The day `days` later (earlier if negative), held inside the range.
    pub fn add_days(self, days: i64) -> Day {
        Day::from_epoch_days(self.epoch_days().saturating_add(days))
    }

    /// The same day of the month `months` later; the last day of the month where there is none (31 January + 1 = 28 or 29 February).
    pub fn add_months(self, months: i32) -> Day {
        let (year, month, day) = self.civil();
        let total = i64::from(year) * 12 + i64::from(month) - 1 + i64::from(months);
        let (year, month) = (total.div_euclid(12), total.rem_euclid(12) as u32 + 1);
        match year {
            ..=0 => Day::MIN,
            1..=9999 => Day(days_from_civil(year as i32, month, day.min(month_days(year as i32, month)))),
            _ => Day::MAX,
        }
    }

    /// The first instant of this day in a zone.
    pub fn start_in(self, zone: Zone) -> Instant {
        Instant(self.epoch_days() * DAY_SECONDS - zone.seconds())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        let Ok(year) = u32::try_from(year) else { return write!(f, "{year:04}-{month:02}-{day:02}") };
        let digit = |number: u32| b'0' + (number % 10) as u8;
        let (thousands, hundreds, tens) = (digit(year / 1000), digit(year / 100), digit(year / 10));
        let text = [thousands, hundreds, tens, digit(year), b'-', digit(month / 10), digit(month), b'-', digit(day / 10), digit(day)];
        // Nothing but ASCII.
        f.write_str(core::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        Day::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl Instant {
    /// The civil day of this instant in a zone.
    pub fn day_in(self, zone: Zone) -> Day {
        Day::from_epoch_days(self.0.saturating_add(zone.seconds()).div_euclid(DAY_SECONDS))
    }

    /// This instant moved by whole seconds, saturating.
    pub const fn plus_seconds(self, seconds: i64) -> Instant {
        Instant(self.0.saturating_add(seconds))
    }

    /// RFC 3339 in UTC, `2026-03-01T08:00:00Z`. Instants outside the years 0001 to 9999 are written with the nearest day.
    pub fn rfc3339(self) -> String {
        let second = self.0.rem_euclid(DAY_SECONDS);
        format!("{}T{:02}:{:02}:{:02}Z", self.day_in(Zone::UTC), second / 3600, second / 60 % 60, second % 60)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl Zone {
    /// UTC itself.
    pub const UTC: Zone = Zone(0);
    /// UTC+8, the zone of every region that does not say otherwise.
    pub const CHINA: Zone = Zone(480);

    /// A zone `minutes` east of UTC, -840 to 840.
    pub const fn from_minutes(minutes: i16) -> Result<Zone, TimeError> {
        if minutes >= -840 && minutes <= 840 { Ok(Zone(minutes)) } else { Err(TimeError::ZoneRange) }
    }

    /// Minutes east of UTC.
    pub const fn minutes(self) -> i16 {
        self.0
    }

    const fn seconds(self) -> i64 {
        self.0 as i64 * 60
    }
}

impl TryFrom<i16> for Zone {
    type Error = TimeError;
    fn try_from(minutes: i16) -> Result<Zone, TimeError> {
        Zone::from_minutes(minutes)
    }
}

impl From<Zone> for i16 {
    fn from(zone: Zone) -> i16 {
        zone.0
    }
}

const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn month_days(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01, counted in eras of 400 years that begin on 1 March, so that the leap day is the last of its year.
const fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted - era * 400;
    let month_from_march = (month as i32 + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day as i32 - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
const fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month as u32, day as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn every_day_of_the_range_has_its_own_date_in_order() {
        assert_eq!((Day::MIN.to_string(), Day::MAX.to_string()), ("0001-01-01".into(), "9999-12-31".into()));
        let mut expected = (1, 1, 1);
        for days in Day::MIN.0..=Day::MAX.0 {
            let (year, month, day) = civil_from_days(days);
            assert_eq!((year, month, day), expected);
            assert_eq!(days_from_civil(year, month, day), days);
            expected = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                _ if day == month_days(year, month) => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
        }
    }

    #[test]
    fn months_clamp_to_the_end_of_the_month() {
        let add = |day: &str, months| Day::parse(day).map(|day| day.add_months(months).to_string());
        for (day, months, expected) in [
            ("2026-01-31", 1, "2026-02-28"),
            ("2024-01-31", 1, "2024-02-29"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2024-02-29", 48, "2028-02-29"),
            ("2025-02-28", -12, "2024-02-28"),
            ("2026-03-31", -1, "2026-02-28"),
            ("2024-03-31", -1, "2024-02-29"),
            ("2026-05-31", 1, "2026-06-30"),
            ("2026-12-31", 2, "2027-02-28"),
            ("2026-11-30", 84, "2033-11-30"),
            ("2033-11-30", -84, "2026-11-30"),
            ("2024-02-29", 84, "2031-02-28"),
            ("2031-03-01", -84, "2024-03-01"),
            ("2026-03-01", 0, "2026-03-01"),
            ("9999-11-30", 1, "9999-12-30"),
            ("9999-12-31", 1, "9999-12-31"),
            ("9999-12-01", i32::MAX, "9999-12-31"),
            ("0001-01-31", i32::MIN, "0001-01-01"),
        ] {
            assert_eq!(add(day, months), Ok(expected.into()), "{day} {months}");
        }
        assert_eq!(add("0001-01-31", -1), Ok("0001-01-01".into()));
    }

    #[test]
    fn only_ten_characters_that_name_a_real_day_are_a_day() {
        for wrong in ["2026-2-01", "2026/02/01", "+026-02-01", "2026-02-01T", "２026-02-0", ""] {
            assert_eq!(Day::parse(wrong), Err(TimeError::DayShape), "{wrong}");
        }
        for unreal in ["2026-02-29", "1900-02-29", "2026-00-01", "2026-13-01", "2026-04-31", "0000-01-01", "2026-01-00"] {
            assert_eq!(Day::parse(unreal), Err(TimeError::NoSuchDay), "{unreal}");
        }
        assert!(Day::parse("2000-02-29").is_ok());
    }

    #[test]
    fn a_day_begins_at_midnight_of_its_own_zone() {
        let day = Day::new(2026, 3, 1).expect("a real day");
        let start = day.start_in(Zone::CHINA);
        assert_eq!(start.rfc3339(), "2026-02-28T16:00:00Z");
        assert_eq!(start.day_in(Zone::CHINA), day);
        assert_eq!(start.plus_seconds(-1).day_in(Zone::CHINA), day.add_days(-1));
        assert_eq!(Instant(i64::MAX).day_in(Zone::CHINA), Day::MAX);
        assert_eq!(Instant(i64::MIN).day_in(Zone::UTC), Day::MIN);
        assert_eq!(Zone::from_minutes(841), Err(TimeError::ZoneRange));
    }
}
