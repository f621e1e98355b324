//! Which subnet a device is on.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

/// What an inventory says of a subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// A prefix.
    Prefix(IpNet),
    /// The mask alone, as spreadsheets have it.
    Mask(u8),
    /// Any other word: a name.
    Name(String),
}

/// Reads a subnet as people write it: `10.1.90.0/24`, `10.1.90.17/24`, `10.1.90.0`, `255.255.255.0`, `VLAN 12`.
///
/// # Errors
/// The text looks like a prefix and is none.
pub(super) fn told(text: &str) -> Result<Told, String> {
    if let Ok(prefix) = text.parse::<IpNet>() {
        return Ok(Told::Prefix(prefix.trunc()));
    }
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        let mask = u32::from(address);
        if mask.leading_ones() + mask.trailing_zeros() == 32 && address.octets()[0] == 255 {
            return Ok(Told::Mask(mask.leading_ones() as u8));
        }
        return Ok(Told::Prefix(default_of(IpAddr::V4(address))));
    }
    let looks = text.split_once('/').is_some_and(|(net, _)| net.parse::<IpAddr>().is_ok());
    if looks {
        return Err(format!("`{text}` is no subnet; write it as `10.1.90.0/24`"));
    }
    Ok(Told::Name(text.to_owned()))
}

/// The prefix that an address is taken to be in when nobody says: /24, and /64 for IPv6.
pub(super) fn default_of(address: IpAddr) -> IpNet {
    of_length(address, if address.is_ipv4() { 24 } else { 64 })
}

/// The prefix of a length around an address.
pub(super) fn of_length(address: IpAddr, length: u8) -> IpNet {
    // Both lengths are legal for their family; a wrong one would mean the address alone.
    IpNet::new(address, length).map(|net| net.trunc()).unwrap_or(IpNet::from(address))
}

/// Order for people: prefixes by address, then names, then what is unknown.
pub(super) fn order(subnet: &str) -> (u8, Option<IpNet>, String) {
    match subnet.parse::<IpNet>() {
        Ok(net) => (0, Some(net), String::new()),
        Err(_) if subnet == UNKNOWN => (2, None, String::new()),
        Err(_) => (1, None, subnet.to_lowercase()),
    }
}

/// The subnet of a host name about which the inventory says nothing.
pub(super) const UNKNOWN: &str = "unknown";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subnets_as_people_write_them() {
        let prefix = |text: &str| Told::Prefix(text.parse().unwrap());
        assert_eq!(told("10.1.0.0/16"), Ok(prefix("10.1.0.0/16")));
        assert_eq!(told("10.1.90.17/24"), Ok(prefix("10.1.90.0/24")));
        assert_eq!(told("10.1.90.0"), Ok(prefix("10.1.90.0/24")));
        assert_eq!(told("255.255.254.0"), Ok(Told::Mask(23)));
        assert_eq!(told("VLAN 12"), Ok(Told::Name("VLAN 12".into())));
        assert_eq!(told("fd00::/64"), Ok(prefix("fd00::/64")));
        assert!(told("10.1.0.0/99").is_err());
        assert_eq!(default_of("10.1.90.11".parse().unwrap()).to_string(), "10.1.90.0/24");
        assert_eq!(default_of("fd00::11".parse().unwrap()).to_string(), "fd00::/64");
    }
}
