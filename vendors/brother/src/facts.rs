//! Who a device says it is: the page's head, "Maintenance Information", `mnt_info.csv`.

use scanfleet_sdk::Identity;
use scanfleet_sdk::error::clean;
use scanfleet_sdk::family::words::fold;
use scanfleet_sdk::page::Page;

use crate::family::Family;

/// Makers whose name on a page speaks against its being a Brother, as folded words.
const OTHERS: [&str; 16] = [
    "xerox",
    "altalink",
    "workcentre",
    "versalink",
    "ricoh",
    "aficio",
    "lanier",
    "gestetner",
    "kyocera",
    "canon",
    "lexmark",
    "konica",
    "samsung",
    "toshiba",
    "epson",
    "hewlett",
];

/// Series of this maker's models.
const SERIES: [&str; 11] = ["mfc", "dcp", "hl", "ads", "ql", "td", "pt", "rj", "pds", "dcpl", "mfcl"];

/// Something that names a maker, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) place: &'static str,
    pub(crate) text: String,
}

impl Name {
    pub(crate) fn new(place: &'static str, text: &str) -> Self {
        Self { place, text: clean(text) }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} says \u{201c}{}\u{201d}", self.place, self.text)
    }
}

/// The texts of a page that name its maker: title, model in the head, copyright line. Location and contact are a
/// customer's own words and do not count.
pub(crate) fn names(page: &Page) -> Vec<Name> {
    let document = page.document();
    let mut all = vec![Name::new("its title", &document.title())];
    all.extend(document.text_of_id("modelName").map(|text| Name::new("the model in its head", &text)));
    all.extend(document.text_of_id("copyright").map(|text| Name::new("its copyright line", &text)));
    all.retain(|name| !name.text.is_empty());
    all
}

/// The other maker whose web server calls itself so; many servers say nothing.
pub(crate) fn server_of_other(header: &str) -> bool {
    let header = header.to_ascii_lowercase();
    says_other(&header).is_some() || header.starts_with("ews-nic") || header.starts_with("web-server/3")
}

/// Whether a text names this maker.
pub(crate) fn says_brother(text: &str) -> bool {
    let text = fold(text);
    let mut words = text.split(' ');
    words.clone().any(|word| word == "brother") || words.next().is_some_and(|first| SERIES.contains(&first))
}

/// The other maker that a text names.
pub(crate) fn says_other(text: &str) -> Option<&'static str> {
    let text = fold(text);
    OTHERS.into_iter().find(|other| text.split(' ').any(|word| word == *other))
}

/// The model in the head of a page or in its title.
pub(crate) fn model_of_head(page: &Page) -> String {
    let document = page.document();
    let head = document.text_of_id("modelName").filter(|text| !text.trim().is_empty());
    bare_model(&head.unwrap_or_else(|| document.title()))
}

/// A model name without the maker before it and the word "series" behind it.
pub(crate) fn bare_model(text: &str) -> String {
    let text = clean(text);
    let mut words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && words[0].eq_ignore_ascii_case("brother") {
        words.remove(0);
    }
    if words.len() > 1 && words.last().is_some_and(|last| last.eq_ignore_ascii_case("series")) {
        words.pop();
    }
    words.join(" ")
}

/// Reads pairs of label and value by the family's words.
fn read(pairs: impl Iterator<Item = (String, String)>, family: &Family) -> Identity {
    let mut identity = Identity { vendor: "brother".to_owned(), ..Identity::default() };
    let mut by_shape = None;
    for (label, value) in pairs {
        let value = clean(&value);
        if value.is_empty() {
            continue;
        }
        if identity.model.is_empty() && family.is("identity.model", &label) {
            identity.model = bare_model(&value);
        } else if identity.serial.is_none() && family.is("identity.serial", &label) {
            identity.serial = Some(value);
        } else if identity.firmware.is_none() && family.is("identity.firmware", &label) {
            identity.firmware = Some(value);
        } else if looks_like_serial(&value) {
            by_shape.get_or_insert(value);
        }
    }
    // A language whose label nobody knows: the value itself is unmistakable.
    identity.serial = identity.serial.or(by_shape);
    identity
}

