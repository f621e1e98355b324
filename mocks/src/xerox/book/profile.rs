//! How one generation of Xerox devices shows, exports and imports its address book, as data.
//!
//! Known: `/addressbook/viewContact.php` and its `contactId`, `/addressbook/exportAddressBook.php`, the columns, the
//! steps of import and export by their words, that row 1 holds the headings. Everything else here is INVENTED and
//! differs from profile to profile.

use crate::book::BookLimits;

/// The address book of one generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XeroxBook {
    /// Whether a visitor may look at contacts (`authentication.webUIAddressBookUserAccess`).
    pub open_to_visitors: bool,
    /// Whether only an administrator may change the book, and see the pages that do
    /// (`addressBookPolicies.contactEditable = adminOnly`).
    pub admin_only: bool,
    /// How many contacts one page of the list shows. How real lists are paged is not known.
    pub per_page: usize,
    /// Where the pages for export and import are linked: path and words of the page in between. Without one, the list
    /// links them itself.
    pub management: Option<(String, String)>,
    /// Whether the site index links them too.
    pub in_site_index: bool,
    /// How many contacts and groups there may be. INVENTED; no limit is known.
    pub limits: BookLimits,
    /// The longest display name, in characters. INVENTED; no limit is known.
    pub name_max: usize,
    /// The export.
    pub export: XeroxExport,
    /// The import.
    pub import: XeroxImport,
    /// Pages that add, change and delete one contact, where there are any.
    pub contacts: Option<ContactPages>,
}

/// The export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XeroxExport {
    /// The page with its choices.
    pub page: String,
    /// The words of the link to it.
    pub link: String,
    /// How the file is asked for.
    pub way: ExportWay,
    /// Where the file is.
    pub file: String,
    /// Whether a visitor gets the file too, as was seen of old WorkCentres.
    pub open: bool,
    /// The name of the choice of a delimiter.
    pub delimiter: String,
    /// The name of the box "Export in Legacy Mode".
    pub legacy: String,
    /// The words on the button.
    pub button: String,
    /// The columns.
    pub columns: XeroxColumns,
    /// Which cells stand in quotes.
    pub quotes: XeroxQuotes,
}

/// Which cells of an export stand in quotes. Known of the VersaLink; INVENTED of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XeroxQuotes {
    /// All, headings too.
    All,
    /// All but headings, numbers and empty cells.
    Texts,
    /// Those that need them.
    Needed,
}

/// How an export is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportWay {
    /// By a form that gets the file.
    Get,
    /// By a post of this function; the page that follows, at this address, links the file.
    Prepared(String, String),
}

/// Which columns there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XeroxColumns {
    /// The 26 of WorkCentre and AltaLink.
    TwentySix,
    /// The 28 of VersaLink; UTF-8 with a byte-order mark.
    TwentyEight,
}

/// The import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XeroxImport {
    /// The page with the file input.
    pub page: String,
    /// The words of the link to it.
    pub link: String,
    /// The function of "Upload File" on `/upload/xerox.set`, and the page that follows.
    pub upload: (String, String),
    /// The name of the file input.
    pub file: String,
    /// The name of "Record Delimiter".
    pub delimiter: String,
    /// The choices of a delimiter, there and in the export: value, words, sign.
    pub delimiters: Vec<(String, String, char)>,
    /// The box "Remove brackets from the beginning and end of text fields": name and value.
    pub brackets: (String, String),
    /// The radio buttons "Add new contacts to existing…" and "Replace existing…": name and the two values.
    pub mode: (String, String, String),
    /// Which of them is chosen at first.
    pub replace_first: bool,
    /// Whether delimiter, box and radio buttons are posted with "Import" rather than with "Upload File".
    pub choices_with_import: bool,
    /// The function of "Import", and the page that follows.
    pub start: (String, String),
    /// The function of "Import Address Book", and the page that follows.
    pub finish: (String, String),
    /// What the selects of the mapping page are called; the place of the column follows.
    pub mapping: String,
    /// Whether the mapping page is left out when all headings are the device's own.
    pub skips_mapping: bool,
    /// How often "in progress" is said after "Import Address Book" before the result.
    pub waits: u32,
    /// What becomes of a contact that is there already.
    pub again: OnAgain,
    /// What becomes of a file with rows that the device does not take.
    pub bad_rows: BadRows,
}

/// What an import that adds does with a contact whose e-mail address (or, without one, whose name) is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnAgain {
    /// It is there twice.
    Duplicate,
    /// The one that is there takes the file's values.
    Update,
}

/// What becomes of a file with rows that the device does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadRows {
    /// Nothing is imported.
    Refuse,
    /// The other rows are imported, these are named.
    Skip,
}

/// Pages that add, change and delete one contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactPages {
    /// The page with the form; `contactId=new` for a new one.
    pub page: String,
    /// The words of the link that leads to a new one.
    pub add: String,
    /// The function that stores.
    pub save: String,
    /// The function that deletes.
    pub delete: String,
    /// The names of the fields.
    pub fields: ContactFields,
}

/// The names of the fields of one contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactFields {
    /// The id, or `new`.
    pub id: String,
    /// The display name.
    pub display: String,
    /// The first name.
    pub first: String,
    /// The last name.
    pub last: String,
    /// The company.
    pub company: String,
    /// The e-mail address.
    pub email: String,
    /// The box of an e-mail favourite.
    pub favorite: String,
    /// The fax number.
    pub fax: String,
    /// The boxes of the groups; each holds a group's id.
    pub groups: String,
}
