//! From what is written to devices: inheritance, meanings, duplicates.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::Path;

use scanfleet_sdk::transport::{Endpoint, Scheme, TlsProfile};

use super::columns::{self, Column};
use super::draft::{Cell, Draft, Drafts, SiteDraft};
use super::subnet::{self, Told};
use super::{Device, Place, Site};
use crate::files::words::{did_you_mean, list};
use crate::files::{Problem, SecretRef};

/// What comes out.
pub(super) struct Built {
    pub(super) devices: Vec<Device>,
    pub(super) sites: Vec<Site>,
    pub(super) notes: Vec<String>,
    pub(super) problems: Vec<Problem>,
}

/// Understands every value; `dir` is the directory that relative paths start from.
pub(super) fn build(drafts: Drafts, dir: &Path) -> Built {
    let mut builder = Builder {
        dir,
        sheet: drafts.sheet,
        defaults: drafts.defaults,
        declared: !drafts.sites.is_empty(),
        sites: Vec::new(),
        site_at: HashMap::new(),
        problems: drafts.problems,
        notes: drafts.notes,
    };
    for site in drafts.sites {
        builder.site(site);
    }
    if drafts.devices.is_empty() && builder.problems.is_empty() {
        builder.problems.push(Problem::new("the inventory holds no device"));
    }
    let hosts = HostCount::of(&drafts.devices);
    let mut devices = Vec::with_capacity(drafts.devices.len());
    for draft in drafts.devices {
        devices.extend(builder.device(draft, &hosts));
    }
    let devices = builder.unique(devices);
    let sites = builder.sites.into_iter().map(|known| known.site).collect();
    Built { devices, sites, notes: builder.notes, problems: builder.problems }
}

struct Builder<'d> {
    dir: &'d Path,
    sheet: Option<String>,
    defaults: BTreeMap<Column, Cell>,
    /// Whether the file lists its sites; then no device may name another.
    declared: bool,
    sites: Vec<KnownSite>,
    /// Sites by folded name.
    site_at: HashMap<String, usize>,
    problems: Vec<Problem>,
    notes: Vec<String>,
}

struct KnownSite {
    site: Site,
    fields: BTreeMap<Column, Cell>,
    subnets: Vec<Told>,
    line: usize,
}

/// How often each host stands in the file, so that names made from hosts are unique.
struct HostCount(HashMap<String, usize>);

impl HostCount {
    fn of(drafts: &[Draft]) -> Self {
        let mut counts = HashMap::new();
        for draft in drafts.iter().filter(|draft| !draft.fields.contains_key(&Column::Name)) {
            if let Some(endpoint) =
                draft.fields.get(&Column::Address).and_then(|c| Endpoint::parse(&c.text).ok())
            {
                *counts.entry(endpoint.host.to_lowercase()).or_default() += 1;
            }
        }
        Self(counts)
    }

    fn is_alone(&self, host: &str) -> bool {
        self.0.get(&host.to_lowercase()).is_none_or(|count| *count < 2)
    }
}

