//! Which addresses an event may be sent to. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network: its first address, and how many leading bits are its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    first: IpAddr,
    bits: u8,
}

/// Networks that may be reached besides the public internet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

/// What IANA's registry of special addresses (RFC 6890) has, and multicast.
const CLOSED_V4: [([u8; 4], u8); 16] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([192, 175, 48, 0], 24),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];
/// All of IPv6 that is given out as global unicast. Loopback, mapped and NAT64 addresses, local, link-local and multicast ones are outside.
const OPEN_V6: ([u16; 3], u8) = ([0x2000, 0, 0], 3);
/// Inside it: protocol assignments with Teredo, documentation, 6to4, the AS112 servers, documentation again.
const CLOSED_V6: [([u16; 3], u8); 5] =
    [([0x2001, 0, 0], 23), ([0x2001, 0xdb8, 0], 32), ([0x2002, 0, 0], 16), ([0x2620, 0x4f, 0x8000], 48), ([0x3fff, 0, 0], 20)];

impl Network {
    fn has(self, ip: IpAddr) -> bool {
        // The bits behind the network's own are shifted out; a shift by all of them is none.
        match (self.first, ip) {
            (IpAddr::V4(first), IpAddr::V4(ip)) => (first.to_bits() ^ ip.to_bits()).checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0,
            (IpAddr::V6(first), IpAddr::V6(ip)) => (first.to_bits() ^ ip.to_bits()).checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0,
            _ => false,
        }
    }

    fn v4((first, bits): ([u8; 4], u8)) -> Network {
        Network { first: IpAddr::V4(Ipv4Addr::from(first)), bits }
    }

    fn v6(([a, b, c], bits): ([u16; 3], u8)) -> Network {
        Network { first: IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)), bits }
    }

    fn parse(text: &str) -> Option<Network> {
        let (first, bits) = text.split_once('/')?;
        let first: IpAddr = first.parse().ok()?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = Some(bits).filter(|bits| bits.bytes().all(|b| b.is_ascii_digit()))?.parse().ok().filter(|bits| *bits <= most)?;
        Some(Network { first, bits })
    }
}

impl Networks {
    /// Reads a list such as `10.0.0.0/8,fd00::/8`; an empty text is an empty list. None where it is anything else.
    pub fn parse(list: &str) -> Option<Networks> {
        list.split(',').map(str::trim).filter(|text| !text.is_empty()).map(Network::parse).collect::<Option<_>>().map(Networks)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an event may be sent to `ip`: a listed network has it, or it is public and the way there is encrypted.
    pub fn allow(&self, ip: IpAddr, is_encrypted: bool) -> bool {
        self.0.iter().any(|network| network.has(ip)) || (is_encrypted && is_public(ip))
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(_) => !CLOSED_V4.into_iter().any(|network| Network::v4(network).has(ip)),
        IpAddr::V6(_) => Network::v6(OPEN_V6).has(ip) && !CLOSED_V6.into_iter().any(|network| Network::v6(network).has(ip)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_public_internet_are_reached() {
        let none = Networks::default();
        for (ip, what, open) in [
            ("1.1.1.1", "public", true),
            ("9.255.255.255", "before 10/8", true),
            ("11.0.0.0", "behind 10/8", true),
            ("100.63.255.255", "before shared", true),
            ("100.128.0.0", "behind shared", true),
            ("172.15.255.255", "before 172.16/12", true),
            ("172.32.0.0", "behind 172.16/12", true),
            ("223.255.255.255", "the last unicast", true),
            ("2400:3200::1", "public", true),
            ("2606:4700::1111", "public", true),
            ("0.0.0.0", "unspecified", false),
            ("0.1.2.3", "this network", false),
            ("10.0.0.1", "private", false),
            ("100.64.0.1", "shared by a carrier", false),
            ("127.0.0.1", "loopback", false),
            ("127.255.255.254", "loopback", false),
            ("169.254.169.254", "link-local, where clouds keep their secrets", false),
            ("172.16.0.1", "private", false),
            ("172.31.255.255", "private", false),
            ("192.0.0.8", "protocol", false),
            ("192.0.2.1", "documentation", false),
            ("192.88.99.1", "6to4 relay", false),
            ("192.168.1.1", "private", false),
            ("192.175.48.1", "AS112", false),
            ("198.18.0.1", "benchmarks", false),
            ("198.19.255.255", "benchmarks", false),
            ("198.51.100.7", "documentation", false),
            ("203.0.113.9", "documentation", false),
            ("224.0.0.1", "multicast", false),
            ("240.0.0.1", "reserved", false),
            ("255.255.255.255", "broadcast", false),
            ("::", "unspecified", false),
            ("::1", "loopback", false),
            ("::ffff:127.0.0.1", "mapped loopback", false),
            ("::ffff:1.1.1.1", "mapped", false),
            ("::127.0.0.1", "compatible", false),
            ("64:ff9b::7f00:1", "NAT64", false),
            ("64:ff9b::101:101", "NAT64 of a public one", false),
            ("64:ff9b:1::1", "local NAT64", false),
            ("100::1", "discard", false),
            ("2001::1", "Teredo", false),
            ("2001:20::1", "ORCHID", false),
            ("2001:db8::1", "documentation", false),
            ("2002:7f00:1::1", "6to4 of loopback", false),
            ("3fff::1", "documentation", false),
            ("5f00::1", "segment routing", false),
            ("fc00::1", "unique local", false),
            ("fd12:3456::1", "unique local", false),
            ("fe80::1", "link-local", false),
            ("fec0::1", "site-local", false),
            ("ff02::1", "multicast", false),
        ] {
            let parsed = ip.parse().unwrap();
            assert_eq!(none.allow(parsed, true), open, "{ip}: {what}");
            assert!(!none.allow(parsed, false), "{ip}: nothing in the open");
        }
    }

    #[test]
    fn a_listed_network_is_reached_whatever_it_is_and_nothing_beside_it() {
        let listed = Networks::parse("10.1.0.0/16, fd00::/8,127.0.0.1/32").unwrap();
        for (ip, open) in [("10.1.2.3", true), ("10.2.0.0", false), ("fd00::1", true), ("fc00::1", false), ("127.0.0.1", true), ("127.0.0.2", false)]
        {
            assert_eq!(listed.allow(ip.parse().unwrap(), false), open, "{ip}");
        }
        assert!(!listed.allow("::ffff:10.1.2.3".parse().unwrap(), true), "a mapped address is no address of the listed network");
        assert!(Networks::parse("0.0.0.0/0").unwrap().allow("10.0.0.1".parse().unwrap(), false));
        assert!(Networks::parse("").unwrap().is_empty());
        for wrong in ["10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0/8", "x/8", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/"] {
            assert_eq!(Networks::parse(wrong), None, "{wrong}");
        }
    }
}
