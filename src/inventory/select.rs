//! Finding the devices that a selection means.

use std::net::IpAddr;

use ipnet::IpNet;
use scanfleet_sdk::error::clean;
use scanfleet_sdk::transport::TlsProfile;

use super::columns::{self, Column, fold};
use super::selection::Term;
use super::{Device, Inventory, SelectError, Selection};
use crate::files::words::{did_you_mean, list};

impl Inventory {
    /// The devices meant by a selection, in the file's order; at least one.
    ///
    /// # Errors
    /// An unknown key, name or site, or nothing matches; with what exists.
    pub fn select(&self, selection: &Selection) -> Result<Vec<&Device>, SelectError> {
        // A name with spaces in it, written without quotes.
        if let Some(device) = self.device(&selection.text)
            && !selection.is_all()
        {
            return Ok(vec![device]);
        }
        for name in &selection.names {
            if !self.devices.iter().any(|device| named(device, name)) {
                return Err(self.unknown_name(name));
            }
        }
        for term in &selection.terms {
            self.known(term)?;
        }
        let meant = |device: &&Device| {
            (selection.names.is_empty() || selection.names.iter().any(|name| named(device, name)))
                && selection.terms.iter().all(|term| self.matches(device, term))
        };
        let devices: Vec<_> = self.devices.iter().filter(meant).collect();
        if devices.is_empty() { Err(self.nothing(selection)) } else { Ok(devices) }
    }

    fn unknown_name(&self, name: &str) -> SelectError {
        let names = self.devices.iter().map(|device| device.name.as_str());
        let help = did_you_mean(name, names.clone()).unwrap_or_else(|| {
            format!("the inventory has {}; `key=value` selects by a column", list(names, 8))
        });
        SelectError::new(format!("there is no device `{}`", clean(name)), help)
    }

    /// Whether a term's key exists here, and its sites do.
    fn known(&self, term: &Term) -> Result<(), SelectError> {
        let folded = fold(&term.key);
        let column = Column::of(&term.key).map(|(column, _)| column);
        let tags = || self.devices.iter().flat_map(|device| device.tags.keys());
        let fields = || self.sites.iter().flat_map(|site| site.fields.keys());
        if column.is_none() && !tags().chain(fields()).any(|key| fold(key) == folded) {
            let mut keys: Vec<&str> = Column::ALL
                .iter()
                .filter(|column| !matches!(column, Column::AdminSecret | Column::Tags))
                .map(|column| column.as_str())
                .chain(["tag"])
                .chain(tags().chain(fields()).map(String::as_str))
                .collect();
            keys.sort_unstable();
            keys.dedup();
            let keys_list = list(keys.iter().copied(), 20);
            let help = match did_you_mean(&term.key, keys.iter().copied()) {
                Some(meant) => format!("{meant} The keys are {keys_list}"),
                None => format!("the keys are {keys_list}"),
            };
            return Err(SelectError::new(
                format!("unknown key `{}` in the selection", clean(&term.key)),
                help,
            ));
        }
        if column == Some(Column::Vendor) {
            for value in term.values.iter().filter(|value| !value.is_empty() && !value.contains(['*', '?'])) {
                if let Err(meant) = columns::vendor(value) {
                    let help =
                        meant.unwrap_or_else(|| format!("the makers are {}", list(columns::vendors(), 9)));
                    return Err(SelectError::new(
                        format!("unknown vendor `{}` in the selection", clean(value)),
                        help,
                    ));
                }
            }
        }
        if column == Some(Column::Site) {
            let sites = self.sites.iter().map(|site| site.name.as_str());
            let unknown = term.values.iter().filter(|value| !value.is_empty());
            if let Some(value) = unknown.clone().find(|value| !sites.clone().any(|site| glob(value, site))) {
                let help = did_you_mean(value, sites.clone()).unwrap_or_else(|| match self.sites.len() {
                    0 => "the inventory names no sites".to_owned(),
                    _ => format!("the sites are {}", list(sites, 12)),
                });
                return Err(SelectError::new(format!("there is no site `{}`", clean(value)), help));
            }
        }
        Ok(())
    }

    fn matches(&self, device: &Device, term: &Term) -> bool {
        term.values.iter().any(|value| self.fits(device, &term.key, value))
    }

