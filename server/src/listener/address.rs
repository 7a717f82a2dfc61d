//! Which address a request comes from, with proxies in between that may or may not be believed. Pure.

use axum::http::HeaderMap;
use ipnet::{IpNet, Ipv6Net};
use std::net::{IpAddr, Ipv6Addr};

/// Bits of an IPv6 address that are one customer's: whoever has one address of a /64 has them all.
const CUSTOMER: u8 = 64;

/// The address that counts for limits: the last in `X-Forwarded-For` that no trusted proxy has, going backwards from the
/// peer for as long as each is trusted. Of IPv6 it is the network.
#[must_use]
pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut address = peer.to_canonical();
    if !trusted.is_empty() {
        for said in forwarded(headers) {
            if !is_trusted(&address) {
                break;
            }
            // What is no address was made up by somebody before the proxy that we trust.
            let Some(said) = said else { break };
            address = said;
        }
    }
    group(address)
}

/// Whether somebody says for whom they ask, and nobody is believed who does.
#[must_use]
pub fn is_disbelieved(headers: &HeaderMap, trusted: &[IpNet]) -> bool {
    trusted.is_empty() && headers.contains_key("x-forwarded-for")
}

/// What the header says, the last first; `None` where it is no address.
fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let values = headers.get_all("x-forwarded-for").into_iter();
    let lines: Vec<&str> = values.map(|value| value.to_str().unwrap_or("?")).collect();
    let parts: Vec<Option<IpAddr>> = lines.iter().flat_map(|line| line.split(',')).map(parse).collect();
    parts.into_iter().rev()
}

/// An address, with or without a port.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let alone = text.parse().ok();
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    alone.or_else(with_port).map(|address| address.to_canonical())
}

fn group(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(customer(address)),
    }
}

fn customer(address: Ipv6Addr) -> Ipv6Addr {
    Ipv6Net::new(address, CUSTOMER).map_or(address, |network| network.network())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn from(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_str(value).unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        of(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_who_is_not_trusted() {
        assert_eq!(from("203.0.113.9", &["192.0.2.1"], &[]), "203.0.113.9");
        assert_eq!(from("203.0.113.9", &["192.0.2.1"], &["10.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn a_proxy_that_nobody_named_is_noticed() {
        let (mut headers, trusted) = (HeaderMap::new(), ["10.0.0.0/8".parse().unwrap()]);
        assert!(!is_disbelieved(&headers, &[]));
        headers.insert("x-forwarded-for", HeaderValue::from_static("192.0.2.1"));
        assert!(is_disbelieved(&headers, &[]) && !is_disbelieved(&headers, &trusted));
    }

    #[test]
    fn behind_proxies_the_first_that_is_none_counts() {
        let trusted = ["10.0.0.0/8", "fd00::/8"];
        assert_eq!(from("10.0.0.1", &["192.0.2.1"], &trusted), "192.0.2.1");
        assert_eq!(from("10.0.0.1", &["192.0.2.1, 10.0.0.7"], &trusted), "192.0.2.1");
        assert_eq!(
            from("10.0.0.1", &["192.0.2.1", "198.51.100.4, 10.0.0.7"], &trusted),
            "198.51.100.4"
        );
        assert_eq!(from("10.0.0.1", &["192.0.2.1:4711"], &trusted), "192.0.2.1");
        assert_eq!(from("::ffff:10.0.0.1", &["192.0.2.1"], &trusted), "192.0.2.1");
    }

    #[test]
    fn what_a_client_makes_up_helps_it_nothing() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(from("10.0.0.1", &["1.2.3.4, 192.0.2.1"], &trusted), "192.0.2.1");
        assert_eq!(from("10.0.0.1", &["unknown, 10.0.0.9"], &trusted), "10.0.0.9");
        assert_eq!(from("10.0.0.1", &[], &trusted), "10.0.0.1");
    }

    #[test]
    fn a_network_of_ipv6_is_one() {
        assert_eq!(from("2001:db8:1:2:3:4:5:6", &[], &[]), "2001:db8:1:2::");
        assert_eq!(from("2001:db8:1:2::9", &[], &[]), "2001:db8:1:2::");
    }
}
