//! Clone files: a text head, then a gzip of a tar in which `data/cloneStorage/cfg_clone` keeps the settings as
//! `set attribute = value`. Reads one that a person exported; the export itself is a POST with the function that sets
//! attributes, which a read must never send. Nothing is unpacked to disk, and no password is kept.

use std::collections::BTreeMap;
use std::io::{self, Read};

use flate2::read::GzDecoder;
use scanfleet_sdk::error::clean;
use scanfleet_sdk::{
    AuthMethod, Identity, PasswordState, Saved, SavedError, Security, SmtpAuth, SmtpSettings,
};

use crate::family::{Families, Family, refusal};
use crate::settings::{CHOICE, LOGIN, SECURITY, group_of, split_server};

const BEGIN: &[u8] = b"%%XRXbegin";
const END: &[u8] = b"%%XRXend";
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Longest head, in bytes; real ones have well under a kilobyte.
const HEAD: usize = 64 << 10;
/// Most bytes that the archive may unpack to; a device's address book and templates are far smaller.
const UNPACKED: u64 = 256 << 20;
/// Longest settings part, in bytes; a real one had 1217 lines.
const SETTINGS: u64 = 4 << 20;
/// Most parts of the archive.
const PARTS: usize = 10_000;
/// The part with the settings.
const PART: &str = "data/cloneStorage/cfg_clone";
const BLOCK: usize = 512;

/// Reads a clone file; `None` where it is none.
pub(crate) fn read(bytes: &[u8], families: &Families) -> Option<Result<Saved, SavedError>> {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let bytes = &bytes[start..];
    bytes.starts_with(BEGIN).then(|| whole(bytes, families))
}

fn whole(bytes: &[u8], families: &Families) -> Result<Saved, SavedError> {
    let (head, archive) = split(bytes)?;
    let text = settings_part(archive)?;
    let attributes = Attributes::of(&text);
    if attributes.values.is_empty() {
        return Err(encrypted("its settings are no lines of the form `set attribute = value`"));
    }
    let model = model(&head);
    let family = families
        .all()
        .filter(|family| refusal(family).is_none())
        .max_by_key(|family| family.score(|page| (page == "model").then_some(model.as_str())));
    let Some(family) = family else { return Err(broken("no family of these devices is known")) };
    let (smtp, notes) = attributes.smtp(family)?;
    let identity = Identity { vendor: "xerox".to_owned(), model, serial: None, firmware: None };
    Ok(Saved { kind: "Xerox clone file".to_owned(), identity, smtp, notes })
}

/// The head as text, and the archive behind it.
fn split(bytes: &[u8]) -> Result<(String, &[u8]), SavedError> {
    let window = &bytes[..bytes.len().min(HEAD)];
    let Some(end) = window.windows(END.len()).position(|w| w == END) else {
        return Err(broken("its head does not end with `%%XRXend`"));
    };
    let behind = &bytes[end + END.len()..];
    let blank = behind.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(behind.len());
    let archive = &behind[blank..];
    if archive.is_empty() {
        return Err(broken("nothing follows its head"));
    }
    if !archive.starts_with(&GZIP) {
        return Err(encrypted("what follows its head is no gzip archive"));
    }
    Ok((String::from_utf8_lossy(&window[..end]).into_owned(), archive))
}

/// The model in `"device-clone@WorkCentre_7835"`, in the words of the configuration page; empty where it is not told.
fn model(head: &str) -> String {
    let name = head.split_once("device-clone@").and_then(|(_, rest)| rest.split(['"', '\n', '\r']).next());
    match name.map(|name| clean(&name.replace('_', " "))).filter(|name| !name.is_empty()) {
        Some(name) if name.to_ascii_lowercase().starts_with("xerox") => name,
        Some(name) => format!("Xerox {name}"),
        None => String::new(),
    }
}

