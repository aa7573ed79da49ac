//! DIDs of the region and its providers: did:web (W3C CCG), derived from the public URL.

/// The names of this registry.
#[derive(Clone, Debug)]
pub struct Did {
    base: String,
}

impl Did {
    /// The DIDs under `public_url`, such as `https://skills.example` or `http://127.0.0.1:8080/registry`.
    pub fn new(public_url: &str) -> Did {
        let rest = public_url.split_once("://").map_or(public_url, |(_, rest)| rest).trim_end_matches('/');
        let mut parts = rest.split('/');
        // A port's colon would read as a path separator, so did:web percent-encodes it.
        let host = parts.next().unwrap_or("").replace(':', "%3A");
        let base = parts.fold(format!("did:web:{host}"), |did, part| format!("{did}:{part}"));
        Did { base }
    }

    /// `did:web:HOST`
    pub fn region(&self) -> &str {
        &self.base
    }

    /// `did:web:HOST:providers:ID`
    pub fn provider(&self, id: &str) -> String {
        format!("{}:providers:{id}", self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::Did;

    #[test]
    fn a_port_is_escaped_and_a_path_becomes_segments() {
        assert_eq!(Did::new("https://skills.example").provider("prov_1"), "did:web:skills.example:providers:prov_1");
        assert_eq!(Did::new("http://127.0.0.1:8080/a/b").region(), "did:web:127.0.0.1%3A8080:a:b");
    }
}
