//! What has to be so for rows to be written, looked at by the statement that writes them (PostgreSQL).

/// The values of one column, or of one parameter that is an array.
#[derive(Clone, Debug)]
pub enum Column {
    /// TEXT[]
    Text(Vec<Option<String>>),
    /// BIGINT[]
    Number(Vec<Option<i64>>),
    /// BYTEA[]
    Bytes(Vec<Option<Vec<u8>>>),
}

/// Something that has to be so. In both texts `{0}`, `{1}` and so on stand for its values, which are arrays.
#[derive(Clone, Debug)]
pub struct Condition {
    /// `name AS (...)`, a part of WITH that `so` reads; empty where it reads none.
    pub with: &'static str,
    /// An expression that is true where it is so.
    pub so: &'static str,
    /// The values.
    pub values: Vec<Column>,
}

impl Condition {
    /// The parts of WITH that look at all of them: the last, `so`, has one row where they are, and else ends the statement. Their parameters are numbered
    /// after `bound`, which is raised.
    pub(super) fn all(conditions: &[Condition], bound: &mut usize) -> String {
        let (mut withs, mut sos) = (String::new(), Vec::with_capacity(conditions.len()));
        for condition in conditions {
            let fill = |text: &str| {
                let numbered = condition.values.iter().enumerate();
                numbered
                    .fold(text.to_owned(), |text, (n, value)| text.replace(&format!("{{{n}}}"), &format!("${}::{}[]", *bound + n + 1, value.kind())))
            };
            if !condition.with.is_empty() {
                withs += &fill(condition.with);
                withs += ", ";
            }
            sos.push(fill(condition.so));
            *bound += condition.values.len();
        }
        format!("{withs}so AS MATERIALIZED (SELECT hufu_require({}))", sos.join(" AND "))
    }
}

impl Column {
    fn kind(&self) -> &'static str {
        match self {
            Column::Text(_) => "text",
            Column::Number(_) => "bigint",
            Column::Bytes(_) => "bytea",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_across_conditions() {
        let numbers = || vec![Column::Number(vec![Some(1)]), Column::Text(vec![None])];
        let both = [
            Condition { with: "", so: "f({1}, {0})", values: numbers() },
            Condition { with: "a AS (SELECT {0})", so: "(SELECT {1} FROM a)", values: numbers() },
        ];
        let mut bound = 0;
        let text = "a AS (SELECT $3::bigint[]), so AS MATERIALIZED (SELECT hufu_require(f($2::text[], $1::bigint[]) AND (SELECT $4::text[] FROM a)))";
        assert_eq!((Condition::all(&both, &mut bound), bound), (text.to_owned(), 4));
    }
}
