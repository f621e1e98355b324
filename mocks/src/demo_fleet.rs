//! The fleet of the second story: 26 copiers of a regional health authority that shut its Exchange server down.
//!
//! Names, places and serial numbers are made up; the models are real ones of their generations.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use crate::book;
use crate::fleets::{DOMAIN, old_settings, subnet, tenant};
use crate::ricoh::Profile;
use crate::settings::Item;
use crate::spec::{DeviceSpec, LabSpec, TlsKind};

/// One copier: name, profile, model, serial number, place.
type Line = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// A site with its subnet 127.20.N.0/24, whether 587 and 25 are open there, the panel's language where it is another
/// than the profile's, and its copiers.
struct Site {
    name: &'static str,
    subnet: u8,
    submission: bool,
    mx: bool,
    language: Option<&'static str>,
    copiers: &'static [Line],
}

const SITES: [Site; 4] = [
    Site {
        name: "harbourview",
        subnet: 1,
        submission: true,
        mx: false,
        language: Some("en"),
        copiers: &[
            ("hv-admitting", "mp-c4504ex", "RICOH MP C4504ex", "C737M900211", "Admitting, ground floor"),
            ("hv-emergency", "mp-c4504ex", "RICOH MP C4504ex", "C737M900212", "Emergency, triage desk"),
            ("hv-pharmacy", "mp-c4504ex", "RICOH MP C3004ex", "C736M701903", "Pharmacy, dispensary"),
            ("hv-ward-2", "mp-c3003", "RICOH MP C3003", "E174M830457", "Ward 2, nursing station"),
            ("hv-ward-3", "mp-c3003", "RICOH MP C3003", "E174M830460", "Ward 3, nursing station"),
            ("hv-imaging", "mp-c3003", "RICOH MP C4503", "E184M611002", "Medical imaging, reception"),
            ("hv-laboratory", "im-c4500", "RICOH IM C4500", "3120R710042", "Laboratory, specimen desk"),
            ("hv-records", "im-c4500", "RICOH IM C6000", "3130R810777", "Health records, room B12"),
        ],
    },
    Site {
        name: "cedar-ridge",
        subnet: 2,
        submission: true,
        mx: false,
        language: Some("fr"),
        copiers: &[
            ("cr-reception", "mp-c4504ex", "RICOH MP C4504ex", "C737M900340", "Accueil"),
            ("cr-family-med", "mp-c4504ex", "RICOH MP C6004ex", "C738M400018", "Médecine familiale, poste 1"),
            ("cr-home-care", "mp-c3003", "RICOH MP C3003", "E174M830502", "Soins à domicile"),
            ("cr-mental-health", "mp-c3003", "RICOH MP C5503", "E194M200431", "Santé mentale, 2e étage"),
            ("cr-dental", "aficio-mp-301", "Aficio MP 301", "W9127700318", "Clinique dentaire"),
            ("cr-finance", "im-c4500", "RICOH IM C3000", "3110R930015", "Finances, bureau 204"),
            ("cr-hr", "im-c4500", "RICOH IM C2500", "3109R551120", "Ressources humaines"),
        ],
    },
    Site {
        name: "lakeside",
        subnet: 3,
        submission: false,
        mx: true,
        language: Some("en"),
        copiers: &[
            ("ls-front-desk", "mp-c4504ex", "RICOH MP C4504ex", "C737M900415", "Front desk"),
            ("ls-therapy", "mp-c3003", "RICOH MP C3003", "E174M830611", "Physiotherapy"),
            ("ls-public-health", "mp-c3003", "RICOH MP C4503", "E184M611044", "Public health, immunisation"),
            ("ls-long-term-care", "im-c4500", "RICOH IM C4500", "3120R710099", "Long-term care, east wing"),
            ("ls-kitchen", "mp-c4504ex", "RICOH MP 5055", "C912M300126", "Food services office"),
        ],
    },
    Site {
        name: "stonebridge",
        subnet: 4,
        submission: true,
        mx: true,
        language: None,
        copiers: &[
            ("sb-stores", "mp-c3003", "RICOH MP C3003", "E174M830733", "Materials management"),
            ("sb-maintenance", "mp-c3003", "RICOH MP C5503", "E194M200498", "Maintenance shop"),
            ("sb-it", "im-c4500", "RICOH IM C4500", "3120R710150", "Information services"),
            ("sb-board-room", "mp-c4504ex", "RICOH MP C6004ex", "C738M400061", "Board room"),
            ("sb-executive", "mp-c4504ex", "RICOH MP C4504ex", "C737M900502", "Executive office"),
            ("sb-archive", "mp-c3003", "RICOH MP C3003", "E174M830790", "Archive, basement"),
        ],
    },
];

