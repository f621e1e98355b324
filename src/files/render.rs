//! Drawing problems with their line of the file.

use std::ops::Range;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use scanfleet_sdk::error::clean;

use super::Problem;

/// Problems drawn at most; a file of 10,000 wrong rows is told by its first ones.
const MOST: usize = 20;

/// Draws the problems and tells of `more`; `masked` is the file's text without secrets, or empty.
pub(super) fn report(
    file: &Path,
    masked: &str,
    problems: &[Problem],
    more: usize,
    color: bool,
    width: usize,
) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(width.clamp(40, 400));
    let path = clean(&file.display().to_string());
    let mut drawn: Vec<String> =
        problems.iter().take(MOST).map(|problem| draw(&renderer, &path, masked, problem)).collect();
    let more = more + problems.len().saturating_sub(MOST);
    if more > 0 {
        drawn.push(format!("… and {more} more {}", if more == 1 { "problem" } else { "problems" }));
    }
    drawn.join("\n\n")
}

fn draw(renderer: &Renderer, path: &str, masked: &str, problem: &Problem) -> String {
    let mut group: Group<'_> = Group::with_title(Level::ERROR.primary_title(problem.message.as_str()));
    match &problem.span {
        Some(span) if !masked.is_empty() => {
            let (text, first_line, within) = excerpt(masked, span);
            // The renderer shows other control characters as signs, but lets these through; they are two bytes long,
            // and so is the sign.
            let text = text.replace(|c: char| matches!(c, '\u{80}'..='\u{9f}'), "¿");
            let mut caret = AnnotationKind::Primary.span(within);
            if let Some(label) = &problem.label {
                caret = caret.label(label.as_str());
            }
            let snippet =
                Snippet::source(text).line_start(first_line).path(path).fold(false).annotation(caret);
            group = group.element(snippet);
        }
        _ => {
            let mut origin = Origin::path(path);
            if let Some(line) = problem.line {
                origin = origin.line(line);
                if let Some(column) = problem.column {
                    origin = origin.char_column(column);
                }
            }
            group = group.element(origin);
        }
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

/// The line of a span with a line around it on each side, the number of the first of them, and the span within.
/// A span over several lines is cut at the end of its first.
fn excerpt<'a>(text: &'a str, span: &Range<usize>) -> (&'a str, usize, Range<usize>) {
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let line_start = |at: usize| text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line_end = |at: usize| text[at..].find('\n').map_or(text.len(), |end| at + end);
    let start = floor(span.start);
    let own = line_start(start)..line_end(start);
    let end = floor(span.end).clamp(start, own.end);
    let from = if own.start > 0 { line_start(own.start - 1) } else { 0 };
    let to = if own.end < text.len() { line_end(own.end + 1) } else { own.end };
    // An empty neighbour tells nothing.
    let from = if text[from..own.start].trim().is_empty() { own.start } else { from };
    let to = if text[own.end..to].trim().is_empty() { own.end } else { to };
    let first_line = text[..from].matches('\n').count() + 1;
    (&text[from..to], first_line, start - from..end - from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_shows_line_caret_and_help() {
        let text = "name: x\nplys: []\nvars: {}\n";
        let problem = Problem::new("unknown key `plys`").span(8..12).help("did you mean `plays`?");
        let drawn = report(Path::new("a.yaml"), text, &[problem], 0, false, 100);
        assert_eq!(
            drawn,
            "error: unknown key `plys`\n --> a.yaml:2:1\n  |\n1 | name: x\n2 | plys: []\n  | ^^^^\n3 | vars: {}\n  |\n  = help: did you mean `plays`?"
        );
    }

    #[test]
    fn a_place_outside_the_text_is_drawn_all_the_same() {
        let problem = Problem::new("end").span(900..950);
        assert!(report(Path::new("a.yaml"), "x: é", &[problem], 0, false, 100).contains("end"));
    }

    #[test]
    fn terminal_commands_in_a_file_are_not_drawn() {
        let problem = Problem::new("x").span(0..1);
        let drawn = report(
            Path::new("a\u{1b}[2J.yaml"),
            "a\u{1b}[31m: \u{202e}b\u{9b}31m",
            &[problem],
            0,
            false,
            100,
        );
        assert!(!drawn.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{drawn:?}");
    }

    #[test]
    fn very_long_lines_are_cut() {
        let text = format!("a: {}\nb: 1", "x".repeat(200_000));
        let drawn = report(Path::new("a"), &text, &[Problem::new("x").span(0..1)], 0, false, 100);
        assert!(drawn.len() < 2_000, "{}", drawn.len());
    }
}
