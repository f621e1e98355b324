//! How one generation of Brother machines keeps its address book, as data.
//!
//! Known: the list's address with `start` and `pageid`, the tab that leads there, the names of the submenu's entries and
//! that address book and groups are files of their own (from guides), about 300 entries and 20 groups on the larger
//! models. Everything else is INVENTED and differs from profile to profile.

use crate::book::{BookEntry, BookLimits};

/// The address book of one generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrotherBook {
    /// How many rows one page of the list has.
    pub per_page: u32,
    /// Whether the list has a row for every number, whose number is a link; otherwise it has those that are taken, whose
    /// name is a link, and a link to the lowest free one.
    pub all_numbers: bool,
    /// How numbers are written: what stands before them, and with how many digits.
    pub number: (String, usize),
    /// The page of one entry.
    pub entry: BookPage,
    /// Its fields.
    pub fields: EntryFields,
    /// How entries are deleted.
    pub delete: BookDelete,
    /// Groups, where there are any.
    pub groups: Option<BrotherGroups>,
    /// Import and export, where there are any.
    pub transfer: Option<BrotherTransfer>,
    /// How much it takes.
    pub limits: BookLimits,
    /// The longest name, in characters.
    pub name_max: usize,
    /// The longest e-mail address, in characters.
    pub address_max: usize,
}

/// A page that takes a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookPage {
    /// The path.
    pub path: String,
    /// Its `pageid`.
    pub page_id: u32,
    /// The parameter with the number, and the hidden field of that name.
    pub number: String,
}

/// Numbers of the fields of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFields {
    /// The name.
    pub name: u32,
    /// The kind: a select.
    pub kind: u32,
    /// What the kinds are on the wire: e-mail, fax, network folder.
    pub kinds: [String; 3],
    /// The e-mail address, or whatever the kind says.
    pub address: u32,
    /// A field of its own for the fax number.
    pub fax: Option<u32>,
}

/// How entries are deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BookDelete {
    /// By boxes in the list; the box of number 1 has this number, the next ones follow.
    Boxes {
        /// The number of the first box.
        first: u32,
        /// The hidden field that makes the post a deletion.
        control: String,
        /// Whether a question comes first.
        asks: bool,
    },
    /// By a button on the entry's page.
    Button {
        /// The hidden field that makes the post a deletion.
        control: String,
        /// Whether a question comes first.
        asks: bool,
    },
}

/// Groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrotherGroups {
    /// "Setup Groups": path and `pageid`.
    pub list: (String, u32),
    /// The page of one group.
    pub page: BookPage,
    /// The name's field.
    pub name: u32,
    /// The members.
    pub members: GroupMembers,
    /// The hidden field that makes a post of the group's page a deletion.
    pub control: String,
}

/// How a group's page holds its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupMembers {
    /// A box for each entry; that of entry 1 has this number, the next ones follow.
    Boxes(u32),
    /// A text of numbers with commas between.
    Text(u32),
}

/// Import and export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrotherTransfer {
    /// "Export": path and `pageid`.
    pub export: (String, u32),
    /// How the files are asked for.
    pub way: BookExport,
    /// "Import": path and `pageid`.
    pub import: (String, u32),
    /// The choice between the two files there: the field's number, values of address book and groups.
    pub choice: (u32, String, String),
    /// The number of the file input.
    pub file: u32,
    /// The files' charset.
    pub charset: BookCharset,
    /// What stands between two cells.
    pub delimiter: char,
    /// Whether each cell stands in quotes with a comma at the line's end, as in `mnt_info.csv`.
    pub quoted: bool,
    /// The headings of the address book's file.
    pub columns: Vec<(BookColumn, String)>,
    /// The headings of the groups' file: number, name, members.
    pub group_columns: [String; 3],
    /// Whether an import takes away what the file does not have. Off in every profile.
    pub replaces: bool,
    /// What an import answers.
    pub answer: ImportAnswer,
}

/// How the files are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BookExport {
    /// By links to these files: address book and groups.
    Links(String, String),
    /// By a post of the page with the same choice as the import's.
    Post,
}

/// A column of the address book's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookColumn {
    /// The number.
    Number,
    /// The name.
    Name,
    /// The kind, in the values of the entry's page.
    Kind,
    /// Fax number or e-mail address.
    Address,
    /// The e-mail address.
    Email,
    /// The fax number.
    Fax,
}

/// The charset of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookCharset {
    /// UTF-8 with a byte-order mark.
    Utf8,
    /// iso-8859-1; what it does not have is a question mark.
    Latin1,
    /// UTF-16, little end first, with a byte-order mark.
    Utf16,
}

/// What an import answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportAnswer {
    /// What came of it.
    Tells,
    /// "Please wait", whatever comes of it, and nothing else ever. Known of certificates.
    WaitsOnly,
    /// "Please wait" so many times, then what came of it.
    WaitsThenTells(u32),
}

impl BrotherBook {
    /// Takes out what such a machine has no place for: an entry is an address, a fax number or a folder.
    pub(crate) fn fit(&self, entry: &mut BookEntry) {
        entry.titles = [0; 3];
        entry.last_used = 0;
        (entry.sender, entry.frequent) = (false, false);
        entry.hidden.clear();
        for text in [&mut entry.key_display, &mut entry.reading, &mut entry.user_code] {
            text.clear();
        }
        for text in [&mut entry.first_name, &mut entry.last_name, &mut entry.company] {
            text.clear();
        }
        if !entry.email.is_empty() {
            entry.folder = None;
            if self.fields.fax.is_none() {
                entry.fax.clear();
            }
        }
    }
}
