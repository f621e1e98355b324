//! Writing inventories in their canonical form, for `scanfleet inventory import`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::net::IpAddr;

use scanfleet_sdk::transport::TlsProfile;

use super::columns::Column;
use super::{Device, Inventory, subnet};

impl Inventory {
    /// The inventory as CSV: the canonical columns that hold anything, then one for each tag with values. Cells that a
    /// spreadsheet program would take for a formula are made inert by an apostrophe, which reading takes off again.
    /// What only YAML can say (fields of sites) is left out.
    pub fn to_csv(&self) -> String {
        let tags: BTreeSet<&str> = self
            .devices
            .iter()
            .flat_map(|device| &device.tags)
            .filter(|(name, value)| has_column(name, value))
            .map(|(name, _)| name.as_str())
            .collect();
        let columns: Vec<Column> = Column::ALL
            .into_iter()
            .filter(|column| {
                *column == Column::Address
                    || self.devices.iter().any(|device| cell(device, *column).is_some())
            })
            .collect();
        let mut out = String::new();
        let heads = columns.iter().map(|column| column.as_str()).chain(tags.iter().copied());
        row(&mut out, heads.map(str::to_owned));
        for device in &self.devices {
            let own = columns.iter().map(|column| cell(device, *column).unwrap_or_default());
            let tagged = tags.iter().map(|tag| device.tags.get(*tag).cloned().unwrap_or_default());
            row(&mut out, own.chain(tagged));
        }
        out
    }

    /// The inventory as YAML: `sites` with their fields, and `devices`. Every value is quoted, so that nothing is
    /// taken for a number or a truth value.
    pub fn to_yaml(&self) -> String {
        let mut out = String::new();
        if !self.sites.is_empty() {
            out.push_str("sites:\n");
            for site in &self.sites {
                line(&mut out, "  - name", &site.name);
                for (name, value) in &site.fields {
                    line(&mut out, &format!("    {name}"), value);
                }
            }
        }
        out.push_str("devices:\n");
        for device in &self.devices {
            let mut lead = "  - ";
            for column in Column::ALL.into_iter().filter(|column| *column != Column::Tags) {
                if let Some(value) = cell(device, column) {
                    line(&mut out, &format!("{lead}{}", column.as_str()), &value);
                    lead = "    ";
                }
            }
            if !device.tags.is_empty() {
                out.push_str("    tags:\n");
                for (name, value) in &device.tags {
                    line(&mut out, &format!("      {name}"), value);
                }
            }
        }
        out
    }
}

/// A tag's own column must not be taken for one of the known ones when it is read again.
fn has_column(name: &str, value: &str) -> bool {
    !value.is_empty() && Column::of(name).is_none()
}

fn cell(device: &Device, column: Column) -> Option<String> {
    match column {
        Column::Name => Some(device.name.clone()),
        Column::Address => Some(device.address.clone()),
        Column::Vendor => device.vendor.clone(),
        Column::AdminUser => device.admin_user.clone(),
        Column::AdminSecret => device.admin_secret.as_ref().map(ToString::to_string),
        Column::Site => device.site.clone(),
        Column::Location => device.location.clone(),
        Column::Model => device.model.clone(),
        Column::Serial => device.serial.clone(),
        Column::Subnet => {
            let default = match device.endpoint.host.parse::<IpAddr>() {
                Ok(address) => subnet::default_of(address).to_string(),
                Err(_) => subnet::UNKNOWN.to_owned(),
            };
            (device.subnet != default).then(|| device.subnet.clone())
        }
        Column::Tls => match device.tls {
            TlsProfile::Modern => None,
            TlsProfile::Legacy => Some("legacy".into()),
            TlsProfile::CertificateAuthority => Some("ca".into()),
        },
        Column::Tags => {
            let tags: Vec<String> = device
                .tags
                .iter()
                .filter(|(name, value)| !has_column(name, value))
                .map(|(name, value)| match value.as_str() {
                    "" => name.clone(),
                    value => format!("{name}={}", value.replace([',', ';'], " ")),
                })
                .collect();
            match tags.as_slice() {
                [] => None,
                // Without a semicolon the spaces in it would part it.
                [one] if one.contains(' ') => Some(format!("{one};")),
                several => Some(several.join("; ")),
            }
        }
    }
}

fn row(out: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        let formula = cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@']);
        let cell = if formula { format!("'{cell}") } else { cell };
        if cell.contains([',', ';', '"', '\n', '\r', '\t']) || cell.trim() != cell {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push('\n');
}

fn line(out: &mut String, key: &str, value: &str) {
    // A JSON string is a double-quoted YAML scalar. Writing to a String cannot fail.
    let _ = writeln!(out, "{key}: {}", serde_json::Value::from(value));
}
