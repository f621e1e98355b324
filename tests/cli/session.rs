//! Runs commands in a directory of their own and keeps what they print.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Commands run one after the other in one directory.
pub struct Session {
    dir: tempfile::TempDir,
    env: BTreeMap<String, String>,
    text: String,
    seen: Seen,
}

impl Session {
    pub fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            env: BTreeMap::new(),
            text: String::new(),
            seen: Seen::default(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn env(&mut self, name: &str, value: &str) {
        self.env.insert(name.into(), value.into());
    }

    /// Runs a command and adds what came of it to the session.
    pub fn run(&mut self, args: &[&str]) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scanfleet"));
        command.args(args).current_dir(self.dir.path()).stdin(Stdio::null()).env_clear();
        // Windows programs cannot start without these.
        for name in ["SystemRoot", "PATH", "TEMP", "TMP"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.env("COLUMNS", "100").env("HOME", self.dir.path()).env("USER", "tester").envs(&self.env);
        let output = command.output().unwrap();
        let _ = writeln!(self.text, "$ scanfleet {}", shown(args));
        let code = output.status.code().map_or("none".into(), |code| code.to_string());
        let _ = writeln!(self.text, "exit {code}");
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert!(!text.contains("not-a-secret"), "a password was printed by {args:?}:\n{text}");
            assert!(!text.contains('\u{1b}'), "an escape was printed where there is no terminal:\n{text}");
            self.add(name, &text);
        }
        self.text.push('\n');
    }

    /// Adds a file to the session.
    pub fn show(&mut self, name: &str) {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        self.add(name, &text);
        self.text.push('\n');
    }

    fn add(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let _ = writeln!(self.text, "--- {name}");
        let text =
            text.replace(&*self.dir.path().to_string_lossy(), "DIR").replace("scanfleet.exe", "scanfleet");
        self.text.push_str(&self.seen.redact(&text));
        if !text.ends_with('\n') {
            self.text.push_str("(no line end)\n");
        }
    }

    /// The id of the run that was seen first, as the program printed it.
    pub fn last_run(&self) -> String {
        let run = self.seen.runs.first().expect("a run was seen");
        run.clone()
    }

    /// Compares the session with its file, or writes it anew.
    pub fn compare(&self, name: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli").join(name).with_extension("txt");
        let text = self.seen.name_runs(&self.text);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, text).unwrap();
            return;
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        if text != expected {
            let difference = similar::TextDiff::from_lines(&expected, &text);
            let difference =
                difference.unified_diff().context_radius(4).header("expected", "printed").to_string();
            panic!(
                "{} differs; `BLESS=1 cargo test --test cli` takes it over:\n{difference}",
                path.display()
            );
        }
    }
}

/// A command line as a person would type it.
fn shown(args: &[&str]) -> String {
    let quoted = |arg: &&str| if arg.contains(' ') { format!("'{arg}'") } else { (*arg).to_owned() };
    args.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// What differs from run to run, by kind.
#[derive(Default)]
struct Seen {
    runs: Vec<String>,
}

impl Seen {
    /// Replaces ports, fingerprints and times by placeholders of the same width, and takes note of ids of runs.
    fn redact(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = ' ';
        while let Some(c) = rest.chars().next() {
            let fresh = !before.is_ascii_alphanumeric();
            let (taken, shown) = if let Some(id) = uuid(rest).filter(|_| fresh) {
                if !self.runs.iter().any(|known| known == id) {
                    self.runs.push(id.to_owned());
                }
                (id.len(), id.to_owned())
            } else if let Some(length) = time(rest).filter(|_| fresh) {
                (length, "2026-01-01T00:00:00Z"[..length.min(20)].to_owned())
            } else if let Some(length) = hex(rest).filter(|_| fresh) {
                (length, "f".repeat(length))
            } else if let Some(length) = date(rest).filter(|_| fresh) {
                (length, "Jan  1 00:00:00 2036 GMT".to_owned())
            } else if let Some(length) = rest.strip_prefix("port ").and_then(|_| port(&rest[4..], ' ')) {
                (length + 4, "port PPPPP".to_owned())
            } else if let Some(length) = port(rest, ':').filter(|_| ends_with_loopback(&out)) {
                // Ports of the lab have five digits or four; the width of a column must not depend on it.
                (length, ":PPPPP".to_owned())
            } else {
                (c.len_utf8(), c.to_string())
            };
            out.push_str(&shown);
            before = shown.chars().next_back().unwrap_or(' ');
            rest = &rest[taken..];
        }
        out
    }

    /// Ids of runs in the order they were seen, in full and shortened.
    fn name_runs(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (number, id) in self.runs.iter().enumerate() {
            let name = format!("{:08}-run{}", number + 1, &id[12..].replace(|c: char| c != '-', "0"));
            text = text.replace(id.as_str(), &name).replace(&id[..13], &name[..13]);
        }
        text
    }
}

fn uuid(text: &str) -> Option<&str> {
    let id = text.get(..36)?;
    let fits = id.char_indices().all(|(at, c)| match at {
        8 | 13 | 18 | 23 => c == '-',
        _ => matches!(c, '0'..='9' | 'a'..='f'),
    });
    fits.then_some(id)
}

/// `2026-11-21T21:33:26Z`, with or without parts of a second.
fn time(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let shape = b"dddd-dd-ddTdd:dd:dd";
    let fits = bytes.len() > shape.len()
        && shape.iter().zip(bytes).all(|(s, b)| if *s == b'd' { b.is_ascii_digit() } else { s == b });
    let end = bytes.iter().position(|b| *b == b'Z')?;
    (fits && bytes.get(shape.len()..end)?.iter().all(|b| b.is_ascii_digit() || *b == b'.')).then_some(end + 1)
}

/// Fingerprints, whole or shortened.
fn hex(text: &str) -> Option<usize> {
    let length = text.bytes().take_while(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')).count();
    let shortened = length == 16 && text[length..].starts_with('…');
    (length == 64 || shortened).then_some(length)
}

/// `Nov 18 21:42:00 2036 GMT`.
fn date(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (text.get(20..24) == Some(" GMT") && bytes[9] == b':' && bytes[12] == b':').then_some(24)
}

fn ends_with_loopback(text: &str) -> bool {
    let start = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    text[start..].starts_with("127.")
}

fn port(text: &str, before: char) -> Option<usize> {
    let digits = text.strip_prefix(before)?.bytes().take_while(u8::is_ascii_digit).count();
    (digits == 5).then_some(digits + 1)
}
