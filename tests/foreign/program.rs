//! A workspace in a directory of its own, and the program run in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use serde_json::Value;

use super::{ADMIN, Copier, MAIL};

pub struct Workspace {
    pub dir: tempfile::TempDir,
    columns: Vec<(String, String)>,
}

#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|e| panic!("stdout is not JSON ({e})\n{}\n{}", self.stdout, self.stderr))
    }

    /// Demands an exit code.
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

impl Workspace {
    pub fn of(copier: &Copier) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let user = copier.get().profile.admin.0.to_owned();
        let secret = format!("file:{}", dir.path().join("admin.txt").display());
        let workspace = Self {
            columns: [
                ("name", "mfp-1"),
                ("address", &copier.url()),
                ("vendor", "ricoh"),
                ("admin_user", &user),
                ("admin_secret", &secret),
            ]
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .to_vec(),
            dir,
        };
        std::fs::write(workspace.path("admin.txt"), format!("{ADMIN}\n")).unwrap();
        std::fs::write(workspace.path("mail.txt"), MAIL).unwrap();
        std::fs::write(
            workspace.path("playbook.yaml"),
            format!(
                "name: to the cloud\nplays:\n  - name: all\n    smtp:\n      server: smtp.office365.com\n      port: 587\n      security: starttls\n      sender: scan@clinic.example\n      auth: {{ user: scan@clinic.example, password: {{ secret: 'file:{}' }} }}\n",
                workspace.path("mail.txt").display()
            ),
        )
        .unwrap();
        workspace.inventory();
        workspace
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Puts a value in the inventory.
    pub fn set(&mut self, column: &str, value: &str) {
        self.columns.retain(|(n, _)| n != column);
        self.columns.push((column.to_owned(), value.to_owned()));
        self.inventory();
    }

    fn inventory(&self) {
        let line = |pick: fn(&(String, String)) -> &String| {
            self.columns.iter().map(|c| format!("\"{}\"", pick(c))).collect::<Vec<_>>().join(",")
        };
        let text = format!("{}\n{}\n", line(|c| &c.0), line(|c| &c.1));
        std::fs::write(self.path("inventory.csv"), text).unwrap();
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_scanfleet"))
            .args(arguments)
            .arg("-w")
            .arg(self.dir.path())
            .arg("-vvv")
            .arg("--save-transcript")
            .arg(self.path("transcripts"))
            .current_dir(self.dir.path())
            .env_remove("RUST_LOG")
            .env("HOME", self.dir.path())
            .env("XDG_DATA_HOME", self.path("data"))
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let ran = Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        for (name, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
            leaks(name, text.as_bytes());
            assert!(
                !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r')),
                "{name} holds control characters: {text:?}"
            );
        }
        ran
    }

    /// Runs a command and gives its JSON.
    pub fn json(&self, arguments: &[&str], code: i32) -> Value {
        let mut all = arguments.to_vec();
        all.extend(["--format", "json"]);
        self.run(&all).exits(code).json()
    }

    /// Looks for the passwords in everything the program has written.
    pub fn search(&self) {
        let mut files = 0;
        for part in [".scanfleet", "transcripts", "data"] {
            files += search(&self.path(part));
        }
        assert!(files > 1, "there is a journal and a transcript");
    }
}

fn search(path: &Path) -> usize {
    if path.is_file() {
        leaks(&path.display().to_string(), &std::fs::read(path).unwrap());
        return 1;
    }
    let Ok(entries) = std::fs::read_dir(path) else { return 0 };
    entries.map(|entry| search(&entry.unwrap().path())).sum()
}

/// No password, however it is written, stands in these bytes.
fn leaks(place: &str, bytes: &[u8]) {
    for secret in [ADMIN, MAIL] {
        let base64 = base64::engine::general_purpose::STANDARD.encode(secret);
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let percent = encoded(secret).replace('+', "%20");
        let forms = [
            secret.to_owned(),
            encoded(secret),
            percent,
            encoded(&base64),
            serde_json::to_string(secret).unwrap().trim_matches('"').to_owned(),
            super::device::esc(secret),
            base64,
        ];
        for form in forms {
            assert!(!bytes.windows(form.len()).any(|w| w == form.as_bytes()), "{place} holds {form}");
        }
    }
}
