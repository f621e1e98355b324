//! The one guarded entry point to the YAML parser.

use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Error, Options};

use super::node::{Parsed, bytes_of};
use super::{FileError, Node, Problem, SourceFile};

/// How large a document may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Bytes of the file.
    pub bytes: u64,
    /// Values in the document, those that aliases repeat included.
    pub nodes: usize,
}

impl Size {
    /// A playbook: written by hand.
    pub const PLAYBOOK: Self = Self { bytes: 1 << 20, nodes: 20_000 };
    /// An inventory: may be thousands of rows.
    pub const INVENTORY: Self = Self { bytes: 16 << 20, nodes: 1_000_000 };
}

/// The parser's settings for everything that a user writes.
///
/// By default the parser turns `no` into false and `0123` into 123; a fax number must stay what it is. Duplicate keys,
/// merge keys and unknown tags are mistakes. What aliases may repeat is bounded, so that a small file cannot grow
/// into a large document.
pub fn options(size: Size) -> Options {
    serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        // Otherwise the serial number 5E400 would become infinity; as a number its text is cut from the source.
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        reject_unsupported_tags: true,
        // Pictures are drawn here, where secrets can be masked.
        with_snippet: false,
        emit_comments: false,
        budget: serde_saphyr::budget! {
            max_nodes: size.nodes,
            max_events: size.nodes.saturating_mul(3),
            max_depth: 32,
            flow_nesting_limit: 64,
            max_documents: 2,
            max_aliases: 1_000,
            max_anchors: 1_000,
            max_total_scalar_bytes: size.bytes as usize,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 20_000,
            max_replay_stack_depth: 8,
        },
    }
}

/// Reads one document.
///
/// # Errors
/// The text is no YAML, is empty, holds several documents, or is larger than `size` allows; with the place.
pub fn parse(source: &SourceFile, size: Size) -> Result<Node, FileError> {
    let text = source.text();
    let fail = |problem| Err(FileError::in_source(source, vec![problem]));
    if text.len() as u64 > size.bytes {
        return fail(Problem::new(format!("the file is larger than {} MiB", size.bytes >> 20)));
    }
    if let Some(at) = text.find('\0') {
        return fail(Problem::new("the file holds a NUL character and is no text file").span(at..at + 1));
    }
    match serde_saphyr::from_str_with_options::<Parsed>(text, options(size)) {
        Ok(parsed) => {
            let node = parsed.into_node(text);
            if node.is_null() {
                return fail(Problem::new("the file is empty"));
            }
            Ok(node)
        }
        Err(error) => fail(problem(&error, source)),
    }
}

/// Says a parser's error in our words, at its place.
fn problem(error: &Error, source: &SourceFile) -> Problem {
    let text = source.text();
    let error = error.without_snippet();
    let at = |problem: Problem| match error.location() {
        Some(at) => problem.span(widen(bytes_of(&at, text), text)),
        None => problem,
    };
    let (message, help) = match error {
        Error::Eof { .. } => ("the file is empty".to_owned(), None),
        Error::MultipleDocuments { .. } => (
            "the file holds several documents".to_owned(),
            Some("write one document to a file; remove the line `---`".to_owned()),
        ),
        Error::DuplicateMappingKey { key, .. } => (
            match key {
                Some(key) => {
                    format!("the key `{}` stands twice in one mapping", scanfleet_sdk::error::clean(key))
                }
                None => "a key stands twice in one mapping".to_owned(),
            },
            Some("keep one of the two".to_owned()),
        ),
        Error::MergeKeyNotAllowed { .. } => {
            ("merge keys (`<<`) are not supported".to_owned(), Some("write the values out".to_owned()))
        }
        // The tag itself is not repeated: it may be a password that begins with `!`.
        Error::UnsupportedTag { .. } => (
            "tags are not supported here".to_owned(),
            Some("remove the tag; a value that begins with `!` needs quotes".to_owned()),
        ),
        Error::UnknownAnchor { .. } => (
            "the alias names an anchor that does not exist".to_owned(),
            Some("a value that begins with `*` or `&` needs quotes".to_owned()),
        ),
        Error::NullIntoString { .. } => ("a key is empty".to_owned(), None),
        Error::Unexpected { expected: "string scalar", .. } => {
            let help = error.location().and_then(|at| syntax_help(text, bytes_of(&at, text).start));
            ("a key must be a text".to_owned(), help)
        }
        other => {
            let said = one_line(other);
            if ["recursion limit", "nesting", "Depth {"].iter().any(|sign| said.contains(sign)) {
                return at(Problem::new("the document is too deeply nested"));
            }
            // A breach of a budget within an alias comes wrapped up, so the words have to tell.
            if said.contains("too large or too complex") {
                return at(Problem::new("the document is too large")
                    .help("values that aliases (`*name`) repeat count as often as they are used"));
            }
            let help = other.location().and_then(|at| syntax_help(text, bytes_of(&at, text).start));
            (said, help)
        }
    };
    at(Problem::new(message).help_maybe(help))
}

/// The parser's own words without place and picture.
fn one_line(error: &Error) -> String {
    let said = error.render_with_formatter(&serde_saphyr::UserMessageFormatter);
    let said = said.lines().next().unwrap_or("this is no YAML");
    let said = said.strip_prefix("error: ").unwrap_or(said);
    let said = match said.strip_prefix("line ") {
        Some(rest) => rest.split_once(": ").map_or(said, |(_, said)| said),
        None => said,
    };
    let said = said.split(" at line ").next().unwrap_or(said);
    scanfleet_sdk::error::clean(said)
}