    fn fits(&self, device: &Device, key: &str, value: &str) -> bool {
        let option = |field: &Option<String>| glob(value, field.as_deref().unwrap_or_default());
        let host = &device.endpoint.host;
        match Column::of(key).map(|(column, _)| column) {
            Some(Column::Name) => named(device, value),
            Some(Column::Address) => glob(value, host) || glob(value, &device.address) || within(host, value),
            Some(Column::Vendor) => {
                option(&device.vendor)
                    || columns::vendor(value).is_ok_and(|v| device.vendor.as_deref() == Some(v))
            }
            Some(Column::AdminUser) => option(&device.admin_user),
            Some(Column::AdminSecret) => {
                glob(value, &device.admin_secret.as_ref().map(ToString::to_string).unwrap_or_default())
            }
            Some(Column::Site) => option(&device.site),
            Some(Column::Location) => option(&device.location),
            Some(Column::Model) => option(&device.model),
            Some(Column::Serial) => option(&device.serial),
            Some(Column::Subnet) => {
                glob(value, &device.subnet) || within(host, value) || within(&device.subnet, value)
            }
            Some(Column::Tls) => match device.tls {
                TlsProfile::Modern => glob(value, "modern") || glob(value, "pin") || glob(value, "auto"),
                TlsProfile::Legacy => glob(value, "legacy"),
                TlsProfile::CertificateAuthority => glob(value, "ca"),
            },
            Some(Column::Tags) => match value.split_once('=') {
                Some((tag, value)) => {
                    device.tags.iter().any(|(name, held)| fold(name) == fold(tag) && glob(value, held))
                }
                None if value.is_empty() => device.tags.is_empty(),
                None => device.tags.keys().any(|name| glob(value, name) || fold(name) == fold(value)),
            },
            None => {
                let folded = fold(key);
                let of_site = || self.site_of(device)?.fields.iter().find(|(name, _)| fold(name) == folded);
                let held = device.tags.iter().find(|(name, _)| fold(name) == folded).or_else(of_site);
                held.map_or(value.is_empty(), |(_, held)| glob(value, held))
            }
        }
    }

    /// Says which term is to blame.
    fn nothing(&self, selection: &Selection) -> SelectError {
        let message = format!("no device matches `{}`", selection.text);
        let counts: Vec<_> = selection
            .terms
            .iter()
            .map(|term| {
                let found = self.devices.iter().filter(|device| self.matches(device, term)).count();
                (format!("{}={}", term.key, term.values.join(",")), found, term)
            })
            .collect();
        let help = match counts.iter().find(|(_, found, _)| *found == 0) {
            Some((_, _, term)) => {
                let mut held: Vec<String> =
                    self.devices.iter().filter_map(|device| self.held(device, &term.key)).collect();
                held.sort_unstable();
                held.dedup();
                let key = clean(&term.key);
                let values = list(held.iter().map(String::as_str), 12);
                match did_you_mean(&term.values.join(","), held.iter().map(String::as_str)) {
                    Some(meant) => format!("{meant} `{key}` is {values}"),
                    None => format!("`{key}` is {values}"),
                }
            }
            None => {
                let each: Vec<_> =
                    counts.iter().map(|(term, found, _)| format!("`{}`: {found}", clean(term))).collect();
                format!("each term alone matches, and all together none ({})", each.join(", "))
            }
        };
        SelectError::new(message, help)
    }

    /// What a device has under a key, for the list of what exists.
    fn held(&self, device: &Device, key: &str) -> Option<String> {
        match Column::of(key).map(|(column, _)| column) {
            Some(Column::Name) => Some(device.name.clone()),
            Some(Column::Address) => Some(device.address.clone()),
            Some(Column::Vendor) => device.vendor.clone(),
            Some(Column::AdminUser) => device.admin_user.clone(),
            Some(Column::AdminSecret) => device.admin_secret.as_ref().map(ToString::to_string),
            Some(Column::Site) => device.site.clone(),
            Some(Column::Location) => device.location.clone(),
            Some(Column::Model) => device.model.clone(),
            Some(Column::Serial) => device.serial.clone(),
            Some(Column::Subnet) => Some(device.subnet.clone()),
            Some(Column::Tls) => Some(
                match device.tls {
                    TlsProfile::Modern => "modern",
                    TlsProfile::Legacy => "legacy",
                    TlsProfile::CertificateAuthority => "ca",
                }
                .to_owned(),
            ),
            Some(Column::Tags) => device.tags.keys().next().cloned(),
            None => {
                device.tags.iter().find(|(name, _)| fold(name) == fold(key)).map(|(_, held)| held.clone())
            }
        }
    }
}

fn named(device: &Device, name: &str) -> bool {
    glob(name, &device.name)
}

/// Whether an address or a prefix lies within a prefix.
fn within(address: &str, prefix: &str) -> bool {
    let Ok(net) = prefix.parse::<IpNet>() else { return false };
    match (address.parse::<IpAddr>(), address.parse::<IpNet>()) {
        (Ok(address), _) => net.contains(&address),
        (_, Ok(inner)) => net.contains(&inner),
        _ => false,
    }
}

/// Whether a pattern fits a whole text; case does not matter.
fn glob(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().flat_map(char::to_lowercase).collect();
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let (mut p, mut t) = (0, 0);
    // Where the last star was, and how much it has swallowed so far.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, swallowed)) => {
                    star = Some((at, swallowed + 1));
                    p = at + 1;
                    t = swallowed + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        assert!(
            glob("north-*", "North-12")
                && glob("*ward*3", "East Ward 3")
                && glob("a?c", "abc")
                && glob("", "")
        );
        assert!(!glob("north", "north-1") && !glob("", "x") && !glob("a*b", "a"));
        assert!(!glob(&"*a".repeat(60), &"a".repeat(50)));
    }
}