/// The text of the part with the settings. The whole archive is read, so that its checksum is known to be right.
fn settings_part(archive: &[u8]) -> Result<String, SavedError> {
    let mut unpacked = Limited { inner: GzDecoder::new(archive), left: UNPACKED };
    let mut found: Option<String> = None;
    let mut sealed = None;
    for _ in 0..PARTS {
        let mut header = [0_u8; BLOCK];
        match fill(&mut unpacked, &mut header).map_err(|e| unreadable(&e))? {
            0 => break,
            BLOCK => {}
            _ => return Err(broken("its archive ends in the middle of a part's head")),
        }
        if header.iter().all(|byte| *byte == 0) {
            // Two empty blocks end a tar; whatever follows is no part.
            io::copy(&mut unpacked, &mut io::sink()).map_err(|e| unreadable(&e))?;
            return take(found, sealed);
        }
        let (name, kind, size) = described(&header)?;
        if name == PART && matches!(kind, b'0' | 0) {
            if found.is_some() {
                return Err(broken("its archive holds the settings twice"));
            }
            if size > SETTINGS {
                return Err(broken(format!("its settings are {size} bytes long; no device has so many")));
            }
            let mut text = Vec::new();
            let read = (&mut unpacked).take(size).read_to_end(&mut text).map_err(|e| unreadable(&e))?;
            if read as u64 != size {
                return Err(broken("its archive ends in the middle of the settings"));
            }
            found = Some(String::from_utf8_lossy(&text).into_owned());
            skip(&mut unpacked, padding(size))?;
        } else {
            if name.starts_with(PART) && name != PART {
                sealed = Some(name);
            }
            skip(&mut unpacked, size.saturating_add(padding(size)))?;
        }
    }
    io::copy(&mut unpacked, &mut io::sink()).map_err(|e| unreadable(&e))?;
    take(found, sealed)
}

fn take(found: Option<String>, sealed: Option<String>) -> Result<String, SavedError> {
    match (found, sealed) {
        (Some(text), _) => Ok(text),
        (None, Some(name)) => Err(encrypted(&format!("it keeps its settings in `{}`", clean(&name)))),
        (None, None) => Err(broken(format!("its archive has no part `{PART}`"))),
    }
}

/// Name, kind and size of a part. Names are only compared, so that one with `..` in it leads nowhere.
fn described(header: &[u8; BLOCK]) -> Result<(String, u8, u64), SavedError> {
    let text = |from: usize, to: usize| {
        let field = &header[from..to];
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
        String::from_utf8_lossy(&field[..end]).trim().to_owned()
    };
    let sum: u32 = header
        .iter()
        .enumerate()
        .map(|(at, byte)| u32::from(if (148..156).contains(&at) { b' ' } else { *byte }))
        .sum();
    if u32::from_str_radix(&text(148, 156), 8).ok() != Some(sum) {
        return Err(broken("a part's head in its archive has a wrong checksum"));
    }
    let (short, prefix) =
        (text(0, 100), if &header[257..262] == b"ustar" { text(345, 500) } else { String::new() });
    let name = if prefix.is_empty() { short } else { format!("{prefix}/{short}") };
    let Ok(size) = u64::from_str_radix(&text(124, 136), 8) else {
        return Err(broken("a part's size in its archive is no number"));
    };
    Ok((name.trim_start_matches("./").to_owned(), header[156], size))
}

fn padding(size: u64) -> u64 {
    let block = BLOCK as u64;
    (block - size % block) % block
}

fn skip(from: &mut impl Read, length: u64) -> Result<(), SavedError> {
    let skipped = io::copy(&mut from.take(length), &mut io::sink()).map_err(|e| unreadable(&e))?;
    if skipped == length { Ok(()) } else { Err(broken("its archive ends in the middle of a part")) }
}

/// Reads until the buffer is full or nothing is left; says how much there was.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match from.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Fails once more was unpacked than any device would have packed.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            io::Error::new(io::ErrorKind::FileTooLarge, "it unpacks to more than any device holds")
        })?;
        Ok(read)
    }
}

/// The settings by attribute; of an attribute that stands there twice, the last value counts.
#[derive(Debug, Default)]
struct Attributes {
    values: BTreeMap<String, String>,
    doubled: Vec<String>,
}

impl Attributes {
    fn of(text: &str) -> Self {
        let mut all = Self::default();
        for line in text.lines() {
            let Some(rest) = line.trim().strip_prefix("set ") else { continue };
            let Some((name, value)) = rest.split_once('=') else { continue };
            let (name, value) = (name.trim(), value.trim());
            let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
            let former = all.values.insert(name.to_owned(), value.to_owned());
            if former.is_some_and(|former| former != value) {
                all.doubled.push(name.to_owned());
            }
        }
        all
    }

