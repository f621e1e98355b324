//! The address books of the lab's machines; see `profile.rs` for what of them is known.

use super::profile::{
    BookCharset, BookColumn, BookDelete, BookExport, BookPage, BrotherBook, BrotherGroups, BrotherTransfer,
    EntryFields, GroupMembers, ImportAnswer,
};
use crate::book::BookLimits;

fn limits(entries: u32, groups: usize) -> BookLimits {
    let users = usize::try_from(entries).unwrap_or_default();
    BookLimits { users, groups, user_codes: 0, numbers: entries, own_group_numbers: true }
}

fn page(path: &str, page_id: u32, number: &str) -> BookPage {
    BookPage { path: path.into(), page_id, number: number.into() }
}

fn kinds(email: &str, fax: &str, network: &str) -> [String; 3] {
    [email.into(), fax.into(), network.into()]
}

fn columns(names: &[(BookColumn, &str)]) -> Vec<(BookColumn, String)> {
    names.iter().map(|(column, name)| (*column, (*name).to_owned())).collect()
}

fn group_columns(number: &str, name: &str, members: &str) -> [String; 3] {
    [number.into(), name.into(), members.into()]
}

/// Every number in the list, boxes that delete after a question, an import that never tells.
pub(in crate::brother) fn l8900() -> BrotherBook {
    BrotherBook {
        per_page: 50,
        all_numbers: true,
        number: ("#".into(), 3),
        entry: page("/address/speeddial_edit.html", 22, "no"),
        fields: EntryFields {
            name: 0xc01,
            kind: 0xc02,
            kinds: kinds("2", "0", "5"),
            address: 0xc03,
            fax: None,
        },
        delete: BookDelete::Boxes { first: 0xd01, control: "speeddial_delete".into(), asks: true },
        groups: Some(BrotherGroups {
            list: ("/address/group.html".into(), 23),
            page: page("/address/group_edit.html", 24, "no"),
            name: 0xe81,
            members: GroupMembers::Boxes(0xe91),
            control: "group_delete".into(),
        }),
        transfer: Some(BrotherTransfer {
            export: ("/address/export.html".into(), 27),
            way: BookExport::Post,
            import: ("/address/import.html".into(), 26),
            choice: (0xfd1, "1".into(), "2".into()),
            file: 0xfd5,
            charset: BookCharset::Utf8,
            delimiter: ',',
            quoted: true,
            columns: columns(&[
                (BookColumn::Number, "No."),
                (BookColumn::Name, "Name"),
                (BookColumn::Kind, "Type"),
                (BookColumn::Address, "Fax No./E-mail Address"),
            ]),
            group_columns: group_columns("Group No.", "Group Name", "Members"),
            replaces: false,
            answer: ImportAnswer::WaitsOnly,
        }),
        limits: limits(300, 20),
        name_max: 20,
        address_max: 60,
    }
}

/// Small: no groups, short names, links to the files, a button that deletes at once.
pub(in crate::brother) fn l2740() -> BrotherBook {
    BrotherBook {
        per_page: 20,
        number: (String::new(), 3),
        entry: page("/address/onedial.html", 17, "dial"),
        fields: EntryFields {
            name: 0x301,
            kind: 0x303,
            kinds: kinds("mail", "fax", "net"),
            address: 0x302,
            fax: None,
        },
        delete: BookDelete::Button { control: "clear_entry".into(), asks: false },
        groups: None,
        transfer: Some(BrotherTransfer {
            export: ("/address/export_data.html".into(), 19),
            way: BookExport::Links("/address/speeddial.csv".into(), "/address/group.csv".into()),
            import: ("/address/import_data.html".into(), 18),
            choice: (0x331, "dial".into(), "group".into()),
            file: 0x332,
            charset: BookCharset::Latin1,
            delimiter: ';',
            quoted: false,
            columns: columns(&[
                (BookColumn::Number, "Speed Dial"),
                (BookColumn::Name, "Name"),
                (BookColumn::Address, "Number"),
            ]),
            group_columns: group_columns("Group", "Name", "Speed Dials"),
            replaces: false,
            answer: ImportAnswer::Tells,
        }),
        limits: limits(200, 0),
        name_max: 20,
        ..l8900()
    }
}

/// Spanish: only numbers that are taken, boxes that delete at once, members as a text, neither import nor export.
pub(in crate::brother) fn l2750() -> BrotherBook {
    BrotherBook {
        per_page: 25,
        all_numbers: false,
        number: (String::new(), 1),
        entry: page("/address/addr_entry.html", 20, "idx"),
        fields: EntryFields {
            name: 0x711,
            kind: 0x710,
            kinds: kinds("E", "F", "N"),
            address: 0x715,
            fax: Some(0x713),
        },
        delete: BookDelete::Boxes { first: 0x741, control: "addr_process".into(), asks: false },
        groups: Some(BrotherGroups {
            list: ("/address/addr_groups.html".into(), 21),
            page: page("/address/addr_group.html", 22, "idx"),
            name: 0x821,
            members: GroupMembers::Text(0x822),
            control: "group_process".into(),
        }),
        transfer: None,
        limits: limits(200, 8),
        name_max: 22,
        ..l8900()
    }
}

/// Generation C2: only numbers that are taken, a button that asks first, UTF-16 files, an import that waits and tells.
pub(in crate::brother) fn l8390() -> BrotherBook {
    BrotherBook {
        per_page: 100,
        all_numbers: false,
        number: (String::new(), 4),
        entry: page("/address/edit.html", 34, "id"),
        fields: EntryFields {
            name: 0x1201,
            kind: 0x1204,
            kinds: kinds("email", "fax", "folder"),
            address: 0x1202,
            fax: Some(0x1203),
        },
        delete: BookDelete::Button { control: "addressbook_delete_process".into(), asks: true },
        groups: Some(BrotherGroups {
            list: ("/address/groups.html".into(), 35),
            page: page("/address/group.html", 36, "id"),
            name: 0x1240,
            members: GroupMembers::Boxes(0x1251),
            control: "group_delete_process".into(),
        }),
        transfer: Some(BrotherTransfer {
            export: ("/address/export_file.html".into(), 38),
            way: BookExport::Post,
            import: ("/address/import_file.html".into(), 37),
            choice: (0x1401, "addressbook".into(), "group".into()),
            file: 0x1403,
            charset: BookCharset::Utf16,
            delimiter: '\t',
            quoted: false,
            columns: columns(&[
                (BookColumn::Number, "ID"),
                (BookColumn::Name, "Display Name"),
                (BookColumn::Email, "E-mail Address"),
                (BookColumn::Fax, "Fax Number"),
            ]),
            group_columns: group_columns("Group ID", "Group Name", "IDs"),
            replaces: false,
            answer: ImportAnswer::WaitsThenTells(2),
        }),
        limits: limits(300, 20),
        name_max: 30,
        ..l8900()
    }
}