/// The mistakes that people make most.
fn syntax_help(text: &str, at: usize) -> Option<String> {
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    // The parser often stops one line too late.
    let before = text[..start.saturating_sub(1)].rfind('\n').map_or(0, |at| at + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let mut lines = text[before..end].lines();
    if lines.clone().any(|line| line.chars().take_while(|c| c.is_whitespace()).any(|c| c == '\t')) {
        return Some("indent with spaces; YAML takes no tabs".into());
    }
    if text[before..end].lines().any(|line| line.matches('"').count() % 2 == 1) {
        return Some("is a quote not closed?".into());
    }
    if lines.any(|line| line.contains(": {{") || line.contains("- {{")) {
        return Some("a value that begins with `{{` needs quotes: \"{{ name }}\"".into());
    }
    None
}

/// Gives an empty place one character, so that the caret has something to stand under.
fn widen(span: std::ops::Range<usize>, text: &str) -> std::ops::Range<usize> {
    if span.start < span.end {
        return span;
    }
    match text[span.start..].chars().next() {
        Some(c) if c != '\n' && c != '\r' => span.start..span.start + c.len_utf8(),
        _ => span,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Value;
    use super::*;

    fn read(text: &str) -> Result<Node, String> {
        parse(&SourceFile::from_text("x.yaml", text), Size::PLAYBOOK).map_err(|e| e.to_string())
    }

    #[test]
    fn every_scalar_keeps_the_text_as_written() {
        let text = "a: no\nb: 0123\nc: +49301234\nd: 00441234\ne: 1_000\nf: \"5\"\ng: 1e999\nh: .inf\ni: 0x1F\nj: true\n\
                    k: 1.10\nl: 99999999999999999999999999\nm: 2026-11-05\nn: ~\no: ''\np: -0\nq: [yes, 08]\n";
        let node = read(text).unwrap();
        for (key, expected) in [
            ("a", "no"),
            ("b", "0123"),
            ("c", "+49301234"),
            ("d", "00441234"),
            ("e", "1_000"),
            ("f", "5"),
            ("g", "1e999"),
            ("h", ".inf"),
            ("i", "0x1F"),
            ("j", "true"),
            ("k", "1.10"),
            ("l", "99999999999999999999999999"),
            ("m", "2026-11-05"),
            ("o", ""),
            ("p", "-0"),
        ] {
            assert_eq!(node.get(key).unwrap().scalar(), Some(expected), "{key}");
        }
        assert!(node.get("n").unwrap().is_null());
        let Value::List(items) = &node.get("q").unwrap().value else { panic!() };
        assert_eq!(items[1].scalar(), Some("08"));
        assert_eq!(&text[node.get("c").unwrap().span.clone()], "+49301234");
        assert_eq!(&text[items[0].span.clone()], "yes");
        assert_eq!(&text[node.get("f").unwrap().span.clone()], "\"5\"");
    }

    #[test]
    fn places_count_characters_after_other_scripts() {
        let source = SourceFile::from_text("x", "é: ü\n日本: [ö, x]\n");
        let node = parse(&source, Size::PLAYBOOK).unwrap();
        let Value::List(items) = &node.get("日本").unwrap().value else { panic!() };
        assert_eq!(source.place(items[1].span.start), (2, 9));
        assert_eq!(&source.text()[items[1].span.clone()], "x");
    }

    #[test]
    fn broken_documents_are_told_in_our_words() {
        let deep = "[".repeat(5000);
        for (text, expected) in [
            ("", "the file is empty"),
            ("# only a comment\n", "the file is empty"),
            ("---\n", "the file is empty"),
            ("a: 1\n---\nb: 2\n", "several documents"),
            ("a: 1\na: 2\n", "x:2:1: the key `a` stands twice"),
            ("a: &x {b: 1}\nc:\n  <<: *x\n", "merge keys"),
            ("a: !foo x", "tags are not supported"),
            ("a: *x", "names an anchor that does not exist"),
            ("a: \0", "NUL"),
            ("a: {{ x }}", "quotes"),
            ("a:\n\t- b: 1\n", "tabs"),
            (deep.as_str(), "deep"),
            ("a: 'x", "x:1:"),
        ] {
            let said = read(text).map(|_| ()).unwrap_err().replace("x.yaml", "x");
            assert!(said.contains(expected), "{text:.40} said {said}");
        }
    }

    #[test]
    fn aliases_work_and_bombs_do_not() {
        let node = read("a: &x [1, 2]\nb: *x\n").unwrap();
        let Value::List(items) = &node.get("b").unwrap().value else { panic!() };
        assert_eq!(items[1].scalar(), Some("2"));

        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for n in 1..9 {
            let one = format!("*a{}", n - 1);
            bomb += &format!("a{n}: &a{n} [{}]\n", vec![one; 10].join(", "));
        }
        for size in [Size::PLAYBOOK, Size::INVENTORY] {
            let error = parse(&SourceFile::from_text("x", bomb.as_str()), size).unwrap_err().to_string();
            assert!(error.contains("too large"), "{error}");
        }
    }
}
