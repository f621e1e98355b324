//! The support matrix: what is spoken to, how it is recognised, what is offered and how surely.

use std::fmt::Write as _;
use std::sync::Arc;

use scanfleet_sdk::family::{Family, Shape, Sign, Weakest};
use scanfleet_sdk::{Certainty, Vendor};
use serde::Serialize;

/// One family a device can be of.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The maker in the word of the inventory.
    pub maker: String,
    /// The family's id.
    pub family: String,
    /// For people.
    pub title: String,
    /// The families it builds on, nearest first.
    pub extends: Vec<String>,
    /// What it is recognised by, one phrase a sign.
    pub recognised_by: Vec<String>,
    /// Reading scan-to-email settings; null where the family does not.
    pub smtp_read: Option<Offer>,
    /// Writing them; null where the family does not.
    pub smtp_write: Option<Offer>,
    /// A test mail from the device's own pages; null where they have none.
    pub test_mail: Option<Offer>,
    /// Reading the address book; null where the family does not.
    pub book_read: Option<Offer>,
    /// Writing its entries; null where the family does not.
    pub book_write: Option<Offer>,
    /// Restrictions and oddities, in full sentences.
    pub caveats: Vec<String>,
    /// `embedded`, or the path of a user's file.
    pub origin: String,
    /// SHA-256 over the files the family is made of.
    pub sha256: String,
}

/// Something a family offers, with the weakest fact that it rests on.
#[derive(Debug, Clone, Serialize)]
pub struct Offer {
    /// How sure that fact is.
    pub certainty: Certainty,
    /// Which one it is.
    pub because: String,
}

impl From<&Weakest> for Offer {
    fn from(weakest: &Weakest) -> Self {
        Self { certainty: weakest.certainty, because: weakest.because.clone() }
    }
}

/// Every family a device can be of, by maker in the order of the adapters.
pub fn rows(makers: &[Arc<dyn Vendor>]) -> Vec<Row> {
    makers.iter().flat_map(|maker| maker.families().all().map(|family| row(family))).collect()
}

fn row(family: &Family) -> Row {
    let used = family.used();
    Row {
        maker: family.maker().to_owned(),
        family: used.id,
        title: family.title().to_owned(),
        extends: family.extends().map(str::to_owned).collect(),
        recognised_by: family.signs().iter().map(phrase).collect(),
        smtp_read: family.smtp_read().map(Offer::from),
        smtp_write: family.smtp_write().map(Offer::from),
        test_mail: family.test_mail().map(Offer::from),
        book_read: family.book_read().map(Offer::from),
        book_write: family.book_write().map(Offer::from),
        caveats: family.caveats().map(str::to_owned).collect(),
        origin: used.origin,
        sha256: used.sha256,
    }
}

fn phrase(sign: &Sign) -> String {
    let shape = match sign.shape {
        Some(Shape::Rows) => Some("shows its facts in table rows"),
        Some(Shape::Terms) => Some("shows its facts in definition lists"),
        None => None,
    };
    let holds = sign.contains.as_ref().map(|part| format!("holds `{part}`"));
    let said: Vec<String> = holds.into_iter().chain(shape.map(str::to_owned)).collect();
    format!("{} {}", sign.page, said.join(" and "))
}

impl Row {
    /// The sections it offers, in a few words.
    pub fn sections(&self) -> String {
        let smtp = match (&self.smtp_read, &self.smtp_write) {
            (_, Some(_)) => Some("SMTP read and write"),
            (Some(_), None) => Some("SMTP read"),
            (None, None) => None,
        };
        let book = match (&self.book_read, &self.book_write) {
            (_, Some(_)) => Some("address book read and write"),
            (Some(_), None) => Some("address book read"),
            (None, None) => None,
        };
        let test_mail = self.test_mail.as_ref().map(|_| "test mail");
        let all: Vec<&str> = smtp.into_iter().chain(book).chain(test_mail).collect();
        if all.is_empty() { "recognised and refused".to_owned() } else { all.join(", ") }
    }

    /// How sure the write path is, and why no surer.
    pub fn certainty(&self) -> String {
        let say = |offer: &Offer| format!("{}: {}", offer.certainty.as_str(), offer.because);
        let smtp = self.smtp_write.as_ref().or(self.smtp_read.as_ref()).map(say);
        let book = self.book_write.as_ref().or(self.book_read.as_ref()).map(say);
        match (smtp, book) {
            (Some(smtp), Some(book)) => format!("SMTP {smtp}; address book {book}"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => String::new(),
        }
    }
}

/// Where the generated table stands in a document.
pub const BEGIN: &str = "<!-- The table below is generated: `BLESS=1 cargo test --test models`. -->";
/// Where it ends.
pub const END: &str = "<!-- Until here. -->";

/// The short table, in Markdown.
pub fn table(rows: &[Row]) -> String {
    let mut text =
        String::from("| Maker | Web UI | Offers | Certainty of writing |\n| --- | --- | --- | --- |\n");
    for row in rows {
        let cells = [capitalised(&row.maker), row.title.clone(), row.sections(), row.certainty()];
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// A document with the generated table in its place; `None` where it has no such place.
pub fn into_document(document: &str, table: &str) -> Option<String> {
    let begin = document.find(BEGIN)? + BEGIN.len();
    let end = begin + document[begin..].find(END)?;
    Some(format!("{}\n{table}{}", &document[..begin], &document[end..]))
}

/// The page about all families, in Markdown.
pub fn page(rows: &[Row]) -> String {
    let mut text = String::from(
        "# Supported models\n\nGenerated from the family files by `BLESS=1 cargo test --test models`; `scanfleet vendor list` shows \
         the same, with your own family files.\n\nHow sure a fact is: `captured` (recorded from a device), `confirmed` (two \
         sources), `single` (one source), `assumed` (nobody has seen it). A write path that rests on an assumption is unproven \
         for a model and firmware until one device has taken a write and read it back equal: `scanfleet vendor verify DEVICE` \
         does that on purpose, and every run puts one such device first.\n\n",
    );
    text.push_str(&table(rows));
    for row in rows {
        let _ = write!(text, "\n## {}\n\n`{}`", row.title, row.family);
        if !row.extends.is_empty() {
            let _ = write!(text, ", which builds on `{}`", row.extends.join("`, `"));
        }
        let _ = write!(text, ".\n\n- Offers: {}.\n", row.sections());
        for (what, offer) in [
            ("Reading", &row.smtp_read),
            ("Writing", &row.smtp_write),
            ("Test mail", &row.test_mail),
            ("Reading the address book", &row.book_read),
            ("Writing the address book", &row.book_write),
        ] {
            if let Some(offer) = offer {
                let _ = writeln!(text, "- {what}: {}; {}.", offer.certainty.as_str(), offer.because);
            }
        }
        let _ = writeln!(text, "- Recognised by: {}.", row.recognised_by.join("; "));
        for caveat in &row.caveats {
            let _ = writeln!(text, "- {caveat}");
        }
    }
    text
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
