//! The program as its users run it.

use std::process::Stdio;

use serde_json::Value;
use tokio::process::{Child, Command};

use super::Bench;

/// What a finished run of the program left.
#[derive(Debug)]
pub struct Ran {
    pub args: String,
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Fails unless the program ended with this exit code.
    #[track_caller]
    pub fn code(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "scanfleet {}\n--- stdout\n{}\n--- stderr\n{}",
            self.args,
            self.out,
            self.err
        );
        self
    }

    /// stdout as one JSON document.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| {
            panic!("scanfleet {}: {error}\n--- stdout\n{}\n--- stderr\n{}", self.args, self.out, self.err)
        })
    }

    /// stdout as rows of CSV, the head first.
    #[track_caller]
    pub fn csv(&self) -> Vec<Vec<String>> {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(false).from_reader(self.out.as_bytes());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }
}

impl Bench {
    /// The program in this workspace, without a keyring and without anything of this machine's user.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scanfleet"));
        command
            .current_dir(self.workspace())
            .env("HOME", self.path("home"))
            .env("XDG_DATA_HOME", self.path("home/data"))
            .env("XDG_CONFIG_HOME", self.path("home/config"))
            .env("HOSTNAME", "bench")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("COLUMNS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .args(args);
        command
    }

    /// Runs the program to its end.
    pub async fn run(&self, args: &[&str]) -> Ran {
        finish(args, self.command(args).spawn().unwrap()).await
    }

    /// Runs the program with `--format json` and gives what it printed.
    #[track_caller]
    pub fn json(&self, args: &[&str], code: i32) -> impl Future<Output = Value> {
        let mut all = vec!["--format", "json"];
        all.extend(args);
        let all: Vec<String> = all.into_iter().map(str::to_owned).collect();
        async move {
            let args: Vec<&str> = all.iter().map(String::as_str).collect();
            self.run(&args).await.code(code).json()
        }
    }
}

/// Waits for a child and takes what it printed.
pub async fn finish(args: &[&str], child: Child) -> Ran {
    let output = child.wait_with_output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran {
        args: args.join(" "),
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// Sends a signal to a child by its id.
pub fn signal(child: &Child, name: &str) {
    let id = child.id().expect("the child is running").to_string();
    let sent = std::process::Command::new("kill").args(["-s", name, &id]).status().unwrap();
    assert!(sent.success());
}
