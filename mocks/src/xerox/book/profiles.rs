//! The address books of the lab's devices; see `profile.rs` for what of them is known.

use super::profile::{
    BadRows, ContactFields, ContactPages, ExportWay, OnAgain, XeroxBook, XeroxColumns, XeroxExport,
    XeroxImport, XeroxQuotes,
};
use crate::book::BookLimits;

fn limits(users: usize, groups: usize) -> BookLimits {
    BookLimits { users, groups, user_codes: 0, ..BookLimits::default() }
}

fn delimiters(values: [&str; 3]) -> Vec<(String, String, char)> {
    let words = [("Comma (,)", ','), ("Semicolon (;)", ';'), ("Tab", '\t')];
    let each = values.iter().zip(words).map(|(value, (words, sign))| ((*value).into(), words.into(), sign));
    each.collect()
}

fn pair(first: &str, second: &str) -> (String, String) {
    (first.into(), second.into())
}

/// AltaLink: pages between, an export that is prepared first, single contacts, an import that takes its time.
pub(in crate::xerox) fn altalink() -> XeroxBook {
    XeroxBook {
        open_to_visitors: true,
        admin_only: true,
        per_page: 50,
        management: Some(pair("/addressbook/management.php", "Management")),
        in_site_index: false,
        limits: limits(5000, 200),
        name_max: 64,
        export: XeroxExport {
            page: "/addressbook/exportSetup.php".into(),
            link: "Export".into(),
            way: ExportWay::Prepared(
                "HTTP_Export_Address_Book_fn".into(),
                "/addressbook/exportReady.php".into(),
            ),
            file: "/addressbook/download_csv.php".into(),
            open: false,
            delimiter: "exportDelimiter".into(),
            legacy: "legacyMode".into(),
            button: "Export".into(),
            columns: XeroxColumns::TwentySix,
            quotes: XeroxQuotes::All,
        },
        import: XeroxImport {
            page: "/addressbook/importFile.php".into(),
            link: "Import From File".into(),
            upload: pair("HTTP_Upload_Address_Book_fn", "/addressbook/importUploaded.php"),
            file: "_adm_AB".into(),
            delimiter: "recordDelimiter".into(),
            delimiters: delimiters(["44", "59", "9"]),
            brackets: pair("removeBrackets", "TRUE"),
            mode: ("importMode".into(), "add".into(), "replace".into()),
            replace_first: false,
            choices_with_import: false,
            start: pair("HTTP_Parse_Address_Book_fn", "/addressbook/importMapping.php"),
            finish: pair("HTTP_Import_Address_Book_fn", "/addressbook/importStatus.php"),
            mapping: "map_".into(),
            skips_mapping: true,
            waits: 2,
            again: OnAgain::Duplicate,
            bad_rows: BadRows::Refuse,
        },
        contacts: Some(ContactPages {
            page: "/addressbook/editContact.php".into(),
            add: "Add New Contact".into(),
            save: "HTTP_Set_Contact_fn".into(),
            delete: "HTTP_Delete_Contact_fn".into(),
            fields: ContactFields {
                id: "contactId".into(),
                display: "displayName".into(),
                first: "firstName".into(),
                last: "lastName".into(),
                company: "companyName".into(),
                email: "emailAddress".into(),
                favorite: "emailFavorite".into(),
                fax: "faxNumber".into(),
                groups: "memberOf".into(),
            },
        }),
    }
}