    /// What stands under one of a field's names, and that name.
    fn field(&self, family: &Family, field: &str) -> Option<(&str, &str)> {
        let names = &family.field(field)?.names;
        names.iter().find_map(|fact| {
            self.values.get_key_value(&fact.value).map(|(name, value)| (name.as_str(), value.as_str()))
        })
    }

    fn smtp(&self, family: &Family) -> Result<(SmtpSettings, Vec<String>), SavedError> {
        const FIELDS: [&str; 7] =
            ["server", "sender", "encryption", "user_jobs", "system_jobs", "user", "password"];
        let mut notes = Vec::new();
        if FIELDS.iter().all(|field| self.field(family, field).is_none()) {
            return Err(SavedError {
                got: "it holds no SMTP settings: their group was not exported".to_owned(),
                next: "export again with all groups, or with the one that holds the e-mail settings"
                    .to_owned(),
            });
        }
        for field in FIELDS {
            match self.field(family, field) {
                None => notes.push(format!("The file does not tell `{}`.", called(family, field))),
                Some((name, _)) if self.doubled.iter().any(|d| d == name) => {
                    notes.push(format!("`{name}` stands in the file with two values; the last one counts."));
                }
                Some(_) => {}
            }
        }
        let text = |field: &str| {
            self.field(family, field).map(|(_, value)| clean(value)).filter(|value| !value.is_empty())
        };
        let (host, port) = split_server(&text("server").unwrap_or_default());
        let dns = self.word(family, "server_choice", &CHOICE, &mut notes) == Some("choice.dns");
        let security = self.word(family, "encryption", &SECURITY, &mut notes);
        let jobs = (
            self.word(family, "user_jobs", &LOGIN, &mut notes),
            self.word(family, "system_jobs", &LOGIN, &mut notes),
        );
        let method = match jobs {
            (Some("login.system"), Some("login.system")) => AuthMethod::Password,
            (Some("login.none"), Some("login.none")) => AuthMethod::None,
            _ => AuthMethod::Other,
        };
        // `0x` and digits, sealed by the device; what it is, nobody here needs to know.
        let password = match self.field(family, "password") {
            None => PasswordState::Unreadable,
            Some((_, "")) => PasswordState::Unset,
            Some(_) => PasswordState::Set,
        };
        let smtp = SmtpSettings {
            server: if dns { String::new() } else { host },
            port,
            security: Security::ALL.into_iter().find(|s| Some(group_of(*s)) == security),
            sender: text("sender"),
            auth: SmtpAuth { method, user: text("user"), sender: None },
            password,
        };
        Ok((smtp, notes))
    }

    /// The meaning of a choice; a value without one is told.
    fn word<'a>(
        &self,
        family: &Family,
        field: &str,
        groups: &[&'a str],
        notes: &mut Vec<String>,
    ) -> Option<&'a str> {
        let (name, value) = self.field(family, field)?;
        let found = groups.iter().copied().find(|group| family.is(group, value));
        if found.is_none() {
            notes.push(format!("The file holds `{name}` = `{}`, which has no word here.", clean(value)));
        }
        found
    }
}

/// The attribute of a field, for people.
fn called<'a>(family: &'a Family, field: &'a str) -> &'a str {
    family.field(field).and_then(|facts| facts.names.first()).map_or(field, |fact| fact.value.as_str())
}

fn broken(got: impl Into<String>) -> SavedError {
    SavedError {
        got: format!("the file is damaged: {}", got.into()),
        next: "download the clone file again".to_owned(),
    }
}

fn encrypted(got: &str) -> SavedError {
    SavedError {
        got: format!("the file is encrypted or damaged: {got}"),
        next: "read the settings from the device itself; newer firmware may encrypt its clone files, and such a file tells \
               nothing to anybody but a device"
            .to_owned(),
    }
}

fn unreadable(error: &io::Error) -> SavedError {
    broken(match error.kind() {
        io::ErrorKind::UnexpectedEof => "its archive ends too early".to_owned(),
        io::ErrorKind::FileTooLarge => error.to_string(),
        _ => format!("its archive cannot be unpacked ({})", clean(&error.to_string())),
    })
}
