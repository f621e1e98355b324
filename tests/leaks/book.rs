//! Passwords of folders, in address books and in the makers' own files of them.

use scanfleet_mocks::{BookEntry, DeviceSpec, MakerProfile};

use super::*;

const FOLDER: &str = "földer+\"'<geheim>&%=/\\ 7";
const IN_A_FILE: &str = "scän&Login<\"pass'%2B/=> 9";

const PEOPLE: &str = "name: people\nplays: [{ address_book: { from: contacts.csv } }]\n";
const EXACT: &str = "name: exact\nplays: [{ address_book: { mode: exact, from: contacts.csv } }]\n";

/// A copier whose address book leads to folders, one of them beside an address.
async fn with_folders(profile: &str) -> Bench {
    let mut spec = LabSpec::single(profile);
    spec.devices[0].admin_password = ADMIN.into();
    spec.devices[0].book = DeviceSpec::new("copier", MakerProfile::named(profile)).with_book(12).book;
    let bench = Bench::of(spec).await;
    bench.copier().panel_book(|book| {
        for (name, email) in [("Scans", ""), ("Ward", "ward@northshore.example")] {
            let folder = BookEntry::folder(name, r"\\files\scans", "scanner", FOLDER);
            // Some have no folders beside an address, and Brother none at all.
            let _ = book.add(BookEntry { email: email.into(), ..folder });
        }
    });
    bench.write("people.yaml", PEOPLE);
    bench.write("exact.yaml", EXACT);
    bench.write(
        "contacts.csv",
        "name,email\nWard Three,ward@northshore.example\nNew,new@northshore.example\n",
    );
    bench
}

/// How many entries hold the planted password.
fn holding(bench: &Bench) -> usize {
    let copier = bench.copier();
    let book = copier.book();
    let holds = |id: u64| copier.folder_password_is(id, FOLDER).unwrap_or_default();
    book.entries().iter().filter(|entry| holds(entry.id)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_of_folders_stay_in_the_copier() {
    let needles = Needles::of(&[ADMIN, FOLDER]);
    for profile in ["mp-c3003", "im-c4500", "altalink-c8155", "workcentre-7835", "mfc-l8900cdw"] {
        let bench = with_folders(profile).await;
        let planted = holding(&bench);
        assert!(planted > 0, "{profile} holds no folder");
        let verbose = ["-vvv", "--save-transcript", "talk"];
        let mut wrote = 0;
        for args in [
            &["show", "copier", "--section", "address_book", "--format", "json"][..],
            &["book", "export", "copier", "-o", "before.csv"],
            &["book", "export", "copier", "--as", "ricoh", "-o", "ricoh.csv"],
            &["book", "export", "copier", "--as", "xerox-28", "-o", "xerox.csv"],
            &["snapshot", "take", "copier", "--format", "json"],
            &["plan", "people.yaml", "-o", "plan.json", "--yes-lose-passwords", "--format", "json"],
            &["apply", "people.yaml", "--yes", "--format", "json"],
            &["apply", "people.yaml", "--yes", "--yes-lose-passwords"],
            &["book", "who", "ward@northshore.example", "--format", "json"],
            &["book", "diff", "s2", "copier", "--format", "json"],
            &["apply", "exact.yaml", "--yes", "--yes-lose-passwords", "--format", "json"],
            &["book", "remove", "ward@northshore.example", "--yes", "--yes-lose-passwords"],
            &["rollback", "last", "--yes", "--yes-lose-passwords", "--format", "json"],
            &["snapshot", "show", "last", "--format", "json"],
            &["history", "last", "--format", "json"],
        ] {
            let mut line = verbose.to_vec();
            line.extend(args);
            let before = bench.copier().state().book_writes;
            // Whether a copier takes it or refuses it: neither spreads a password.
            let ran = bench.run(&line).await;
            assert_ne!(ran.code, Some(1), "{profile}: {}", ran.err);
            assert_ne!(ran.code, Some(2), "{profile}: {}", ran.err);
            needles.absent_in(&ran);
            wrote += usize::from(bench.copier().state().book_writes > before);
        }
        assert!(wrote >= 1, "{profile}: nothing was written, so nothing was looked at");
        assert!(needles.absent_in_files(&bench.workspace().join("talk")) > 0);
        // The journal, its write-ahead log beside it, and every file that came of it.
        assert!(needles.absent_in_files(&bench.state_dir()) > 1);
        for file in ["plan.json", "before.csv", "ricoh.csv", "xerox.csv"] {
            if let Ok(bytes) = std::fs::read(bench.workspace().join(file)) {
                needles.absent(file, &bytes);
            }
        }
        bench.assert_nobody_logged_in();
        bench.lab.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_in_the_makers_own_files_stay_in_them() {
    let needles = Needles::of(&[IN_A_FILE]);
    let bench = with_folders("altalink-c8155").await;
    let cell = format!("\"{}\"", IN_A_FILE.replace('"', "\"\""));
    let xerox = format!(
        "\u{feff}\"FriendlyName\",\"E-mail\",\"Scan_SMB\",\"ScanLoginName\",\"ScanLoginPassword\"\r\n\
         \"Ann\",\"ann@northshore.example\",\"\\\\files\\scans\",\"scanner\",{cell}\r\n\
         \"Ann\",\"no address\",\"\",\"\",{cell}\r\n"
    );
    let ricoh = format!(
        "# Format Version: 5.1.1.0\n# Generated at: 2026-01-01\n# Function Name: User Data Preference\n# Template Name: null\n\
         # Description: null\n# Authentication Method (0=none or user code/1=others): 0\n\
         \"Index in ACLs and Groups\",\"Name\",\"Registration No.\",\"Entry Type\",\"E-mail Address\",\"Folder Authentication Login Password\",\"Device Login Password\"\n\
         \"[1]\",\"[Ann]\",\"[1]\",\"[U]\",\"[ann@northshore.example]\",\"[{0}]\",\"[{0}]\"\n",
        IN_A_FILE.replace('"', "\"\"")
    );
    let plain = format!("name,email,password\nAnn,ann@northshore.example,{cell}\n");
    for (name, text) in [("xerox.csv", xerox), ("ricoh.csv", ricoh), ("plain.csv", plain)] {
        bench.write(name, &text);
        let playbook = PEOPLE.replace("contacts.csv", name);
        bench.write("file.yaml", &playbook);
        for args in [
            &["book", "import", name][..],
            &["book", "import", name, "--format", "json"],
            &["book", "import", name, "-o", "list.csv"],
            &["book", "export", name],
            &["book", "export", name, "--as", "ricoh"],
            &["book", "export", name, "--as", "xerox-26"],
            &["book", "diff", name, "copier", "--format", "json"],
            &["plan", "file.yaml", "-o", "plan.json", "--format", "json"],
        ] {
            let mut line = vec!["-vvv"];
            line.extend(args);
            let ran = bench.run(&line).await;
            assert_ne!(ran.code, Some(1), "{}", ran.err);
            needles.absent_in(&ran);
        }
        for file in ["list.csv", "plan.json"] {
            if let Ok(bytes) = std::fs::read(bench.workspace().join(file)) {
                needles.absent(file, &bytes);
            }
        }
    }
    needles.absent_in_files(&bench.state_dir());
}
