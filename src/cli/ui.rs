//! The one way to the terminal: stdout is data, stderr is for people.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicatif::ProgressBar;
use scanfleet_sdk::error::clean;
use serde::Serialize;
use serde_json::json;

use super::args::{Format, Global};
use super::error::CliError;
use super::render::wrap;
use super::table;

/// How wide text is where no terminal says otherwise.
const PLAIN_WIDTH: u16 = 110;

/// Where a command prints.
#[derive(Debug, Clone)]
pub(super) struct Ui {
    /// How answers are printed.
    pub format: Format,
    verbose: u8,
    color: bool,
    err_color: bool,
    width: u16,
    /// Whether a table did not fit; shared by all copies.
    shortened: Arc<AtomicBool>,
    /// The bar that is on the terminal now; shared by all copies.
    bar: Arc<Mutex<Option<ProgressBar>>>,
}

impl Ui {
    pub(super) fn new(global: &Global) -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse::<u16>().ok()).filter(|c| *c >= 40);
        let width = columns.unwrap_or_else(|| {
            if std::io::stdout().is_terminal() {
                console::Term::stdout().size().1.max(40)
            } else {
                PLAIN_WIDTH
            }
        });
        Self {
            format: global.format,
            verbose: global.verbose,
            color: wanted && std::io::stdout().is_terminal(),
            err_color: wanted && std::io::stderr().is_terminal(),
            width,
            shortened: Arc::default(),
            bar: Arc::default(),
        }
    }

    /// Starts the log on stderr; only this program's own words, whatever `RUST_LOG` says of others.
    pub(super) fn start_log(&self) {
        let level = match self.verbose {
            0 => "warn",
            1 => "info",
            2 => "debug",
            _ => "trace",
        };
        let filter = ["scanfleet", "scanfleet_sdk", "scanfleet_ricoh", "scanfleet_mocks"]
            .map(|name| format!("{name}={level}"))
            .join(",");
        let filter = tracing_subscriber::EnvFilter::new(format!("off,{filter}"));
        // A second start (several commands in one process, as in tests) keeps the first log.
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(self.err_color)
            .without_time()
            .with_target(false)
            .try_init();
    }

    /// Whether a person is reading and answering.
    pub(super) fn is_interactive(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Whether progress bars make sense.
    pub(super) fn bars(&self) -> bool {
        std::io::stderr().is_terminal() && self.verbose == 0
    }

    /// The width of text on stdout.
    pub(super) fn width(&self) -> usize {
        usize::from(self.width)
    }

    /// Says something to a person on stderr.
    pub(super) fn say(&self, text: impl AsRef<str>) {
        let mut text = text.as_ref().to_owned();
        // Pictures have lines of their own; a sentence is broken where a person reads it.
        if !text.contains('\n') && std::io::stderr().is_terminal() {
            text = wrap(&text, self.width()).join("\n");
        }
        let bar = self.bar().clone();
        // Nobody is left to hear it where stderr is closed.
        let write = || drop(writeln!(std::io::stderr().lock(), "{text}"));
        match bar {
            Some(bar) if !bar.is_finished() => bar.suspend(write),
            _ => write(),
        }
    }

    /// Takes note of a bar that is on the terminal from now on.
    pub(super) fn shows(&self, bar: &ProgressBar) {
        *self.bar() = Some(bar.clone());
    }

    fn bar(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prints a line of the answer on stdout.
    pub(super) fn out(&self, text: impl AsRef<str>) -> Result<(), CliError> {
        // The answer comes when the work is done, or was given up.
        if let Some(bar) = self.bar().take() {
            bar.finish_and_clear();
        }
        match writeln!(std::io::stdout().lock(), "{}", text.as_ref()) {
            // `scanfleet … | head` closes the pipe on purpose.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            other => Ok(other?),
        }
    }

    /// Prints the answer as one JSON document.
    pub(super) fn json(&self, answer: &impl Serialize) -> Result<(), CliError> {
        let text = serde_json::to_string_pretty(answer).map_err(|e| CliError::bug(e.to_string()))?;
        self.out(text)
    }

    /// Prints rows as CSV; cells that a spreadsheet would take for a formula are made inert.
    pub(super) fn csv(&self, head: &[&str], rows: &[Vec<String>]) -> Result<(), CliError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let broken = |e: csv::Error| CliError::bug(e.to_string());
        writer.write_record(head).map_err(broken)?;
        for row in rows {
            writer.write_record(row.iter().map(|cell| inert(cell))).map_err(broken)?;
        }
        let bytes = writer.into_inner().map_err(|e| CliError::bug(e.to_string()))?;
        self.out(String::from_utf8_lossy(&bytes).trim_end())
    }

    /// Prints rows as a table. On a terminal it is no wider than that: the columns named in `expendable` go first, then
    /// the widest are shortened. Elsewhere nothing is left out.
    pub(super) fn table(
        &self,
        head: &[&str],
        rows: &[Vec<String>],
        expendable: &[&str],
    ) -> Result<(), CliError> {
        self.lay_out(head, rows, expendable, std::io::stdout().is_terminal().then(|| self.width()))
    }

    /// Prints rows as a table whose values matter to the last letter.
    pub(super) fn whole_table(&self, head: &[&str], rows: &[Vec<String>]) -> Result<(), CliError> {
        self.lay_out(head, rows, &[], None)
    }

    fn lay_out(
        &self,
        head: &[&str],
        rows: &[Vec<String>],
        expendable: &[&str],
        width: Option<usize>,
    ) -> Result<(), CliError> {
        if rows.is_empty() {
            return Ok(());
        }
        let laid = table::lay(head, rows, expendable, width);
        if laid.shortened {
            self.shortened.store(true, Ordering::Relaxed);
        }
        self.out(laid.lines.join("\n"))
    }

    /// Says at the end where a table was too wide for the terminal.
    pub(super) fn farewell(&self) {
        if self.shortened.load(Ordering::Relaxed) {
            self.say("Some columns did not fit; a wider terminal shows more, and `--format csv` shows all.");
        }
    }

    /// A word in colour where stdout is a terminal.
    pub(super) fn paint(&self, text: &str, style: Style) -> String {
        if self.color { style.on(text) } else { text.to_owned() }
    }

    /// Tells a person why a command ended, and says it in JSON too where JSON was asked for.
    pub(super) fn error(&self, error: &CliError) {
        match &error.file {
            Some(file) => self.say(file.render(self.err_color, self.width())),
            None => {
                let word = if self.err_color { Style::Bad.on("Error") } else { "Error".into() };
                self.say(format!("{word}: {}", error.message));
            }
        }
        for hint in &error.hints {
            self.say(format!("Hint: {hint}"));
        }
        if self.format == Format::Json {
            let answer = json!({"error": {"exit_code": error.exit.code(), "message": error.message, "hints": error.hints}});
            let _ = self.json(&answer);
        }
    }
}

/// Colours by meaning.
#[derive(Debug, Clone, Copy)]
pub(super) enum Style {
    /// Done well.
    Good,
    /// To be looked at.
    Warn,
    /// Failed.
    Bad,
    /// Less important.
    Dim,
    /// A heading.
    Bold,
}

impl Style {
    fn on(self, text: &str) -> String {
        let code = match self {
            Self::Good => "32",
            Self::Warn => "33",
            Self::Bad => "31",
            Self::Dim => "2",
            Self::Bold => "1",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// A cell that no spreadsheet takes for a formula.
pub(super) fn inert(cell: &str) -> String {
    let cell = clean(cell);
    if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_cannot_plant_a_formula_or_an_escape() {
        assert_eq!(inert("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(inert("\u{1b}[2J-x"), "[2J-x");
    }
}
