//! Parses a page's text into a tree, within bounds that no page of a device reaches by honest means.

use std::cell::Cell;

use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::Tracer;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};
use html5ever::tree_builder::TreeBuilder;

use super::dom::{Dom, Id, Sink};
use html5ever::interface::TreeSink;

/// Elements open at once. The tree builder searches the open elements for most tags, so that without a bound a page of
/// 100,000 unclosed `div`s costs minutes. Browsers bound their trees at 512.
const MAX_OPEN: usize = 512;
/// Nodes of a page. A list of 2,000 address-book entries has some 50,000.
const MAX_NODES: usize = 1_000_000;
/// Text handed to the tokenizer at once.
const CHUNK: usize = 16 * 1024;
/// Possible attributes of one tag. The tokenizer compares each attribute's name with all before it.
const MAX_ATTRIBUTES: usize = 16 * 1024;

/// Parses a page. The second value tells whether a bound was reached and part of the page was left out.
pub(super) fn parse(text: &str) -> (Dom, bool) {
    let bounded = Bounded::new(TreeBuilder::new(Sink::new(), Default::default()));
    let tokenizer = Tokenizer::new(bounded, Default::default());
    let mut rest = text;
    let mut separators = 0;
    while !rest.is_empty() {
        let mut end = CHUNK.min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (chunk, after) = rest.split_at(end);
        rest = after;
        let before = tokenizer.sink.tokens.get();
        let input = BufferQueue::default();
        input.push_back(StrTendril::from_slice(chunk));
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        if tokenizer.sink.tokens.get() == before {
            separators += chunk.bytes().filter(|b| b" \t\n\r\x0c/\"'".contains(b)).count();
            if separators > MAX_ATTRIBUTES {
                tokenizer.sink.cut.set(true);
                break;
            }
        } else {
            separators = 0;
        }
        if tokenizer.sink.full() {
            break;
        }
    }
    tokenizer.end();
    let cut = tokenizer.sink.cut.get();
    (tokenizer.sink.builder.sink.finish(), cut)
}

/// Hands tokens on to the tree builder as long as the bounds allow it.
struct Bounded {
    builder: TreeBuilder<Id, Sink>,
    tokens: Cell<usize>,
    /// Upper estimate of the open elements, counted anew when it reaches the bound.
    open: Cell<usize>,
    /// Whether the last count reached the bound and nothing can have been closed since.
    still_deep: Cell<bool>,
    cut: Cell<bool>,
}

struct Count(Cell<usize>);

impl Tracer for Count {
    type Handle = Id;

    fn trace_handle(&self, _: &Id) {
        self.0.set(self.0.get() + 1);
    }
}

impl Bounded {
    fn new(builder: TreeBuilder<Id, Sink>) -> Self {
        Self {
            builder,
            tokens: Cell::new(0),
            open: Cell::new(0),
            still_deep: Cell::new(false),
            cut: Cell::new(false),
        }
    }

    fn full(&self) -> bool {
        self.builder.sink.len() > MAX_NODES
    }

    /// Whether a further element may be opened.
    fn deep(&self) -> bool {
        if self.still_deep.get() {
            return true;
        }
        if self.open.get() < MAX_OPEN {
            self.open.set(self.open.get() + 1);
            return false;
        }
        let count = Count(Cell::new(0));
        self.builder.trace_handles(&count);
        self.open.set(count.0.get());
        self.still_deep.set(count.0.get() >= MAX_OPEN);
        self.still_deep.get()
    }
}

/// Start tags that leave nothing open, or switch the tokenizer: they are let through at any depth.
fn passes(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "iframe"
            | "image"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "noembed"
            | "noframes"
            | "noscript"
            | "param"
            | "plaintext"
            | "script"
            | "source"
            | "style"
            | "textarea"
            | "title"
            | "track"
            | "wbr"
            | "xmp"
    )
}

impl TokenSink for Bounded {
    type Handle = Id;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Id> {
        self.tokens.set(self.tokens.get() + 1);
        if self.full() && token != Token::EOFToken {
            self.cut.set(true);
            return TokenSinkResult::Continue;
        }
        if let Token::TagToken(tag) = &token
            && tag.kind == TagKind::StartTag
            && !passes(&tag.name)
            && self.deep()
        {
            self.cut.set(true);
            return TokenSinkResult::Continue;
        }
        self.still_deep.set(false);
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}
