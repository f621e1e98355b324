//! A workspace in a directory of its own, and the program run in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use serde_json::Value;

/// What the inventory of a workspace says of its one copier, and the passwords no file may hold.
pub struct Setup<'a> {
    pub vendor: &'a str,
    pub url: &'a str,
    /// Some makers have no user name.
    pub admin_user: Option<&'a str>,
    /// `None`: the inventory has no password either.
    pub admin: Option<&'a str>,
    pub mail: &'a str,
}

pub struct Workspace {
    pub dir: tempfile::TempDir,
    columns: Vec<(String, String)>,
    /// Looked for in everything the program writes.
    secrets: Vec<String>,
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
    pub fn new(setup: &Setup<'_>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str| format!("file:{}", dir.path().join(name).display());
        let mut columns: Vec<(String, String)> =
            [("name", "mfp-1"), ("address", setup.url), ("vendor", setup.vendor)]
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .to_vec();
        if let Some(user) = setup.admin_user {
            columns.push(("admin_user".into(), user.into()));
        }
        if let Some(password) = setup.admin {
            columns.push(("admin_secret".into(), file("admin.txt")));
            std::fs::write(dir.path().join("admin.txt"), format!("{password}\n")).unwrap();
        }
        std::fs::write(dir.path().join("mail.txt"), setup.mail).unwrap();
        std::fs::write(
            dir.path().join("playbook.yaml"),
            format!(
                "name: to the cloud\nplays:\n  - name: all\n    smtp:\n      server: smtp.office365.com\n      port: 587\n      security: starttls\n      sender: scan@clinic.example\n      auth: {{ user: scan@clinic.example, password: {{ secret: '{}' }} }}\n",
                file("mail.txt")
            ),
        )
        .unwrap();
        let secrets = setup.admin.into_iter().chain([setup.mail]).map(str::to_owned).collect();
        let workspace = Self { dir, columns, secrets };
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
            self.leaks(name, text.as_bytes());
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
            files += self.walk(&self.path(part));
        }
        assert!(files > 1, "there is a journal and a transcript");
    }

    fn walk(&self, path: &Path) -> usize {
        if path.is_file() {
            self.leaks(&path.display().to_string(), &std::fs::read(path).unwrap());
            return 1;
        }
        let Ok(entries) = std::fs::read_dir(path) else { return 0 };
        entries.map(|entry| self.walk(&entry.unwrap().path())).sum()
    }

    /// No password, however it is written, stands in these bytes.
    fn leaks(&self, place: &str, bytes: &[u8]) {
        for secret in &self.secrets {
            let base64 = base64::engine::general_purpose::STANDARD.encode(secret);
            let encoded = |bytes: &[u8]| form_urlencoded::byte_serialize(bytes).collect::<String>();
            let percent = encoded(secret.as_bytes()).replace('+', "%20");
            let western = encoding_rs::WINDOWS_1252.encode(secret).0;
            let forms = [
                secret.as_bytes().to_vec(),
                encoded(secret.as_bytes()).into_bytes(),
                percent.into_bytes(),
                encoded(&western).into_bytes(),
                western.into_owned(),
                encoded(base64.as_bytes()).into_bytes(),
                serde_json::to_string(secret).unwrap().trim_matches('"').as_bytes().to_vec(),
                escaped(secret).into_bytes(),
                base64.into_bytes(),
            ];
            for form in forms {
                assert!(
                    !bytes.windows(form.len()).any(|w| w == form),
                    "{place} holds {}",
                    String::from_utf8_lossy(&form)
                );
            }
        }
    }
}

/// Text made safe for HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