/// Nothing listens there any more.
const DEAD: &str = "sb-archive";
/// Somebody changed its administrator's password and told nobody.
const OTHER_PASSWORD: &str = "sb-executive";
/// Its certificate ended years ago.
const EXPIRED: [&str; 2] = ["hv-pharmacy", "ls-front-desk"];
/// https with an ordinary self-signed certificate, besides those whose profile has it.
const SELF_SIGNED: [&str; 2] = ["cr-reception", "sb-board-room"];
/// They know the old server by its address rather than by its name.
const BY_ADDRESS: [&str; 3] = ["hv-imaging", "cr-mental-health", "sb-maintenance"];

/// The fleet.
pub(crate) fn spec() -> LabSpec {
    let mut devices = Vec::new();
    let mut subnets = Vec::new();
    for site in &SITES {
        let range = format!("127.20.{}.0/24", site.subnet);
        subnets.push(subnet(&range, &range, site.submission, site.mx));
        for (place, line) in site.copiers.iter().enumerate() {
            let host = u8::try_from(place).unwrap_or(u8::MAX).saturating_add(11);
            let mut device = device(site, &range, host, line);
            let book = book::demo(devices.len(), DOMAIN, device.profile.book_limits());
            device.book = device.profile.fit_book(book);
            devices.push(device);
        }
    }
    LabSpec { devices, subnets, mail: tenant(), delay: Duration::ZERO, control_port: None }
}

fn device(site: &Site, range: &str, host: u8, line: &Line) -> DeviceSpec {
    let (name, profile, model, serial, place) = *line;
    let mut profile = Profile::named(profile);
    // A panel speaks only what is installed; the oldest generation here has no English.
    if let Some(language) = site.language.filter(|language| profile.speaks(language)) {
        profile = profile.with_panel_language(language);
    }
    let mut device = DeviceSpec::new(name, profile);
    device.address = IpAddr::V4(Ipv4Addr::new(127, 20, site.subnet, host));
    device.model = model.to_owned();
    device.serial = serial.to_owned();
    device.host_name = format!("RNP{}", &serial[serial.len() - 6..]);
    device.site = site.name.to_owned();
    device.location = place.to_owned();
    device.subnet = range.to_owned();
    device.admin_password = format!("lab-{}-not-a-secret", site.name);
    device.settings = old_settings();
    if BY_ADDRESS.contains(&name) {
        device.settings.set(Item::SmtpServer, "10.1.1.20");
    }
    // A few settings that a careless write would lose.
    device.settings.set(Item::Signature, format!("Scanned at {}", site.name));
    device.settings.set(Item::MaxReceptionSize, "5");
    if EXPIRED.contains(&name) {
        device.tls = TlsKind::Expired;
    }
    if SELF_SIGNED.contains(&name) {
        device.tls = TlsKind::SelfSigned;
    }
    device.dead = name == DEAD;
    if name == OTHER_PASSWORD {
        device.inventory_password = Some(device.admin_password.clone());
        device.admin_password = "lab-changed-by-nobody-knows".to_owned();
    }
    device
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_fleet_is_that_of_the_story() {
        let spec = spec();
        assert_eq!(spec.devices.len(), 26);
        assert_eq!(spec.subnets.len(), 4);
        let unique =
            |key: fn(&DeviceSpec) -> String| spec.devices.iter().map(key).collect::<HashSet<_>>().len();
        assert_eq!(unique(|device| device.name.clone()), 26);
        assert_eq!(unique(|device| device.serial.clone()), 26);
        assert_eq!(unique(|device| device.address.to_string()), 26);
        assert_eq!(spec.devices.iter().filter(|device| device.dead).count(), 1);
        assert_eq!(spec.devices.iter().filter(|device| device.inventory_password.is_some()).count(), 1);
        assert!(unique(|device| format!("{:?}", device.tls)) == 4);
        assert!(unique(|device| device.profile.ricoh().unwrap().panel_language().to_owned()) >= 2);
        assert!(
            spec.devices.iter().all(|device| spec.subnets.iter().any(|subnet| subnet.name == device.subnet))
        );
    }
}
