//! What every command prints and how it ends, compared with the files in `tests/cli/`.
//!
//! Each file is a session: command lines, exit codes, stdout and stderr. To write the files anew, run the test with
//! `BLESS=1` and read the difference. Addresses, ids and times are replaced by placeholders of the same width, so that
//! tables stay straight.

#[path = "cli/session.rs"]
mod session;

use std::fs;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use scanfleet_mocks::{DeviceSpec, Lab, LabSpec, Profile};
use session::Session;

const PLAYBOOK: &str = r#"name: move
plays:
  - smtp:
      server: smtp.office365.com
      port: 587
      security: starttls
      sender: scan@northshore.example
      auth: { user: scan@northshore.example, password: { secret: "file:secrets/m365-scan.txt" } }
"#;

const INVENTORY: &str = "devices:\n  - { name: ward-3, address: 192.0.2.1, vendor: ricoh, admin_secret: \"env:SCANFLEET_TEST_ADMIN\" }\n";

#[test]
fn help() {
    let mut session = Session::new();
    let mut paths = vec![Vec::new()];
    while let Some(path) = paths.pop() {
        let mut args: Vec<&str> = path.iter().map(String::as_str).collect();
        args.push("--help");
        session.run(&args);
        let mut command = scanfleet::cli::command();
        for name in &path {
            command = command.find_subcommand(name).unwrap().clone();
        }
        let below: Vec<_> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
        paths.extend(below.into_iter().rev().map(|name| {
            let mut deeper = path.clone();
            deeper.push(name);
            deeper
        }));
    }
    session.run(&["--version"]);
    session.compare("help");
}

#[test]
fn wrong_usage() {
    let mut session = Session::new();
    for args in [
        &[][..],
        &["bogus"],
        &["inventry"],
        &["probe", "--no-logn"],
        &["plan"],
        &["probe", "--parallel", "0"],
        &["show", "--format", "xml"],
        &["inventory", "import"],
        &["history", "last", "--verify"],
    ] {
        session.run(args);
    }
    session.compare("wrong_usage");
}

#[test]
fn workspaces_that_cannot_be_used() {
    let mut session = Session::new();
    session.write("playbook.yaml", PLAYBOOK);
    session.run(&["probe"]);
    session.run(&["plan", "playbook.yaml", "--format", "json"]);
    session.run(&["-w", "nowhere", "history"]);
    session.run(&["-w", "nowhere", "show", "ward-3"]);
    session.write("inventory.yaml", INVENTORY);
    session.write("inventory.csv", "address\n192.0.2.2\n");
    session.run(&["probe"]);
    session.run(&["inventory", "--inventory", "inventory.csv"]);
    session.run(&["--inventory", "missing.csv", "inventory"]);
    session.compare("workspaces");
}

#[test]
fn selections_that_mean_nothing() {
    let mut session = Session::new();
    session.write("inventory.yaml", INVENTORY);
    session.run(&["show", "wrd-3"]);
    session.run(&["inventory", "-t", "site=north"]);
    session.run(&["inventory", "-t", "vendor=xerox", "--format", "json"]);
    session.compare("selections");
}

/// One playbook for each kind of mistake; all of them, as the library tells them, stand in `tests/playbooks/invalid`.
#[test]
fn invalid_playbooks() {
    let mut session = Session::new();
    session.write("inventory.yaml", INVENTORY);
    session.run(&["plan", "missing.yaml"]);
    let invalid = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/playbooks/invalid");
    for case in [
        "unknown-key",
        "duplicate-key",
        "wrong-type-port",
        "undefined-variable",
        "secret-literal-password",
        "yaml-bomb",
        "empty",
        "not-utf8",
        "bad-indentation",
        "several-problems",
        "terminal-escapes",
        "very-long-line",
    ] {
        let file = format!("{case}.yaml");
        fs::copy(invalid.join(&file), session.path(&file)).unwrap();
        session.run(&["plan", &file]);
    }
    session.run(&["plan", "unknown-key.yaml", "--format", "json"]);
    session.run(&["--format", "json", "apply", "secret-literal-password.yaml", "--yes"]);
    session.compare("invalid_playbooks");
}

#[test]
fn secrets_are_missed_before_any_connection() {
    let mut session = Session::new();
    session.write("inventory.yaml", INVENTORY);
    session.write("playbook.yaml", PLAYBOOK);
    session.run(&["plan", "playbook.yaml"]);
    session.run(&["show", "ward-3", "--format", "json"]);
    session.env("SCANFLEET_TEST_ADMIN", "not-a-secret");
    session.run(&["plan", "playbook.yaml"]);
    session.run(&["apply", "playbook.yaml", "--yes", "--format", "json"]);
    session.compare("missing_secrets");
}