/// WorkCentre with ConnectKey: contacts behind the log-in, choices beside "Import", no single contacts.
pub(in crate::xerox) fn workcentre() -> XeroxBook {
    XeroxBook {
        open_to_visitors: false,
        admin_only: true,
        per_page: 20,
        management: Some(pair("/addressbook/manageBook.php?from=ab", "Address Book Management")),
        in_site_index: true,
        limits: limits(2000, 100),
        name_max: 40,
        export: XeroxExport {
            page: "/addressbook/exportOptions.php".into(),
            link: "Export Address Book".into(),
            way: ExportWay::Get,
            file: "/addressbook/exportAddressBook.php".into(),
            open: false,
            delimiter: "delimiter".into(),
            legacy: "legacy".into(),
            button: "Export".into(),
            columns: XeroxColumns::TwentySix,
            quotes: XeroxQuotes::All,
        },
        import: XeroxImport {
            page: "/addressbook/importAddressBook.php".into(),
            link: "Import Address Book from File".into(),
            upload: pair("HTTP_File_Upload_fn", "/addressbook/importOptions.php"),
            file: "importFile".into(),
            delimiter: "importDelimiter".into(),
            delimiters: delimiters(["comma", "semicolon", "tab"]),
            brackets: pair("brackets", "on"),
            mode: ("existing".into(), "1".into(), "2".into()),
            replace_first: false,
            choices_with_import: true,
            start: pair("HTTP_AB_Import_Start_fn", "/addressbook/importMap.php"),
            finish: pair("HTTP_AB_Import_fn", "/addressbook/importDone.php"),
            mapping: "heading".into(),
            skips_mapping: true,
            waits: 0,
            again: OnAgain::Update,
            bad_rows: BadRows::Refuse,
        },
        contacts: None,
    }
}

/// An old WorkCentre: the export is open to everybody, the mapping page always comes, the page has "Replace" chosen,
/// rows that are not taken are left out.
pub(in crate::xerox) fn old_workcentre() -> XeroxBook {
    let newer = workcentre();
    XeroxBook {
        open_to_visitors: true,
        admin_only: true,
        per_page: 10,
        management: None,
        in_site_index: false,
        limits: limits(1000, 50),
        name_max: 32,
        export: XeroxExport {
            page: "/addressbook/export.php".into(),
            link: "Export...".into(),
            open: true,
            delimiter: "delim".into(),
            legacy: "chkLegacy".into(),
            button: "Download".into(),
            quotes: XeroxQuotes::Needed,
            ..newer.export
        },
        import: XeroxImport {
            page: "/addressbook/import.php".into(),
            link: "Import...".into(),
            upload: pair("HTTP_AddressBook_Upload_fn", "/addressbook/import2.php"),
            file: "csvFile".into(),
            delimiter: "delim".into(),
            delimiters: delimiters([",", ";", "t"]),
            brackets: pair("chkBrackets", "1"),
            mode: ("rdoImport".into(), "append".into(), "overwrite".into()),
            replace_first: true,
            choices_with_import: false,
            start: pair("HTTP_AddressBook_Headings_fn", "/addressbook/import3.php"),
            finish: pair("HTTP_AddressBook_Import_fn", "/addressbook/import4.php"),
            mapping: "sel".into(),
            skips_mapping: false,
            bad_rows: BadRows::Skip,
            again: OnAgain::Duplicate,
            ..newer.import
        },
        contacts: None,
    }
}

/// VersaLink of 2023 and later: the columns of its elder sister, an import that takes its time.
pub(in crate::xerox) fn versalink() -> XeroxBook {
    let altalink = altalink();
    XeroxBook {
        per_page: 25,
        management: Some(pair("/addressbook/index.php?view=manage", "Manage Address Book")),
        in_site_index: true,
        limits: limits(2000, 100),
        name_max: 48,
        export: XeroxExport {
            page: "/addressbook/exportToFile.php".into(),
            link: "Export to File".into(),
            way: ExportWay::Get,
            // Named by one untrusted source.
            file: "/addressbook/exportAddressBookToFile.php".into(),
            delimiter: "fileDelimiter".into(),
            legacy: "exportLegacy".into(),
            columns: XeroxColumns::TwentyEight,
            quotes: XeroxQuotes::Texts,
            ..altalink.export
        },
        import: XeroxImport {
            page: "/addressbook/importFromFile.php".into(),
            link: "Import from File".into(),
            upload: pair("HTTP_AB_Upload_fn", "/addressbook/importFromFile2.php"),
            file: "fileToUpload".into(),
            delimiter: "fieldDelimiter".into(),
            delimiters: delimiters(["0", "1", "2"]),
            brackets: pair("stripBrackets", "yes"),
            mode: ("bookMode".into(), "ADD_NEW".into(), "REPLACE_ALL".into()),
            start: pair("HTTP_AB_Read_fn", "/addressbook/importFromFile3.php"),
            finish: pair("HTTP_AB_Write_fn", "/addressbook/importProgress.php"),
            mapping: "col".into(),
            waits: 3,
            again: OnAgain::Update,
            ..altalink.import
        },
        contacts: None,
        ..altalink
    }
}
