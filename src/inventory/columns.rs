//! The columns of an inventory, under the names that people give them.

use crate::files::words::did_you_mean;

/// A column with a meaning of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Column {
    Name,
    Address,
    Vendor,
    AdminUser,
    AdminSecret,
    Site,
    Location,
    Model,
    Serial,
    Subnet,
    Tls,
    Tags,
}

impl Column {
    /// In the order in which inventories are written.
    pub(super) const ALL: [Self; 12] = [
        Self::Name,
        Self::Address,
        Self::Vendor,
        Self::AdminUser,
        Self::AdminSecret,
        Self::Site,
        Self::Location,
        Self::Model,
        Self::Serial,
        Self::Subnet,
        Self::Tls,
        Self::Tags,
    ];

    /// The canonical name.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Address => "address",
            Self::Vendor => "vendor",
            Self::AdminUser => "admin_user",
            Self::AdminSecret => "admin_secret",
            Self::Site => "site",
            Self::Location => "location",
            Self::Model => "model",
            Self::Serial => "serial",
            Self::Subnet => "subnet",
            Self::Tls => "tls",
            Self::Tags => "tags",
        }
    }

    /// The column of a written name, and how well it fits: where two columns mean the same, the lower number wins and
    /// the other becomes a tag.
    pub(super) fn of(name: &str) -> Option<(Self, u8)> {
        let folded = fold(name);
        NAMES.iter().find_map(|(column, names)| {
            names.iter().position(|name| *name == folded).map(|rank| (*column, rank as u8))
        })
    }

    /// Whether the written name speaks of a password rather than of a reference to one.
    pub(super) fn is_password(name: &str) -> bool {
        let folded = fold(name);
        PASSWORDS.contains(&folded.as_str())
    }
}

/// Lower case, letters and digits only: `IP Address`, `ip_address` and `IP-Address` are one.
pub(super) fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A column's name as a tag's: lower case, words joined by `_`.
pub(super) fn tag_name(name: &str) -> String {
    let mut tag = String::new();
    for c in scanfleet_sdk::error::clean(name).chars() {
        if c.is_alphanumeric() {
            tag.extend(c.to_lowercase());
        } else if !tag.is_empty() && !tag.ends_with('_') {
            tag.push('_');
        }
    }
    tag.trim_end_matches('_').to_owned()
}

/// The known column that a column's name was probably meant to be.
pub(super) fn suggestion(name: &str) -> Option<String> {
    did_you_mean(name, Column::ALL.map(Column::as_str))
}

const PASSWORDS: [&str; 9] = [
    "password",
    "adminpassword",
    "administratorpassword",
    "adminpass",
    "adminpwd",
    "adminpw",
    "pass",
    "pwd",
    "pw",
];

/// Names as people write them, folded; the best first.
const NAMES: &[(Column, &[&str])] = &[
    (
        Column::Address,
        &[
            "address",
            "ipaddress",
            "ip",
            "ipaddr",
            "ipv4address",
            "ipv4",
            "ipadresse",
            "adresseip",
            "printerip",
            "deviceip",
            "copierip",
            "mfpip",
            "printeripaddress",
            "deviceipaddress",
            "copieripaddress",
            "managementip",
            "mgmtip",
            "staticip",
            "currentip",
            "deviceaddress",
            "printeraddress",
            "networkaddress",
            "url",
            "webaddress",
            "fqdn",
            "dnsname",
            "host",
            "hostname",
        ],
    ),
    (
        Column::Name,
        &[
            "name",
            "devicename",
            "printername",
            "copiername",
            "device",
            "printer",
            "copier",
            "mfp",
            "queue",
            "displayname",
        ],
    ),
    (Column::Vendor, &["vendor", "manufacturer", "make", "maker", "brand", "hersteller", "fabricant"]),
    (
        Column::AdminUser,
        &[
            "adminuser",
            "adminusername",
            "admin",
            "adminname",
            "adminlogin",
            "adminaccount",
            "administrator",
            "administratoruser",
            "administratorname",
            "administratorusername",
        ],
    ),
    (
        Column::AdminSecret,
        &[
            "adminsecret",
            "secret",
            "adminsecretref",
            "secretref",
            "passwordref",
            "adminpasswordref",
            "passwordreference",
            "secretreference",
            "adminpassword",
            "administratorpassword",
            "password",
            "adminpass",
            "adminpwd",
            "adminpw",
            "pass",
            "pwd",
            "pw",
        ],
    ),
    (Column::Site, &["site", "sitename", "branch", "campus", "standort"]),
    (Column::Location, &["location", "room", "place", "raum", "emplacement"]),
    (Column::Model, &["model", "modelname", "devicemodel", "printermodel", "product", "modell", "modele"]),
    (
        Column::Serial,
        &[
            "serial",
            "serialnumber",
            "serialno",
            "serialnr",
            "sn",
            "machineid",
            "machineno",
            "machinenumber",
            "seriennummer",
        ],
    ),
    (
        Column::Subnet,
        &["subnet", "subnets", "network", "prefix", "cidr", "subnetmask", "netmask", "vlan", "segment"],
    ),
    (Column::Tls, &["tls", "tlsprofile", "tlsmode", "ssl"]),
    (Column::Tags, &["tags", "tag", "labels"]),
];

