//! What differs between two generations of address books, as data.

use std::time::Duration;

use crate::book::BookEntry;

/// The address book's pages.
///
/// Columns, text tables, counters, ways to delete and lengths follow the evidence; what a profile shows beyond what
/// was captured of its generation is INVENTED and said so at the field.
#[derive(Debug, Clone)]
pub struct AddressPages {
    /// The columns of the list, in order. Their order in `aficio-mp-301` is INVENTED.
    pub columns: Vec<Column>,
    /// Which scripts, forms and ways to delete it has.
    pub generation: BookGeneration,
    /// How many entries one call of the list's data brings.
    pub batch: Batch,
    /// How the list page tells how many entries there are.
    pub counters: Counters,
    /// Whether the answer to a save ends with the number of user codes.
    pub user_code_count: bool,
    /// The longest folder path, in characters.
    pub folder_path: usize,
    /// Whether the forms have the field for the reading of a name.
    pub reading: bool,
    /// Whether folders may be reached by NCP.
    pub ncp: bool,
    /// Whether the copier has a fax.
    pub fax: bool,
    /// Whether it prints in colour.
    pub colour: bool,
    /// Whether the full form is refused (`BADFLOW`) until the list's data was read as far as the entry. Reported by
    /// one source.
    pub batches_first: bool,
    /// How long an edit that nobody goes on with holds the book. INVENTED.
    pub idle: Duration,
    /// The name of the field with a group's members. INVENTED, and different in each profile.
    pub members: String,
}

/// A column of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The machine's own number of the entry.
    EntryId,
    /// Nothing, where the older generation has its radio button.
    Blank,
    /// 1 for a user, 2 for a group.
    Type,
    /// The registration number, five digits.
    Index,
    /// The name.
    Name,
    /// Whether it is among the frequent ones, as a place in the table of texts.
    Frequent,
    /// Title 1, as text.
    Title1,
    /// Title 2, as text.
    Title2,
    /// Title 3, as text.
    Title3,
    /// The user code.
    UserCode,
    /// When it was last used: seconds, `#`, text.
    LastUsed,
    /// The fax number.
    Fax,
    /// The e-mail address.
    Mail,
    /// The folder: a path, or the name of an FTP server.
    Folder,
}

/// Which scripts, forms and ways to delete a copier has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookGeneration {
    /// 11 texts, one entry selected at a time, deleted by its registration number after a question.
    Older,
    /// 14 texts, entries selected by boxes, deleted by their own numbers.
    Newer,
}

/// How many entries one call of the list's data brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// As many as were asked for, at most 200.
    AsAsked,
    /// Always so many, whatever was asked for; the batches are then counted in these. Some firmware is said to give
    /// 10; how it counts its batches is INVENTED.
    Always(usize),
}

/// How the list page tells how many entries there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counters {
    /// Script variables.
    Variables,
    /// Spans with the numbers only.
    Spans,
    /// Spans with the numbers and their limits, user codes too.
    SpansWithLimits,
}

impl AddressPages {
    /// The older generation, layout A with eleven columns.
    pub fn older() -> Self {
        use Column::*;
        Self {
            columns: vec![Blank, Type, Index, Name, Frequent, Title1, Title2, Title3, UserCode, Mail, Folder],
            generation: BookGeneration::Older,
            batch: Batch::AsAsked,
            counters: Counters::Variables,
            user_code_count: false,
            folder_path: 128,
            reading: false,
            ncp: true,
            fax: false,
            colour: false,
            batches_first: false,
            idle: Duration::from_secs(15 * 60),
            members: "groupMemberIn".to_owned(),
        }
    }

    /// The newer generation, layout B with eight columns.
    pub fn newer() -> Self {
        use Column::*;
        Self {
            columns: vec![EntryId, Type, Index, Name, UserCode, LastUsed, Mail, Folder],
            generation: BookGeneration::Newer,
            batch: Batch::AsAsked,
            counters: Counters::SpansWithLimits,
            user_code_count: true,
            folder_path: 256,
            reading: false,
            ncp: false,
            fax: false,
            colour: true,
            batches_first: false,
            idle: Duration::from_secs(15 * 60),
            members: "memberIndexIn".to_owned(),
        }
    }

    /// Takes from a ready-made entry what these forms have no field for, and gives some what only the full form shows.
    pub(crate) fn fit(&self, entry: &mut BookEntry) {
        if !self.fax {
            entry.fax.clear();
        }
        if !self.reading {
            entry.reading.clear();
        }
        if self.is_newer() && entry.number.is_multiple_of(23) {
            entry.hidden.insert("priorityIn".to_owned(), "3".to_owned());
        }
        if !entry.user_code.is_empty() {
            let functions = if self.colour { "COPY_BW,SCAN" } else { "COPY,SCAN" };
            entry.hidden.insert("availableFuncIn".to_owned(), functions.to_owned());
        }
        if entry.number.is_multiple_of(37) {
            entry.hidden.insert("protectedUseIn".to_owned(), "PROTECT_FOLDER_O".to_owned());
        }
    }

    /// Whether it is the newer generation.
    pub(crate) fn is_newer(&self) -> bool {
        self.generation == BookGeneration::Newer
    }

    /// The ids of the texts in `g_textResArray`, in order.
    pub(crate) fn text_table(&self) -> Vec<&'static str> {
        let mut ids = vec!["FREQ_OFF_LB", "FREQ_ON_LB", "LOCK_UNLOCK_OFF", "LOCK_UNLOCK_ON"];
        if self.is_newer() {
            ids.extend(["NO_INTRODUCE_G", "OUT_EXPIRED_INTRODUCE_G", "INTRODUCE_G"]);
        }
        ids.extend([
            "INDEX_E",
            "PWD_POLICY_E",
            "ACCOUNTPWD_E",
            "USERCODE_E",
            "USERNAME_E",
            "TAGSET_E",
            "NGPARAM_WIZARD_E",
        ]);
        ids
    }

    /// The number that a step answers for one of the texts; the number of texts means success.
    pub(crate) fn code(&self, id: &str) -> usize {
        let ids = self.text_table();
        ids.iter().position(|known| *known == id).unwrap_or(ids.len())
    }
}
