//! The columns of the device's CSV, and what of a contact stands in each.

use super::profile::{XeroxColumns, XeroxExport, XeroxQuotes};
use crate::book::{Book, BookEntry, BookFolder};
use crate::delimited;

const TWENTY_SIX: [&str; 26] = [
    "XrxAddressBookId",
    "DisplayName",
    "FirstName",
    "LastName",
    "Company",
    "XrxAllFavoritesOrder",
    "MemberOf",
    "IsDL",
    "XrxApplicableWorkflows",
    "FaxNumber",
    "XrxIsFaxFavorite",
    "E-mailAddress",
    "XrxIsEmailFavorite",
    "InternetFaxAddress",
    "ScanNickName",
    "XrxIsScanFavorite",
    "ScanTransferProtocol",
    "ScanServerAddress",
    "ScanServerPort",
    "ScanDocumentPath",
    "ScanLoginName",
    "ScanLoginPassword",
    "ScanSMBShare",
    "ScanNDSTree",
    "ScanNDSContext",
    "ScanNDSVolume",
];

const TWENTY_EIGHT: [&str; 28] = [
    "XrxAddressBookId",
    "DisplayName",
    "FirstName",
    "LastName",
    "Company",
    "XrxAllFavoritesOrder",
    "MemberOf",
    "IsDL",
    "XrxApplicableWorkflows",
    "FaxNumber",
    "XrxIsFaxFavorite",
    "E-mailAddress",
    "XrxIsEmailFavorite",
    "XrxIsScanFavorite",
    "ScanNickName",
    "ScanTransferProtocol",
    "ScanServerAddress",
    "ScanServerPort",
    "ScanDocumentPath",
    "ScanLoginName",
    "ScanLoginPassword",
    "ScanSMBShare",
    "ScanHTTPScript",
    "RefId",
    "GroupRefId",
    "MailRefId",
    "FaxRefId",
    "ServerRefId",
];

/// "Export in Legacy Mode": without favourites, groups, fax and scan. Which columns remain is INVENTED.
const LEGACY: [&str; 5] = ["Friendly Name", "FirstName", "LastName", "Company", "E-mailAddress"];

/// The numbers of `ScanTransferProtocol`. Only 4 is known, of contacts without a destination; the others are INVENTED.
const PROTOCOLS: [(&str, &str); 3] = [("ftp", "0"), ("ncp", "1"), ("smb", "2")];
const NO_PROTOCOL: &str = "4";

/// The headings.
pub(super) fn headings(columns: XeroxColumns) -> &'static [&'static str] {
    match columns {
        XeroxColumns::TwentySix => &TWENTY_SIX,
        XeroxColumns::TwentyEight => &TWENTY_EIGHT,
    }
}

/// The whole file.
pub(super) fn export(export: &XeroxExport, book: &Book, delimiter: char, legacy: bool) -> Vec<u8> {
    let headings = if legacy { &LEGACY[..] } else { headings(export.columns) };
    let separator = delimiter.to_string();
    let mut text = String::new();
    if export.columns == XeroxColumns::TwentyEight {
        text.push('\u{feff}');
    }
    let first: Vec<String> = headings
        .iter()
        .map(|heading| match export.quotes {
            XeroxQuotes::All => delimited::quoted(heading),
            _ => (*heading).to_owned(),
        })
        .collect();
    text.push_str(&first.join(&separator));
    text.push_str("\r\n");
    for entry in book.entries().iter().filter(|entry| !(legacy && entry.group)) {
        let cells: Vec<String> = headings
            .iter()
            .map(|heading| {
                let value = cell(export.columns, book, entry, heading);
                match export.quotes {
                    XeroxQuotes::All => delimited::quoted(&value),
                    XeroxQuotes::Texts if is_number(heading) || value.is_empty() => value,
                    XeroxQuotes::Texts => delimited::quoted(&value),
                    XeroxQuotes::Needed => delimited::bare(&value, delimiter),
                }
            })
            .collect();
        text.push_str(&cells.join(&separator));
        text.push_str("\r\n");
    }
    text.into_bytes()
}

fn is_number(heading: &str) -> bool {
    matches!(heading, "XrxAddressBookId" | "IsDL" | "ScanTransferProtocol" | "ScanServerPort")
        || heading.starts_with("XrxIs")
}