/// The makers whose words are legal, and what else they are called. A maker without a driver is told by the run.
const VENDORS: [(&str, &[&str]); 3] = [
    // The last six are names under which Ricoh's machines were and are sold.
    ("ricoh", &["ricoh", "aficio", "lanier", "savin", "gestetner", "nashuatec", "rexrotary", "infotec"]),
    ("xerox", &["xerox", "fujixerox"]),
    ("brother", &["brother"]),
];

/// The canonical word of a maker: `RICOH`, `Ricoh Company, Ltd.` and `Lanier` are `ricoh`.
///
/// # Errors
/// What was probably meant, if anything is near.
pub(super) fn vendor(text: &str) -> Result<&'static str, Option<String>> {
    let folded = fold(text);
    let first = fold(text.split([' ', ',', '/', '-']).next().unwrap_or_default());
    VENDORS
        .iter()
        .find(|(_, names)| names.contains(&folded.as_str()) || names.contains(&first.as_str()))
        .map(|(word, _)| *word)
        .ok_or_else(|| did_you_mean(&first, VENDORS.map(|(word, _)| word)))
}

/// The makers' words.
pub(super) fn vendors() -> [&'static str; 3] {
    VENDORS.map(|(word, _)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_people_write_them() {
        for (written, column) in [
            ("IP", Column::Address),
            ("\u{feff}IP Address", Column::Address),
            ("ip_address", Column::Address),
            ("Host Name", Column::Address),
            ("Printer IP", Column::Address),
            ("Device Name", Column::Name),
            ("Printer", Column::Name),
            ("Room", Column::Location),
            ("Serial #", Column::Serial),
            ("S/N", Column::Serial),
            ("Serial No.", Column::Serial),
            ("Machine ID", Column::Serial),
            ("Admin User", Column::AdminUser),
            ("Password ref", Column::AdminSecret),
            ("ADMIN-PASSWORD", Column::AdminSecret),
            ("VLAN", Column::Subnet),
            ("Make", Column::Vendor),
        ] {
            assert_eq!(Column::of(written).map(|(c, _)| c), Some(column), "{written}");
        }
        for other in ["", "Building", "User", "Department", "MAC", "Gateway IP", "Notes", "Address list"] {
            assert_eq!(Column::of(other), None, "{other}");
        }
        for column in Column::ALL {
            assert_eq!(Column::of(column.as_str()), Some((column, 0)));
        }
        assert_eq!(tag_name(" Cost  Centre (new) "), "cost_centre_new");
    }

    #[test]
    fn makers() {
        for written in ["RICOH", "Ricoh Company, Ltd.", "ricoh", "Lanier", "Rex Rotary", "Ricoh/Savin"] {
            assert_eq!(vendor(written), Ok("ricoh"), "{written}");
        }
        assert_eq!(vendor("Fuji Xerox"), Ok("xerox"));
        assert_eq!(vendor("Brother Industries"), Ok("brother"));
        assert_eq!(vendor("Rico"), Err(Some("did you mean `ricoh`?".into())));
        assert_eq!(vendor("Canon"), Err(None));
    }
}
