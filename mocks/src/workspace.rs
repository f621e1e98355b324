//! The files that let a program work with the lab: an inventory and its secrets.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::lab::DeviceInfo;

/// The columns of the inventory.
const COLUMNS: &str =
    "name,address,vendor,admin_user,admin_secret,site,location,model,serial,subnet,tls,tags";

/// Writes `inventory.csv` and the secrets it refers to; `mail` are further files of `secrets/` with what is in them.
pub(crate) fn write(dir: &Path, devices: &[DeviceInfo], mail: &[(String, String)]) -> io::Result<PathBuf> {
    let secrets = dir.join("secrets");
    fs::create_dir_all(&secrets)?;
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut csv = format!("{COLUMNS}\n");
    for device in devices {
        let file = file_for(&mut files, &device.site, &device.admin_password_in_inventory);
        let secret = format!("file:secrets/{file}");
        let cells: [&str; 12] = [
            &device.name,
            &device.address,
            &device.vendor,
            &device.admin_user,
            &secret,
            &device.site,
            &device.location,
            &device.model,
            &device.serial,
            &device.subnet,
            if device.legacy_tls { "legacy" } else { "" },
            &device.tags.join(" "),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| quote(cell)).collect();
        csv.push_str(&cells.join(","));
        csv.push('\n');
    }
    for (file, password) in &files {
        write_secret(&secrets.join(file), password)?;
    }
    for (file, password) in mail {
        write_secret(&secrets.join(file), password)?;
    }
    let inventory = dir.join("inventory.csv");
    fs::write(&inventory, csv)?;
    Ok(inventory)
}

/// One file for each site and password: `north-admin.txt`, `north-admin-2.txt`.
fn file_for(files: &mut BTreeMap<String, String>, site: &str, password: &str) -> String {
    let slug: String =
        site.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let mut number = 1;
    loop {
        let file =
            if number == 1 { format!("{slug}-admin.txt") } else { format!("{slug}-admin-{number}.txt") };
        match files.get(&file) {
            Some(known) if known != password => number += 1,
            Some(_) => return file,
            None => {
                files.insert(file.clone(), password.to_owned());
                return file;
            }
        }
    }
}

fn write_secret(path: &Path, secret: &str) -> io::Result<()> {
    // A file of an earlier lab may have another mode; a new one gets the right one from the start.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(secret.as_bytes())
}

fn quote(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