impl Builder<'_> {
    fn site(&mut self, draft: SiteDraft) {
        if let Some(&earlier) = self.site_at.get(&draft.name.to_lowercase()) {
            let line = self.sites[earlier].line;
            let message = format!("the site `{}` is also on line {line}", draft.name);
            return self.problems.push(draft.at.problem(message));
        }
        let mut subnets = Vec::new();
        for cell in &draft.subnets {
            for text in cell.text.split([',', ';']).map(str::trim).filter(|text| !text.is_empty()) {
                match subnet::told(text) {
                    Ok(told) => subnets.push(told),
                    Err(said) => self.problems.push(cell.at.problem(said)),
                }
            }
        }
        let mut fields = draft.extra;
        if !draft.subnets.is_empty() {
            let written: Vec<_> = draft.subnets.iter().map(|cell| cell.text.as_str()).collect();
            fields.insert("subnets".into(), written.join(", "));
        }
        self.site_at.insert(draft.name.to_lowercase(), self.sites.len());
        self.sites.push(KnownSite {
            site: Site { name: draft.name, fields },
            fields: draft.fields,
            subnets,
            line: draft.at.line,
        });
    }

    fn device(&mut self, mut draft: Draft, hosts: &HostCount) -> Option<Device> {
        let Some(address) = draft.fields.remove(&Column::Address) else {
            let name =
                draft.fields.get(&Column::Name).map(|cell| format!(" `{}`", cell.text)).unwrap_or_default();
            self.problems.push(
                draft
                    .at
                    .problem(format!("the device{name} has no address"))
                    .help("write its host name, IP address or URL, or remove the row"),
            );
            return None;
        };
        let endpoint = self.endpoint(&address)?;
        let name = match draft.fields.remove(&Column::Name) {
            Some(cell) => cell.text,
            None if hosts.is_alone(&endpoint.host) => endpoint.host.clone(),
            None => match endpoint.port {
                Some(port) => format!("{}:{port}", endpoint.host),
                None => endpoint.host.clone(),
            },
        };
        let site = draft.fields.remove(&Column::Site).or_else(|| self.defaults.get(&Column::Site).cloned());
        let site = site.and_then(|cell| self.site_of(cell));
        let inherit = |column: Column, own: &mut BTreeMap<Column, Cell>| {
            own.remove(&column)
                .or_else(|| site.and_then(|at| self.sites[at].fields.get(&column).cloned()))
                .or_else(|| self.defaults.get(&column).cloned())
        };
        let fields = &mut draft.fields;
        let vendor = inherit(Column::Vendor, fields);
        let admin_user = inherit(Column::AdminUser, fields);
        let admin_secret = inherit(Column::AdminSecret, fields);
        let tls = inherit(Column::Tls, fields);
        let subnet = fields.remove(&Column::Subnet);
        let mut text = |column| draft.fields.remove(&column).map(|cell: Cell| cell.text);
        let (location, model, serial) = (text(Column::Location), text(Column::Model), text(Column::Serial));
        Some(Device {
            subnet: self.subnet(subnet, &endpoint, site, &name),
            vendor: vendor.and_then(|cell| self.vendor(&cell)),
            admin_user: admin_user.map(|cell| cell.text),
            admin_secret: admin_secret.and_then(|cell| self.secret(&cell)),
            tls: tls.map(|cell| self.tls(&cell)).unwrap_or_default(),
            site: site.map(|at| self.sites[at].site.name.clone()),
            name,
            address: address.text,
            endpoint,
            location,
            model,
            serial,
            tags: draft.tags,
            place: Place { sheet: self.sheet.clone(), line: draft.at.line, column: None },
        })
    }

    fn endpoint(&mut self, cell: &Cell) -> Option<Endpoint> {
        // What stands before the `@` may be a password; it is not repeated.
        if cell.text.contains('@') {
            self.problems.push(
                cell.at
                    .problem("the address holds a user name or a password")
                    .help("write them as `admin_user` and `admin_secret`; a password is stored with `scanfleet secret set NAME`"),
            );
            return None;
        }
        match Endpoint::parse(&cell.text) {
            Ok(endpoint) => Some(endpoint),
            Err(said) => {
                let said = said.strip_suffix('.').unwrap_or(&said);
                self.problems.push(
                    cell.at
                        .problem(said)
                        .help("write a host name, an IP address, `host:port` or `https://host`"),
                );
                None
            }
        }
    }

    /// The site that a device names; made where the file lists no sites.
    fn site_of(&mut self, cell: Cell) -> Option<usize> {
        let folded = cell.text.to_lowercase();
        if let Some(at) = self.site_at.get(&folded) {
            return Some(*at);
        }
        if self.declared {
            let names: Vec<_> = self.sites.iter().map(|known| known.site.name.as_str()).collect();
            let help = did_you_mean(&cell.text, names.iter().copied())
                .unwrap_or_else(|| format!("the sites are {}", list(names.iter().copied(), 12)));
            self.problems.push(cell.at.problem(format!("unknown site `{}`", cell.text)).help(help));
            return None;
        }
        self.site_at.insert(folded, self.sites.len());
        self.sites.push(KnownSite {
            site: Site { name: cell.text, fields: BTreeMap::new() },
            fields: BTreeMap::new(),
            subnets: Vec::new(),
            line: cell.at.line,
        });
        Some(self.sites.len() - 1)
    }

    /// The device's own word, else a subnet of its site that contains it, else the /24 around it.
    fn subnet(&mut self, own: Option<Cell>, endpoint: &Endpoint, site: Option<usize>, name: &str) -> String {
        let address = endpoint.host.parse::<IpAddr>().ok();
        if let Some(cell) = own {
            match (subnet::told(&cell.text), address) {
                (Ok(Told::Prefix(net)), Some(address)) if !net.contains(&address) => {
                    self.notes.push(format!(
                        "The device `{name}` ({address}) is said to be on {net}, which does not contain it."
                    ));
                    return net.to_string();
                }
                (Ok(Told::Prefix(net)), _) => return net.to_string(),
                (Ok(Told::Mask(length)), Some(address)) => {
                    return subnet::of_length(address, length).to_string();
                }
                (Ok(Told::Mask(_)), None) => {}
                (Ok(Told::Name(name)), _) => return name,
                (Err(said), _) => self.problems.push(cell.at.problem(said)),
            }
        }
        let told = site.map(|at| self.sites[at].subnets.as_slice()).unwrap_or_default();
        if let Some(address) = address {
            let prefixes = told.iter().filter_map(|told| match told {
                Told::Prefix(net) if net.contains(&address) => Some(*net),
                _ => None,
            });
            // The narrowest one.
            return prefixes
                .max_by_key(|net| net.prefix_len())
                .unwrap_or_else(|| subnet::default_of(address))
                .to_string();
        }
        // A host name at a site with one subnet is on that.
        match told {
            [Told::Prefix(net)] => net.to_string(),
            [Told::Name(name)] => name.clone(),
            _ => subnet::UNKNOWN.to_owned(),
        }
    }

    fn vendor(&mut self, cell: &Cell) -> Option<String> {
        match columns::vendor(&cell.text) {
            Ok(vendor) => Some(vendor.to_owned()),
            Err(meant) => {
                let known = list(columns::vendors(), 9);
                let help = meant
                    .unwrap_or_else(|| format!("the makers known are {known}; leave it empty to find out"));
                self.problems.push(cell.at.problem(format!("unknown vendor `{}`", cell.text)).help(help));
                None
            }
        }
    }

    fn secret(&mut self, cell: &Cell) -> Option<SecretRef> {
        let refused = |said: String| {
            cell.at.problem(said).help(
                "store the password with `scanfleet secret set NAME` and write `keyring:NAME` here; `env:VAR` and \
                 `file:PATH` are references too",
            )
        };
        // Under such a heading a bare word is rather a password than the name of one.
        let scheme = cell.text.split_once(':').map(|(scheme, _)| scheme);
        if cell.password && !matches!(scheme, Some("keyring" | "env" | "file")) {
            self.problems.push(refused("a password must not stand in an inventory".into()));
            return None;
        }
        match SecretRef::parse(&cell.text, self.dir) {
            Ok(reference) => Some(reference),
            Err(_) => {
                self.problems.push(refused("this is not a reference to a secret".into()));
                None
            }
        }
    }

    fn tls(&mut self, cell: &Cell) -> TlsProfile {
        const WORDS: [&str; 5] = ["modern", "pin", "auto", "legacy", "ca"];
        match columns::fold(&cell.text).as_str() {
            "modern" | "pin" | "auto" | "pinned" | "default" => TlsProfile::Modern,
            "legacy" | "old" => TlsProfile::Legacy,
            "ca" | "verify" | "certificateauthority" => TlsProfile::CertificateAuthority,
            _ => {
                let help = did_you_mean(&cell.text, WORDS)
                    .unwrap_or_else(|| format!("it is one of {}", list(WORDS, 9)));
                self.problems
                    .push(cell.at.problem(format!("unknown TLS profile `{}`", cell.text)).help(help));
                TlsProfile::Modern
            }
        }
    }

    /// Refuses devices that stand twice, and gives back the others.
    fn unique(&mut self, devices: Vec<Device>) -> Vec<Device> {
        let mut names: HashMap<String, usize> = HashMap::new();
        let mut addresses: HashMap<(String, Option<u16>), usize> = HashMap::new();
        for (at, device) in devices.iter().enumerate() {
            let here = |message: String| Problem::new(message).at(device.place.line, None);
            if let Some(&other) = addresses.get(&key(&device.endpoint)) {
                let other = &devices[other];
                self.problems.push(
                    here(format!(
                        "the address `{}` ({}) is the same as that of `{}` on {}",
                        device.address, device.name, other.name, other.place
                    ))
                    .help("keep one of the two"),
                );
            } else if let Some(&other) = names.get(&device.name.to_lowercase()) {
                let other = &devices[other];
                self.problems.push(
                    here(format!(
                        "the name `{}` is already that of {} on {}",
                        device.name, other.address, other.place
                    ))
                    .help("give each device a name of its own, or none: then its address is its name"),
                );
            }
            addresses.entry(key(&device.endpoint)).or_insert(at);
            names.entry(device.name.to_lowercase()).or_insert(at);
        }
        devices
    }
}

/// Two addresses with the same key are one device: the scheme does not matter, nor a port that the scheme implies.
fn key(endpoint: &Endpoint) -> (String, Option<u16>) {
    let port = match (endpoint.scheme, endpoint.port) {
        (Some(Scheme::Http), Some(80)) | (Some(Scheme::Https), Some(443)) | (None, Some(80 | 443)) => None,
        (_, port) => port,
    };
    let host = endpoint.host.trim_end_matches('.').to_lowercase();
    (host, port)
}