/// What stands in a column.
fn cell(columns: XeroxColumns, book: &Book, entry: &BookEntry, heading: &str) -> String {
    let older = columns == XeroxColumns::TwentySix;
    let flag = |on: bool| if on { "1" } else { "0" }.to_owned();
    let folder = entry.folder.as_ref();
    let place = folder.map(Place::of);
    let hidden = |usual: &str| entry.hidden.get(heading).map_or(usual, String::as_str).to_owned();
    // Without a destination: `4`, `(null)` and `0` are known of the 26 columns, empty cells of the 28.
    let without = |usual: &str| if older { usual.to_owned() } else { String::new() };
    match heading {
        "XrxAddressBookId" => entry.id.to_string(),
        "DisplayName" | "Friendly Name" => entry.name.clone(),
        "FirstName" => entry.first_name.clone(),
        "LastName" => entry.last_name.clone(),
        "Company" => entry.company.clone(),
        "MemberOf" => member_of(columns, book, entry.id),
        "IsDL" => flag(entry.group),
        "FaxNumber" => entry.fax.clone(),
        "E-mailAddress" => entry.email.clone(),
        "XrxIsEmailFavorite" => flag(entry.frequent),
        "XrxIsFaxFavorite" | "XrxIsScanFavorite" => hidden("0"),
        "ScanTransferProtocol" => folder.map_or_else(
            || without(NO_PROTOCOL),
            |folder| {
                PROTOCOLS
                    .iter()
                    .find(|(name, _)| *name == folder.protocol)
                    .map_or(NO_PROTOCOL, |(_, number)| number)
                    .to_owned()
            },
        ),
        "ScanServerAddress" => place.map_or_else(|| without("(null)"), |place| place.server),
        "ScanServerPort" => folder.map_or_else(|| without("0"), |it| it.port.unwrap_or(0).to_string()),
        "ScanDocumentPath" => place.map(|place| place.path).unwrap_or_default(),
        "ScanSMBShare" => place.map(|place| place.share).unwrap_or_default(),
        "ScanLoginName" => folder.map(|folder| folder.login.clone()).unwrap_or_default(),
        // A password never leaves the device.
        "ScanLoginPassword" => String::new(),
        "RefId" => uuid(heading, entry.id),
        "GroupRefId" if entry.group => uuid(heading, entry.id),
        "MailRefId" if !entry.email.is_empty() => uuid(heading, entry.id),
        "FaxRefId" if !entry.fax.is_empty() => uuid(heading, entry.id),
        "ServerRefId" if folder.is_some() => uuid(heading, entry.id),
        "GroupRefId" | "MailRefId" | "FaxRefId" | "ServerRefId" => String::new(),
        _ => hidden(""),
    }
}

/// The groups of a contact, each name in quotes; for none, a cell that holds `""` (known of the 26 columns; what stands
/// there for a group is INVENTED).
fn member_of(columns: XeroxColumns, book: &Book, id: u64) -> String {
    let groups = book.entries().iter().filter(|group| group.members.contains(&id));
    let names: Vec<String> = groups.map(|group| delimited::quoted(&group.name)).collect();
    match (names.is_empty(), columns) {
        (true, XeroxColumns::TwentySix) => "\"\"".to_owned(),
        _ => names.join(","),
    }
}

/// An id of the device's own making, the same for the same contact.
fn uuid(kind: &str, id: u64) -> String {
    let digest = crate::lab::digest(&format!("{kind} {id}"));
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
}

/// A destination as the columns divide it.
struct Place {
    server: String,
    share: String,
    path: String,
}

impl Place {
    /// `\\server\share\path` in its parts; other destinations have them already.
    fn of(folder: &BookFolder) -> Self {
        match folder.path.strip_prefix(r"\\") {
            Some(rest) if folder.server.is_empty() => {
                let mut parts = rest.splitn(3, '\\').map(str::to_owned);
                let mut next = || parts.next().unwrap_or_default();
                Self { server: next(), share: next(), path: next() }
            }
            _ => Self { server: folder.server.clone(), share: String::new(), path: folder.path.clone() },
        }
    }
}

/// Reads a destination from its cells; none where no server is named.
pub(super) fn folder(cell: impl Fn(&str) -> String) -> Option<BookFolder> {
    let server = cell("ScanServerAddress");
    if server.is_empty() {
        return None;
    }
    let (share, path, password) = (cell("ScanSMBShare"), cell("ScanDocumentPath"), cell("ScanLoginPassword"));
    let number = cell("ScanTransferProtocol");
    let protocol = PROTOCOLS.iter().find(|(_, known)| *known == number).map_or("smb", |(name, _)| *name);
    let (server, path) = match (share.is_empty(), path.is_empty()) {
        (true, _) => (server, path),
        (false, true) => (String::new(), format!(r"\\{server}\{share}")),
        (false, false) => (String::new(), format!(r"\\{server}\{share}\{path}")),
    };
    Some(BookFolder {
        protocol: protocol.to_owned(),
        server,
        port: cell("ScanServerPort").parse().ok().filter(|port| *port != 0),
        path,
        login: cell("ScanLoginName"),
        password: Some(password).filter(|password| !password.is_empty()),
    })
}

/// The columns that are kept as they are, with no meaning here.
pub(super) fn is_kept(heading: &str) -> bool {
    matches!(
        heading,
        "XrxAllFavoritesOrder"
            | "XrxApplicableWorkflows"
            | "XrxIsFaxFavorite"
            | "InternetFaxAddress"
            | "ScanNickName"
            | "XrxIsScanFavorite"
            | "ScanNDSTree"
            | "ScanNDSContext"
            | "ScanNDSVolume"
            | "ScanHTTPScript"
    )
}
