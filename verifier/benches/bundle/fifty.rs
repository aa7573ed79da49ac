//! An agreement of the four regions of the Yangtze delta with 50 grants, of which only the last accepts what the benches ask about, unless they
//! ask about another occupation.

const PARTIES: [&str; 4] = ["310000", "320000", "330000", "340000"];

/// Grants of one agreement.
pub const GRANTS: usize = 50;

/// An agreement of 50 grants: one to all others or in one direction, on occupations, ranks, ages and providers; only the last accepts, and that
/// what is of `occupation`.
pub fn fifty_grants(moves: &str, occupation: &str) -> String {
    let all = r#"["310000","320000","330000","340000"]"#;
    let grant = |at: usize| {
        let (from, to) = match at % 3 {
            0 => (all.to_owned(), all.to_owned()),
            1 => (r#"["310000"]"#.to_owned(), r#"["320000"]"#.to_owned()),
            _ => (format!("[\"{}\"]", PARTIES[at % 4]), format!("[\"{}\"]", PARTIES[(at + 1) % 4])),
        };
        let (from, to) = if at + 1 == GRANTS { (all.to_owned(), all.to_owned()) } else { (from, to) };
        let occupation = if at + 1 == GRANTS { occupation.to_owned() } else { format!("4-{at:02}-") };
        let scheme = if moves == "credit" { r#""scheme":"310000:credit","kind":["course","training"],"# } else { r#""type":["skill-level"],"# };
        let convert = if moves == "credit" {
            r#","convert":{"ratio":[4,5],"scheme":"320000:credit"},"limits":[{"per":"learner-year","amount":2000000}]"#
        } else {
            ""
        };
        format!(
            concat!(
                r#"{{"id":"g{at}","moves":"{moves}","from":{from},"to":{to},"accept":{{{scheme}"occupation":["{occupation}","5-01-"],"level":{{"min":1,"max":5}},"#,
                r#""grade":{{"min":"pass"}},"max_age_months":84,"provider":{{"status_at":"earned","class":["A","B"],"in_scope":true}}}}{convert}}}"#
            ),
            at = at,
            moves = moves,
            from = from,
            to = to,
            scheme = scheme,
            occupation = occupation,
            convert = convert
        )
    };
    let grants: Vec<String> = (0..GRANTS).map(grant).collect();
    format!(
        concat!(
            r#"{{"hufu":"agreement/1","id":"urn:hufu:agreement:bench","version":1,"title":{{"zh":"互认","en":"Recognition"}},"parties":{all},"#,
            r#""in_force":{{"from":"2026-01-01"}},"offer_days":30,"grants":[{grants}]}}"#
        ),
        all = all,
        grants = grants.join(",")
    )
}
