//! What is wrong in a user's file, with the place.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::SourceFile;
use super::render;

/// One thing that is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, as a fragment without a final period. Never holds a secret.
    pub message: String,
    /// The place as byte offsets into the file's text; absent where the whole file is meant.
    pub span: Option<Range<usize>>,
    /// Line, counted from 1 (a spreadsheet's row); absent where the whole file is meant.
    pub line: Option<usize>,
    /// Column in characters, counted from 1.
    pub column: Option<usize>,
    /// A few words under the caret.
    pub label: Option<String>,
    /// What to do next, or what was probably meant.
    pub help: Option<String>,
}

impl Problem {
    /// Starts a problem that concerns the whole file.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), span: None, line: None, column: None, label: None, help: None }
    }

    /// Names the place by line and column, both counted from 1; for files without text, such as spreadsheets.
    pub fn at(mut self, line: usize, column: Option<usize>) -> Self {
        self.line = Some(line);
        self.column = column;
        self
    }

    /// Names the place by its bytes in the file's text.
    pub fn span(mut self, span: Range<usize>) -> Self {
        self.span = Some(span);
        self
    }

    /// Puts a few words under the caret.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Says what to do next.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what to do next, where there is something to say.
    pub fn help_maybe(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }
}

/// One or several things that are wrong in a file that a user wrote. Holds no secret: values of keys that look like
/// passwords were masked in the text kept for the picture.
#[derive(Debug, Clone)]
pub struct FileError(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    file: PathBuf,
    /// The file's text with everything masked that may be secret; empty where there is no text to show.
    masked: String,
    problems: Vec<Problem>,
    /// Problems beyond [`MOST`], which nobody reads.
    more: usize,
}

/// Problems kept; a file of 10,000 wrong rows is told by its first ones.
const MOST: usize = 100;

impl FileError {
    /// A problem of a file that could not be read as text.
    pub fn of_file(file: &Path, problem: Problem) -> Self {
        Self::of_problems(file, vec![problem])
    }

    /// Problems of a file that has no text to show, such as a spreadsheet.
    pub(crate) fn of_problems(file: &Path, problems: Vec<Problem>) -> Self {
        Self::made(file, String::new(), problems)
    }

    /// Problems in a text; line and column are worked out from each span. The order of the file is kept.
    pub fn in_source(source: &SourceFile, problems: Vec<Problem>) -> Self {
        Self::masked(source, super::mask::yaml(source.text()), problems)
    }

    /// As [`FileError::in_source`], with a text already masked (same bytes per line, same line breaks).
    pub(crate) fn masked(source: &SourceFile, masked: String, mut problems: Vec<Problem>) -> Self {
        for problem in &mut problems {
            if let Some(span) = &problem.span {
                problem.line = Some(source.line(span.start));
            }
        }
        let mut error = Self::made(source.path(), masked, problems);
        for problem in &mut error.0.problems {
            if let Some(span) = &problem.span {
                problem.column = Some(source.place(span.start).1);
            }
        }
        error
    }

    fn made(file: &Path, masked: String, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|p| (p.line, p.span.as_ref().map(|span| span.start), p.column));
        let more = problems.len().saturating_sub(MOST);
        problems.truncate(MOST);
        Self(Box::new(Inner { file: file.to_owned(), masked, problems, more }))
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.0.file
    }

    /// What is wrong, in the order of the file: at least one, and of very many the first hundred.
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }

    /// Draws every problem with its line of the file, a caret under the place and the help, fit for a terminal of
    /// `width` columns.
    pub fn render(&self, color: bool, width: usize) -> String {
        render::report(&self.0.file, &self.0.masked, &self.0.problems, self.0.more, color, width)
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.file.display())?;
        let Some(first) = self.0.problems.first() else { return Ok(()) };
        if let Some(line) = first.line {
            write!(f, ":{line}")?;
            if let Some(column) = first.column {
                write!(f, ":{column}")?;
            }
        }
        write!(f, ": {}", first.message)?;
        if let Some(help) = &first.help {
            write!(f, " ({help})")?;
        }
        match self.0.problems.len() + self.0.more {
            0 | 1 => Ok(()),
            2 => write!(f, "; and 1 more problem"),
            more => write!(f, "; and {} more problems", more - 1),
        }
    }
}

impl std::error::Error for FileError {}
