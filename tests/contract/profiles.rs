//! What a profile of the lab can hold, and the same device with every name, id and address changed that may change.

use scanfleet_mocks::{
    BrotherProfile, BrotherRow, Item, MakerProfile, Profile, Row, Stars, TestMail, XeroxBook, XeroxProfile,
};
use scanfleet_mocks::{SmtpField, XeroxUi};
use scanfleet_sdk::contract::{BookOffers, Offers, Profile as Listed, Standing};
use scanfleet_sdk::{AuthMethod, Security, Support};

/// Every profile of every maker.
pub fn all() -> Vec<Listed> {
    Profile::NAMES
        .iter()
        .chain(&XeroxProfile::NAMES)
        .chain(&BrotherProfile::NAMES)
        .map(|name| listed(&MakerProfile::named(name)))
        .collect()
}

fn listed(profile: &MakerProfile) -> Listed {
    let refused =
        |names: &[&str]| Standing::Refused { names: names.iter().map(|n| (*n).to_owned()).collect() };
    let standing = match profile.name() {
        "versalink-c405" => refused(&["C405", "VersaLink"]),
        "xerox-b235" => refused(&["B235", "Lexmark"]),
        "ads-3350w" => refused(&["ADS-3350W"]),
        _ => Standing::Driven,
    };
    let offers = match profile {
        MakerProfile::Ricoh(_) => Offers {
            security: vec![(Security::None, 25), (Security::Starttls, 587), (Security::Tls, 465)],
            methods: vec![AuthMethod::None, AuthMethod::Password, AuthMethod::PopBeforeSmtp],
            auth_sender: true,
            test_mail: Support::No("Web Image Monitor has no such button".into()),
            loses_password: None,
            book: Ok(BookOffers {
                by_entry: true,
                users: 2000,
                groups: true,
                folders: true,
                keys: true,
                favourites: true,
                letters: "Çéü ñ",
            }),
        },
        MakerProfile::Xerox(profile) => xerox(profile),
        MakerProfile::Brother(profile) => brother(profile),
    };
    Listed { name: profile.name().to_owned(), maker: profile.vendor().to_owned(), standing, offers }
}

/// The lab's word for a kind of security, with its usual port.
pub const SECURITY: [(Security, &str, u16); 4] = [
    (Security::None, "none", 25),
    (Security::StarttlsIfOffered, "starttls_if_offered", 587),
    (Security::Starttls, "starttls", 587),
    (Security::Tls, "tls", 465),
];

fn offered(words: &[&str]) -> Vec<(Security, u16)> {
    let known = SECURITY.iter().filter(|(_, word, _)| words.contains(word));
    known.map(|(security, _, port)| (*security, *port)).collect()
}

fn xerox(profile: &XeroxProfile) -> Offers {
    let words: Vec<&str> = profile
        .smtp
        .wire
        .iter()
        .filter(|(item, ..)| *item == Item::SmtpSecurity)
        .map(|(_, word, _)| *word)
        .collect();
    Offers {
        security: offered(&words),
        methods: vec![AuthMethod::None, AuthMethod::Password],
        auth_sender: false,
        test_mail: match profile.smtp.test {
            Some(_) => Support::Yes(()),
            None => Support::No("the page has no test".into()),
        },
        loses_password: None,
        book: Ok(BookOffers {
            by_entry: profile.book.contacts.is_some(),
            users: profile.book.limits.users,
            groups: true,
            folders: true,
            keys: false,
            favourites: true,
            letters: "Çéü 漢字",
        }),
    }
}

fn brother(profile: &BrotherProfile) -> Offers {
    let words = |wanted: Item| -> Vec<&str> {
        let rows = profile.rows.iter().filter_map(move |row| match row {
            BrotherRow::Choice { item, options, .. } if *item == wanted => Some(options),
            _ => None,
        });
        rows.flatten().map(|option| option.word.as_str()).collect()
    };
    let mut methods = vec![AuthMethod::None, AuthMethod::Password];
    if words(Item::SmtpAuth).contains(&"pop_before_smtp") {
        methods.push(AuthMethod::PopBeforeSmtp);
    }
    Offers {
        security: offered(&words(Item::SmtpSecurity)),
        methods,
        auth_sender: false,
        test_mail: match profile.test_mail {
            TestMail::Absent => Support::No("the page has no test".into()),
            TestMail::SecondStep { .. } => Support::Yes(()),
        },
        loses_password: (profile.stars != Stars::Keep).then(|| {
            "the page shows a stored password as `***`, and this firmware takes those for the new one".into()
        }),
        book: Ok(BookOffers {
            by_entry: true,
            users: profile.book.limits.users,
            groups: profile.book.limits.groups > 0,
            folders: false,
            keys: false,
            favourites: false,
            letters: "Çéü",
        }),
    }
}

/// Changes every name, id and address that is not a fact of the maker's firmware.
pub fn rename(profile: &mut MakerProfile) {
    match profile {
        MakerProfile::Ricoh(profile) => rename_ricoh(profile),
        MakerProfile::Xerox(profile) => rename_xerox(profile),
        MakerProfile::Brother(profile) => rename_brother(profile),
    }
}