/// Fifteen letters and digits such as `U64180L7N120345`: a letter, five digits, a letter, a digit, a letter, six digits;
/// some have a letter among the first.
fn looks_like_serial(value: &str) -> bool {
    value.len() == 15
        && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && value.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
        && value.bytes().filter(u8::is_ascii_digit).count() >= 9
        && value.bytes().skip(9).all(|b| b.is_ascii_digit())
}

/// The facts of "Maintenance Information".
pub(crate) fn of_page(page: &Page, family: &Family) -> Identity {
    read(page.document().facts().into_iter(), family)
}

/// The facts of `mnt_info.csv`: two lines, each value in quotes, a comma at the end. Nothing where it is a page instead.
pub(crate) fn of_csv(page: &Page, family: &Family) -> Option<Identity> {
    if page.status != 200 || page.text.trim_start().starts_with('<') {
        return None;
    }
    let mut rows = rows(&page.text).into_iter();
    let (heads, values) = (rows.next()?, rows.next()?);
    let identity = read(heads.into_iter().zip(values), family);
    (identity.serial.is_some() || !identity.model.is_empty()).then_some(identity)
}

/// The rows of a quoted CSV file, at most a few.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = text.chars().take(65_536).peekable();
    while let Some(c) = chars.next() {
        let Some(row) = rows.last_mut() else { break };
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                if let Some(cell) = row.last_mut() {
                    cell.push('"');
                }
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                if rows.len() >= 4 {
                    break;
                }
                rows.push(vec![String::new()]);
            }
            c => {
                if let Some(cell) = row.last_mut() {
                    cell.push(c);
                }
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(text: &str) -> Page {
        let url = "http://192.0.2.1/etc/mnt_info.csv".parse().unwrap();
        Page { url, status: 200, charset: "windows-1252", text: text.into() }
    }

    #[test]
    fn the_file_is_read_with_its_quotes_and_trailing_comma() {
        let family = &crate::family::all()[0];
        let text = "\"Node Name\",\"Model Name\",\"Location\",\"Serial No.\",\"Main Firmware Version\",\r\n\
                    \"BRN1\",\"Brother HL-1210W series\",\"2nd floor, \"\"west\"\"\",\"E12345A6N789012\",\"1.17\",\r\n";
        let identity = of_csv(&page(text), family).unwrap();
        assert_eq!(identity.model, "HL-1210W");
        assert_eq!(identity.serial.as_deref(), Some("E12345A6N789012"));
        assert_eq!(identity.firmware.as_deref(), Some("1.17"));
        assert!(of_csv(&page("<html>Please Login</html>"), family).is_none());
    }

    #[test]
    fn a_serial_in_a_language_nobody_knows() {
        let family = &crate::family::all()[0];
        let text =
            "<dl><dt>Sorozatsz\u{e1}m</dt><dd>U64180L7N120345</dd><dt>Mem\u{f3}ria</dt><dd>512 MB</dd></dl>";
        assert_eq!(of_page(&page(text), family).serial.as_deref(), Some("U64180L7N120345"));
    }

    #[test]
    fn makers_are_told_by_whole_words() {
        for (text, brother, other) in [
            ("Brother MFC-L8900CDW series", true, None),
            ("MFC-L8900CDW series", true, None),
            ("Brother Xerox AltaLink C8155 series", true, Some("xerox")),
            ("Xerox AltaLink C8155", false, Some("xerox")),
            ("Fuji Xerox DocuPrint M115 w", false, Some("xerox")),
            ("FUJIFILM Apeos 4620 SZ", false, None),
            ("Brotherhood", false, None),
        ] {
            assert_eq!((says_brother(text), says_other(text)), (brother, other), "{text}");
        }
        assert_eq!(bare_model("Brother MFC-L8900CDW series"), "MFC-L8900CDW");
        assert_eq!(bare_model("Brother"), "Brother");
    }

    proptest! {
        #[test]
        fn no_file_breaks_the_reader(text in any::<String>()) {
            let _ = of_csv(&page(&text), &crate::family::all()[0]);
        }
    }
}
