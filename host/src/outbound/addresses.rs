//! Which addresses the guest may reach.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What the IANA lists as special purpose and not reachable from everywhere, with multicast and what is reserved.
const NOT_PUBLIC_V4: [Ipv4Net; 15] = [
    // This network.
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    // Between a provider and its customers.
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    // Link-local, with the metadata services of the clouds.
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    // Protocol assignments.
    v4([192, 0, 0, 0], 24),
    // Documentation.
    v4([192, 0, 2, 0], 24),
    // Relays of 6to4, given up.
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    // Benchmarks.
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    // Reserved, and broadcast.
    v4([240, 0, 0, 0], 4),
];

/// All that has been given out for use on the public internet. Loopback, link-local, unique local, multicast, NAT64's
/// local prefix and the IPv4-compatible addresses lie outside of it.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0], 3);
/// What of it leads somewhere else.
const NOT_PUBLIC_V6: [Ipv6Net; 4] = [
    // Protocol assignments, among them Teredo, which hides an IPv4 address.
    v6([0x2001, 0], 23),
    // Documentation.
    v6([0x2001, 0xdb8], 32),
    // 6to4, which hides an IPv4 address.
    v6([0x2002, 0], 16),
    // Documentation.
    v6([0x3fff, 0], 20),
];
/// NAT64's well-known prefix (RFC 6052): on a network without IPv4 every IPv4 host has an address in it.
const NAT64: Ipv6Net = v6([0x64, 0xff9b], 96);

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6([a, b]: [u16; 2], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), prefix)
}

/// What may be sent to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Anything: the operator has allowed its network.
    Allowed,
    /// It is public: what is sent there has to be encrypted.
    Public,
    /// Nothing.
    Prohibited,
}

/// The networks that are allowed beside the public ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules(Vec<IpNet>);

impl Rules {
    pub(super) fn allow(&mut self, networks: impl IntoIterator<Item = IpNet>) {
        self.0.extend(networks);
    }

    /// `address` as it will be connected to: see [`canonical`].
    pub(super) fn judge(&self, address: IpAddr) -> Verdict {
        if self.0.iter().any(|network| network.contains(&address)) {
            Verdict::Allowed
        } else if is_public(address) {
            Verdict::Public
        } else {
            Verdict::Prohibited
        }
    }
}

/// The IPv4 address where an IPv6 one is only another way to write it (`::ffff:127.0.0.1`).
pub(super) fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) if NAT64.contains(&address) => is_public(behind_nat64(address).into()),
        IpAddr::V6(address) => {
            GLOBAL_V6.contains(&address) && !NOT_PUBLIC_V6.iter().any(|network| network.contains(&address))
        }
    }
}

/// The last 32 bits.
fn behind_nat64(address: Ipv6Addr) -> Ipv4Addr {
    let [.., a, b, c, d] = address.octets();
    Ipv4Addr::new(a, b, c, d)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(rules: &Rules, address: &str) -> Verdict {
        rules.judge(canonical(address.parse().unwrap()))
    }

    #[test]
    fn only_public_addresses_are_reached() {
        let rules = Rules::default();
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2001:4860:4860::8888",
            "2a00::1",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
        ] {
            assert_eq!(verdict(&rules, address), Verdict::Public, "{address}");
        }
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.0.0",
            "169.254.169.254",
            "172.16.0.0",
            "172.31.255.255",
            "192.0.0.0",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.0",
            "192.168.255.255",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.0",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::1.1.1.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1.1.1.1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:2::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:101:101::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert_eq!(verdict(&rules, address), Verdict::Prohibited, "{address}");
        }
    }

    #[test]
    fn allowed_networks_are_reached_and_their_neighbours_are_not() {
        let mut rules = Rules::default();
        rules.allow(["10.1.0.0/16", "fd00:1::/32", "8.8.8.0/24"].map(|network| network.parse().unwrap()));
        for (address, expected) in [
            ("10.1.2.3", Verdict::Allowed),
            ("::ffff:10.1.2.3", Verdict::Allowed),
            ("8.8.8.8", Verdict::Allowed),
            ("fd00:1::1", Verdict::Allowed),
            ("10.2.0.0", Verdict::Prohibited),
            ("fd00:2::1", Verdict::Prohibited),
            // Said to be a network of IPv4, it is none of IPv6.
            ("64:ff9b::10.1.2.3", Verdict::Prohibited),
            ("8.8.9.8", Verdict::Public),
        ] {
            assert_eq!(verdict(&rules, address), expected, "{address}");
        }
    }
}