#[test]
fn nothing_done_yet() {
    let mut session = Session::new();
    session.write("inventory.yaml", INVENTORY);
    for command in [&["history"][..], &["snapshot"], &["snapshot", "list"], &["trust", "list"], &["trust"]] {
        for format in ["text", "json", "csv"] {
            session.run(&[command, &["--format", format]].concat());
        }
    }
    session.run(&["history", "last"]);
    session.run(&["snapshot", "show", "s1"]);
    session.run(&["rollback", "last", "--yes"]);
    session.run(&["restore", "s1", "--yes"]);
    session.run(&["diff", "s1", "s2"]);
    session.run(&["trust", "forget", "ward-3"]);
    session.run(&["trust", "accept", "ward-3"]);
    session.compare("nothing_done_yet");
}

#[test]
fn vendor_forms() {
    let mut session = Session::new();
    session.write(
        "page.html",
        "<form action='set.cgi' method=post><input type=hidden name=token value=1>\
         <table><tr><td>SMTP Server Name</td><td><input name=host value='mail.example'></td></tr></table>\
         <select name=ssl><option value=0>Off<option value=1 selected>On</select>\
         <input type=submit name=ok value=OK></form>",
    );
    session.run(&["vendor", "forms", "page.html"]);
    session.run(&["vendor", "forms", "page.html", "--base", "http://192.0.2.1/web/", "--submit", "ok"]);
    session.run(&["vendor", "forms", "page.html", "--submit", "cancel"]);
    session.run(&["vendor", "forms", "missing.html"]);
    session.run(&["vendor", "forms", "page.html", "--base", "nonsense"]);
    session.compare("vendor_forms");
}

#[test]
fn book_files() {
    let mut session = Session::new();
    session.write(
        "people.csv",
        "Anzeigename;E-Mail;Gruppe;Telefon\nLee, Ann;ann@example.test;Ward 3;17\n@home;h@example.test;;18\n",
    );
    session.run(&["book", "import", "people.csv", "-o", "list.csv"]);
    session.show("list.csv");
    for format in ["ricoh", "xerox-26", "xerox-28", "brother"] {
        let file = format!("{format}.csv");
        session.run(&["book", "export", "list.csv", "--as", format, "-o", &file]);
        session.run(&["book", "diff", "list.csv", &file]);
    }
    session.run(&["book", "import", "xerox-28.csv", "ricoh.csv", "--format", "json"]);
    session.write("other.csv", "name,email\nLee, Ann,annie@example.test\n");
    session.run(&["book", "diff", "list.csv", "other.csv"]);
    session.write("other.csv", "name,email\nAnnie Lee,ann@example.test\n");
    session.run(&["book", "diff", "list.csv", "other.csv"]);
    session.write("bad.csv", "name,email\nAnn,ann@exämple.test\nBob,=A1\n");
    session.run(&["book", "import", "bad.csv"]);
    session.run(&["book", "export", "list.csv", "--as", "canon"]);
    session.run(&["book", "export", "list.csv", "--as", "ricoh"]);
    session.run(&["book", "export", "missing.csv"]);
    session.run(&["book", "remove", "ann"]);
    session.compare("book_files");
}

#[test]
fn inventory() {
    let mut session = Session::new();
    session.write(
        "copiers.csv",
        "IP Address,Location,Model,Serial,Asset\n10.1.90.21,\"Ward 3, nurses\",MP C4504ex,C737M900210,=1+1\n\
         10.1.90.22,+SUM(A1),IM C3000,3110R930015,\n10.1.91.5,Reception,,,@home\n",
    );
    session.run(&["inventory", "import", "copiers.csv"]);
    session.run(&["inventory"]);
    session.run(&["inventory", "list", "--format", "csv"]);
    session.run(&["--format", "json", "inventory", "-t", "subnet=10.1.91.0/24"]);
    session.run(&["inventory", "subnets"]);
    session.run(&["inventory", "subnets", "--format", "csv"]);
    session.run(&["inventory", "subnets", "--format", "json"]);
    session.run(&["inventory", "import", "copiers.csv"]);
    session.run(&["inventory", "import", "copiers.csv", "-o", "taken.csv", "--format", "json"]);
    session.show("taken.csv");
    session.run(&["inventory", "import", "copiers.csv", "--force"]);
    session.run(&["inventory", "import", "missing.xlsx"]);
    session.write("twice.csv", "name,address\na,10.1.90.21\nb,10.1.90.21\n");
    session.run(&["inventory", "--inventory", "twice.csv"]);
    session.write("nothing.csv", "name,place\na,b\n");
    session.run(&["inventory", "--inventory", "nothing.csv", "--format", "json"]);
    session.compare("inventory");
}

