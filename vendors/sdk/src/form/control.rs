//! What a control of a form is, what it holds and what labels it.

use std::fmt;

/// What kind of control it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ControlType {
    /// `input` with a text-like type: text, search, tel, url, email, number, date, color, range, …
    Text,
    /// `input type=password`.
    Password,
    /// `input type=hidden`.
    Hidden,
    /// `input type=checkbox`.
    Checkbox,
    /// `input type=radio`.
    Radio,
    /// `select`.
    Select,
    /// `select multiple`.
    SelectMultiple,
    /// `textarea`.
    Textarea,
    /// `input type=file`.
    File,
    /// `input type=submit`, `button` (submit).
    Submit,
    /// `input type=image`.
    Image,
    /// `input type=button|reset`, `button type=button|reset`.
    Button,
}

impl ControlType {
    /// Whether it holds one text that can be set.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Password | Self::Hidden | Self::Textarea)
    }

    /// Whether it is a button of any kind.
    pub fn is_button(self) -> bool {
        matches!(self, Self::Submit | Self::Image | Self::Button)
    }

    /// Whether it is a radio button or a check box.
    pub fn is_checkable(self) -> bool {
        matches!(self, Self::Radio | Self::Checkbox)
    }
}

impl fmt::Display for ControlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text field",
            Self::Password => "password field",
            Self::Hidden => "hidden field",
            Self::Checkbox => "check box",
            Self::Radio => "radio button",
            Self::Select => "select",
            Self::SelectMultiple => "multiple select",
            Self::Textarea => "text area",
            Self::File => "file field",
            Self::Submit => "submit button",
            Self::Image => "image button",
            Self::Button => "button",
        })
    }
}

/// Where a control's label was found, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LabelSource {
    /// What a button itself says: its text, or its `value` (`alt` for an image).
    Own,
    /// `<label for>`.
    For,
    /// A label around the control.
    Wrapping,
    /// `aria-label`, `aria-labelledby`.
    Aria,
    /// The cell before it in its table row.
    Cell,
    /// `dt` of its `dd`.
    Term,
    /// Text before it.
    Before,
    /// Text behind it (radio buttons and check boxes).
    Behind,
    /// The legend of its fieldset.
    Legend,
    /// `title` or `placeholder`.
    Title,
}

/// A label of a control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The text, white space folded, a trailing colon removed.
    pub text: String,
    /// Where it was found.
    pub source: LabelSource,
}

/// An option of a select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The value it submits.
    pub value: String,
    /// The text a person reads.
    pub label: String,
    /// Whether it is selected.
    pub selected: bool,
    /// Whether it (or its group) is disabled.
    pub disabled: bool,
}

/// What a submit button says of the submission in the form's stead; each absent where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `formaction` as written; present but empty means the page's own address.
    pub action: Option<String>,
    /// `formmethod`, read as `get`, `post` or `dialog`.
    pub method: Option<String>,
    /// `formenctype`, read as one of the three media types.
    pub enctype: Option<String>,
}

/// One control of a form. A radio group is as many controls of one name.
///
/// `Debug` shows no value: a value that was set may be secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Control {
    /// The name; empty where it has none.
    pub name: String,
    /// The id; empty where it has none.
    pub id: String,
    /// What kind it is.
    pub kind: ControlType,
    /// The `type` as the JSON names it (`text`, `email`, `radio`, `select-one`, `select-multiple`, `textarea`, `submit`, …).
    pub type_name: String,
    /// Everything that labels it, best first. A radio button or check box that has a text of its own bears that; what
    /// labels its row is then its `group_label`.
    pub labels: Vec<Label>,
    /// For a radio button or a check box: what labels the whole group (the row's cell, legend, dt), apart from its own text.
    pub group_label: Option<String>,
    /// The nearest head line before it: a heading, legend, caption, or a list's term marked as a head (`dt.head`).
    /// Controls of one name in several parts of a page are told apart by it.
    pub heading: Option<String>,
    /// The value (for select: of the first selected option), as the browser sanitises it: `on` for a check box without
    /// `value`; line breaks of a textarea are LF.
    pub value: String,
    /// Radio, checkbox: whether it is checked.
    pub checked: bool,
    /// Select: its options.
    pub options: Vec<Choice>,
    /// Disabled by itself or by a fieldset.
    pub disabled: bool,
    /// Has `readonly`.
    pub readonly: bool,
    /// `maxlength` in UTF-16 units, as browsers count.
    pub max_length: Option<usize>,
    /// The `onclick` attribute.
    pub onclick: Option<String>,
    /// Submit and image buttons: what they override.
    pub overrides: Overrides,
    /// `dirname`, where it has one that is not empty.
    pub dirname: Option<String>,
    /// Whether its text runs from right to left (for `dirname`); absent where the text itself decides (`dir=auto`).
    pub rtl: Option<bool>,
    /// An `input type=submit` without `value`: browsers show and send a caption of their own (`Submit`), though its value is
    /// empty.
    pub default_caption: bool,
    /// Whether it stands in a `datalist` and so never submits.
    pub in_datalist: bool,
}

impl Control {
    /// The best label, or an empty text.
    pub fn label(&self) -> &str {
        self.labels.first().map_or("", |l| l.text.as_str())
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("name", &self.name)
            .field("type", &self.type_name)
            .field("label", &self.label())
            .field("value", &format_args!("({} bytes)", self.value.len()))
            .field("checked", &self.checked)
            .field("options", &self.options.len())
            .field("disabled", &self.disabled)
            .finish_non_exhaustive()
    }
}