fn rename_ricoh(profile: &mut Profile) {
    let email = &mut profile.email;
    email.page = "websys/other/postOut.cgi".into();
    email.save = "websys/other/postOutTake.cgi".into();
    email.password = "websys/elsewhere/wordAsk.cgi".into();
    email.password_save = "websys/elsewhere/wordTake.cgi".into();
    for (number, row) in email.rows.iter_mut().enumerate() {
        match row {
            Row::Field(_, name) => *name = format!("zq{number}v"),
            Row::Password(_, function) => *function = format!("ask{number}w"),
            Row::Heading(_) => {}
        }
    }
    let address = &mut profile.address;
    address.members = "zqWho".into();
    // What stands where is told by the page.
    address.columns.swap(1, 3);
    let last = address.columns.len() - 1;
    address.columns.swap(2, last);
}

fn rename_xerox(profile: &mut XeroxProfile) {
    if profile.ui != XeroxUi::Php {
        return;
    }
    profile.door.logout = "/properties/authentication/leaving.php?who=me".into();
    rename_xerox_book(&mut profile.book);
    let smtp = &mut profile.smtp;
    smtp.page = "/mailroom/outgoing.php?view=7".into();
    smtp.ids = "q9_".into();
    smtp.save_box = ("keepThisOne".into(), "Y".into());
    smtp.retype = smtp.retype.as_ref().map(|_| "secondTime".into());
    smtp.fields.insert(0, SmtpField::Hidden("extra".into(), "1".into()));
    smtp.fields.rotate_left(4);
    if let Some(test) = &mut smtp.test {
        test.to_field = "whoGetsIt".into();
        test.next_page = if test.ajax { smtp.page.clone() } else { "/mailroom/outcome.php".into() };
    }
}

fn rename_xerox_book(book: &mut XeroxBook) {
    book.export.page = "/people/takeaway.php?pane=2".into();
    book.export.file = "/people/everybody.csv".into();
    book.export.delimiter = "zqCut".into();
    book.export.legacy = "zqOld".into();
    let import = &mut book.import;
    import.page = "/people/bring.php?pane=3".into();
    import.file = "zqPaper".into();
    import.delimiter = "zqCutIn".into();
    import.brackets = ("zqBrackets".into(), "7".into());
    import.mode = ("zqHow".into(), "q1".into(), "q2".into());
    import.upload.0 = "HTTP_Zq_Bring_fn".into();
    import.start.0 = "HTTP_Zq_Begin_fn".into();
    import.finish.0 = "HTTP_Zq_Done_fn".into();
    import.mapping = "zqMap".into();
    if let Some(contacts) = &mut book.contacts {
        contacts.page = "/people/one.php".into();
        contacts.save = "HTTP_Zq_One_fn".into();
        contacts.delete = "HTTP_Zq_Gone_fn".into();
        contacts.fields.display = "zqShown".into();
        contacts.fields.email = "zqMail".into();
    }
}

fn rename_brother(profile: &mut BrotherProfile) {
    profile.paths.smtp = "/net/mail/outgoing.html".into();
    profile.paths.http = "/net/net/webserver.html".into();
    let pages = &mut profile.page_ids;
    for id in [
        &mut pages.password,
        &mut pages.information,
        &mut pages.network,
        &mut pages.protocol,
        &mut pages.smtp,
        &mut pages.http,
        &mut pages.address,
        &mut pages.reset,
    ] {
        *id += 1000;
    }
    let fields = &mut profile.field_ids;
    for id in [&mut fields.login, &mut fields.protocol, &mut fields.http, &mut fields.test_address] {
        *id += 0x2000;
    }
    for row in &mut profile.rows {
        match row {
            BrotherRow::Text { id, .. } | BrotherRow::Choice { id, .. } | BrotherRow::Switch { id, .. } => {
                *id += 0x2000;
            }
            BrotherRow::Password { id, again, .. } => {
                *id += 0x2000;
                if let Some((again, _)) = again {
                    *again += 0x2000;
                }
            }
            BrotherRow::Heading(_) => {}
        }
    }
    if let TestMail::SecondStep { control, .. } = &mut profile.test_mail {
        *control = "another_step".into();
    }
    profile.paths.address = "/people/everybody.html".into();
    let book = &mut profile.book;
    book.entry.path = "/people/one.html".into();
    book.entry.page_id += 1000;
    book.entry.number = "which".into();
    book.fields.name += 0x2000;
    book.fields.kind += 0x2000;
    book.fields.address += 0x2000;
    if let Some(groups) = &mut book.groups {
        groups.list.0 = "/people/teams.html".into();
        groups.list.1 += 1000;
        groups.page.path = "/people/team.html".into();
        groups.page.page_id += 1000;
        groups.page.number = "team".into();
        groups.name += 0x2000;
        groups.control = "what_to_do".into();
    }
}
