//! The list's data: rows as JavaScript writes them.

use super::super::profile::Profile;
use super::profile::Column;
use crate::book::{BookEntry, BookFolder};
use crate::http::civil_time;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// The words of Title 1, in the order of their numbers; 1 is none.
pub(super) const TITLE_1: [&str; 11] = ["", "AB", "CD", "EF", "GH", "IJK", "LMN", "OPQ", "RST", "UVW", "XYZ"];

/// A text in single quotes, backslashes doubled. That a quote in it gets a backslash too is INVENTED.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// How the list shows a folder: the path, or the name of an FTP server.
fn shown(folder: &BookFolder) -> &str {
    if folder.protocol == "ftp" { &folder.server } else { &folder.path }
}

/// `seconds#text` in the page's language; nothing for an entry that was never used. Only the English text is known.
fn last_used(language: &str, seconds: u64) -> String {
    if seconds == 0 {
        return String::new();
    }
    let (year, month, day, hour, minute) = civil_time(seconds);
    let text = if language == "en" {
        let name = MONTHS.get(usize::try_from(month).unwrap_or(1) - 1).copied().unwrap_or_default();
        let (half, twelve) =
            (if hour < 12 { "AM" } else { "PM" }, if hour % 12 == 0 { 12 } else { hour % 12 });
        format!("{name} {day:02},{year} {twelve:02}:{minute:02} {half}")
    } else {
        format!("{day:02}/{month:02}/{year} {hour:02}:{minute:02}")
    };
    format!("{seconds}#{text}")
}

/// One row of the list.
pub(super) fn row(profile: &Profile, language: &str, entry: &BookEntry) -> String {
    let number = |title: u8| if title > 1 { (title - 1).to_string() } else { String::new() };
    let cells: Vec<String> = profile
        .address
        .columns
        .iter()
        .map(|column| match column {
            Column::EntryId => entry.id.to_string(),
            Column::Blank => quoted(""),
            Column::Type => (if entry.group { "2" } else { "1" }).to_owned(),
            Column::Index => format!("'{:05}'", entry.number),
            Column::Name => quoted(&entry.name),
            Column::Frequent => u8::from(entry.frequent).to_string(),
            Column::Title1 => {
                let place = usize::from(entry.titles[0].max(1)) - 1;
                quoted(TITLE_1.get(place).copied().unwrap_or_default())
            }
            Column::Title2 => quoted(&number(entry.titles[1])),
            Column::Title3 => quoted(&number(entry.titles[2])),
            Column::UserCode => quoted(&entry.user_code),
            Column::LastUsed => quoted(&last_used(language, entry.last_used)),
            Column::Fax => quoted(&entry.fax),
            Column::Mail => quoted(&entry.email),
            Column::Folder => quoted(entry.folder.as_ref().map_or("", shown)),
        })
        .collect();
    format!("[{}]", cells.join(","))
}

/// The answer to a save: the row, and the number of user codes where the generation tells it.
pub(super) fn saved(profile: &Profile, language: &str, entry: &BookEntry, user_codes: usize) -> String {
    let row = row(profile, language, entry);
    if profile.address.user_code_count { format!("[{row},[{user_codes}]]") } else { format!("[{row}]") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_those_of_the_captures() {
        let mut entry = BookEntry::person("Sample", "sample@example.test");
        entry.id = 25;
        entry.number = 3;
        entry.last_used = 1_771_525_440;
        entry.folder = Some(BookFolder { path: r"\\srv\scan".into(), ..BookFolder::default() });
        let newer = Profile::named("mp-c4504ex");
        assert_eq!(
            saved(&newer, "en", &entry, 0),
            r"[[25,1,'00003','Sample','','1771525440#Feb 19,2026 06:24 PM','sample@example.test','\\\\srv\\scan'],[0]]"
        );
        let older = Profile::named("mp-c3003");
        assert_eq!(
            saved(&older, "es", &entry, 0),
            r"[['',1,'00003','Sample',1,'','','','','sample@example.test','\\\\srv\\scan']]"
        );
        entry.name = "O'Brien".to_owned();
        assert!(row(&newer, "en", &entry).contains(r"'O\'Brien'"));
    }
}