/// Two healthy copiers, one with another administrator password, one that does not answer.
fn small_lab() -> LabSpec {
    let mut spec = LabSpec::of(4);
    for (device, (name, profile)) in spec.devices.iter_mut().zip([
        ("reception", "mp-c4504ex"),
        ("ward-3", "im-c4500"),
        ("kitchen", "mp-c3003"),
        ("archive", "mp-c3003"),
    ]) {
        let address = device.address;
        let (settings, subnet, serial) =
            (device.settings.clone(), device.subnet.clone(), device.serial.clone());
        *device = DeviceSpec::new(name, Profile::named(profile));
        (device.address, device.settings, device.subnet, device.serial) = (address, settings, subnet, serial);
    }
    spec.devices[2].inventory_password = Some("lab-wrong-not-a-secret".into());
    spec.devices[3].dead = true;
    spec
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_fleet() {
    let lab = Lab::start(small_lab()).await.unwrap();
    let mut session = Session::new();
    lab.write_workspace(&session.path(".")).unwrap();
    session.write("playbook.yaml", PLAYBOOK);
    let session = tokio::task::spawn_blocking(move || {
        // One device at a time, so that progress lines come in the inventory's order.
        let mut go = |args: &[&str]| session.run(&[args, &["--parallel", "1"]].concat());
        go(&["probe"]);
        go(&["show"]);
        go(&["show", "ward-3"]);
        go(&["show", "reception", "--section", "smtp", "--format", "json"]);
        go(&["-t", "kitchen,archive", "show"]);
        go(&["plan", "playbook.yaml"]);
        go(&["plan", "playbook.yaml", "-t", "reception ward-3", "-o", "plan.json", "--detailed-exitcode"]);
        go(&["plan", "playbook.yaml", "-t", "reception", "--format", "csv"]);
        go(&["apply", "playbook.yaml", "-t", "reception"]);
        go(&["apply", "plan.json", "--yes"]);
        go(&["apply", "playbook.yaml", "-y", "-t", "reception,ward-3", "--format", "json"]);
        go(&["history"]);
        go(&["history", "last"]);
        go(&["history", "--verify"]);
        go(&["snapshot", "-t", "ward-3"]);
        go(&["diff", "reception"]);
        go(&["diff", "reception", "ward-3", "--format", "json"]);
        go(&["trust", "list"]);
        go(&["history", "--format", "csv"]);
        let run = session.last_run();
        session.run(&["rollback", &run, "--yes", "--parallel", "1"]);
        session.run(&["rollback", &run, "--yes", "--parallel", "1"]);
        session
    })
    .await
    .unwrap();
    session.compare("small_fleet");
    lab.shutdown().await;
}

/// Every command line that people are told to type is one that the program takes.
#[test]
fn commands_in_documents_and_messages_are_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("README.md"), root.join("CONTRIBUTING.md"), root.join("mocks/README.md")];
    files.extend(below(&root.join("docs"), "md"));
    files.extend(below(&root.join("playbooks"), "yaml"));
    files.extend(below(&root.join("src"), "rs"));
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for line in commands(&text) {
            seen += 1;
            if let Err(why) = parses(&line) {
                wrong.push(format!("{}: `{line}`: {why}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 50, "only {seen} command lines were found");
}

/// Playbooks and inventories that documents show are ones that load.
#[test]
fn examples_in_documents_load() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = tempfile::tempdir().unwrap();
    let mut seen = 0;
    for file in ["README.md", "docs/guide.md"] {
        let text = fs::read_to_string(root.join(file)).unwrap();
        let mut blocks = text.split("```yaml\n").skip(1);
        for block in blocks.by_ref() {
            let block = block.split("```").next().unwrap().trim_end();
            let indent = block.len() - block.trim_start().len();
            let lines: Vec<&str> = block.lines().map(|line| line.get(indent..).unwrap_or_default()).collect();
            let path = dir.path().join("example.yaml");
            fs::write(&path, lines.join("\n")).unwrap();
            if block.contains("plays:") {
                scanfleet::playbook::Playbook::load(&path).unwrap();
            } else {
                scanfleet::inventory::Inventory::load(&path).unwrap();
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 5);
}

fn below(folder: &Path, suffix: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(below(&path, suffix));
        } else if path.extension().is_some_and(|s| s == suffix) {
            files.push(path);
        }
    }
    files
}

/// Command lines of a text: lines of fenced blocks, and what stands between back-ticks.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        let line = line.trim_start_matches(['#', ' ', '/', '!', '$', '*']).trim();
        if line.starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced && (line.starts_with("scanfleet ") || line.starts_with("cargo run ")) {
            found.push(line.to_owned());
            continue;
        }
        let inline = line.split('`').skip(1).step_by(2);
        found.extend(inline.filter(|code| code.starts_with("scanfleet ")).map(str::to_owned));
    }
    found
}

fn parses(line: &str) -> Result<(), String> {
    let code = line.split(" #").next().unwrap_or_default();
    let code = code.split(['|', '>', ';', '`']).next().unwrap_or_default();
    let mut words: Vec<String> = code.split_whitespace().map(str::to_owned).collect();
    if words[0] == "cargo" {
        match words.iter().position(|word| word == "--") {
            Some(end) if !words.contains(&"--example".to_owned()) => drop(words.drain(..end)),
            // `cargo run` of something else.
            _ => return Ok(()),
        }
    }
    words[0] = "scanfleet".into();
    if words.get(1).is_none_or(|word| word == "…" || word == "...") {
        return Ok(());
    }
    match scanfleet::cli::command().try_get_matches_from(&words) {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            // A command that is spoken of without its arguments.
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::MissingRequiredArgument
            | ErrorKind::MissingSubcommand
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Ok(()),
            _ => Err(error.to_string().lines().next().unwrap_or_default().to_owned()),
        },
    }
}
