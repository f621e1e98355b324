//! Forms, controls and what they submit.

use url::Url;

/// A parsed page. Not `Send`.
pub struct Document {
    _private: std::marker::PhantomData<*const ()>,
}

/// A link of a page: `a[href]`, `area[href]`, also script links (`javascript:jump('...')`, `onclick`), whose target is
/// the first string literal that looks like a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The visible text, white space folded (alt or title text where there is none).
    pub text: String,
    /// The attribute as written.
    pub href: String,
    /// The absolute target, where one can be told.
    pub target: Option<Url>,
}

impl Document {
    /// Parses a page's text. `url` is the page's own address (the base where no `<base href>` says otherwise).
    pub fn parse(_text: &str, _url: Option<&Url>, _charset: &str) -> Self {
        unimplemented!()
    }

    /// All forms, in tree order.
    pub fn forms(&self) -> Vec<Form> {
        unimplemented!()
    }

    /// The title, white space folded.
    pub fn title(&self) -> String {
        unimplemented!()
    }

    /// All links, in tree order.
    pub fn links(&self) -> Vec<Link> {
        unimplemented!()
    }

    /// The text a person sees: no scripts, no styles, white space folded.
    pub fn visible_text(&self) -> String {
        unimplemented!()
    }

    /// Texts of the inline scripts, in order.
    pub fn scripts(&self) -> Vec<String> {
        unimplemented!()
    }

    /// Pairs of label and value as information pages show them: table rows (label cell, optional `:` cell, value cell) and
    /// `dt`/`dd`. White space folded, a leading or trailing colon removed.
    pub fn facts(&self) -> Vec<(String, String)> {
        unimplemented!()
    }

    /// Absolute addresses of external scripts.
    pub fn script_sources(&self) -> Vec<Url> {
        unimplemented!()
    }
}

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

/// Where a control's label was found, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LabelSource {
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

/// One control of a form. A radio group is as many controls of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// The name; empty where it has none.
    pub name: String,
    /// The id; empty where it has none.
    pub id: String,
    /// What kind it is.
    pub kind: ControlType,
    /// The `type` as the JSON names it (`text`, `email`, `radio`, `select-one`, `select-multiple`, `textarea`, `submit`, …).
    pub type_name: String,
    /// Everything that labels it, best first.
    pub labels: Vec<Label>,
    /// For a radio button or a check box: what labels the whole group (the row's cell, legend, dt), apart from its own text.
    pub group_label: Option<String>,
    /// The value (for select: of the first selected option).
    pub value: String,
    /// Radio, checkbox: whether it is checked.
    pub checked: bool,
    /// Select: its options.
    pub options: Vec<Choice>,
    /// Disabled by itself or by a fieldset.
    pub disabled: bool,
    /// Has `readonly`.
    pub readonly: bool,
    /// `maxlength` in characters.
    pub max_length: Option<usize>,
    /// The `onclick` attribute.
    pub onclick: Option<String>,
}

impl Control {
    /// The best label, or an empty text.
    pub fn label(&self) -> &str {
        self.labels.first().map_or("", |l| l.text.as_str())
    }
}

/// Why a form cannot be filled as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// There is no such control.
    #[error("the form has no control named `{0}`")]
    Missing(String),
    /// There are several where one was meant.
    #[error("the form has {count} controls named `{name}`")]
    Doubled {
        /// The name.
        name: String,
        /// How many.
        count: usize,
    },
    /// The select or radio group does not offer the value.
    #[error("`{name}` does not offer `{wanted}`; it offers {offered}")]
    NoSuchChoice {
        /// The name.
        name: String,
        /// What was wanted.
        wanted: String,
        /// What is offered, readable.
        offered: String,
    },
    /// Longer than `maxlength`.
    #[error("`{name}` holds {limit} characters, and the value has {length}")]
    TooLong {
        /// The name.
        name: String,
        /// The limit.
        limit: usize,
        /// The value's length.
        length: usize,
    },
    /// The page's charset cannot hold a character.
    #[error("`{name}` cannot hold `{character}` in the page's charset {charset}")]
    Unencodable {
        /// The name.
        name: String,
        /// The first such character.
        character: char,
        /// The charset.
        charset: String,
    },
    /// The control is of a kind that cannot be set so.
    #[error("`{name}` is a {kind}, which cannot be set this way")]
    WrongType {
        /// The name.
        name: String,
        /// What it is.
        kind: String,
    },
}

/// A form of a page, owned and `Send`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Position among the page's forms, from 0.
    pub index: usize,
    /// `name`.
    pub name: String,
    /// `id`.
    pub id: String,
    /// `get`, `post` or `dialog`.
    pub method: String,
    /// `action` as written, absent where it is missing or empty.
    pub action_written: Option<String>,
    /// `action` against the base.
    pub action: Option<Url>,
    /// `application/x-www-form-urlencoded`, `multipart/form-data` or `text/plain`.
    pub enctype: String,
    /// The encoding it submits in.
    pub charset: &'static str,
    /// Its controls in tree order, wherever the parser placed them.
    pub controls: Vec<Control>,
}

/// What a form submits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Where to; for GET the query is in it.
    pub url: Url,
    /// Content type of the body (with boundary for multipart); absent for GET.
    pub content_type: Option<String>,
    /// The body; empty for GET.
    pub body: Vec<u8>,
    /// Names and values as the entry list holds them, before encoding.
    pub entries: Vec<(String, String)>,
}

impl Form {
    /// Sets a text-like control, hidden field, textarea or password. A disabled control is enabled, as the page's script
    /// would when the choice it hangs on is made.
    ///
    /// # Errors
    /// Missing, doubled, wrong type, too long, unencodable.
    pub fn set_text(&mut self, _name: &str, _value: &str) -> Result<(), FormError> {
        unimplemented!()
    }

    /// Chooses the radio button or option with this value; enables it where it is disabled.
    ///
    /// # Errors
    /// Missing, doubled (select), no such choice, wrong type.
    pub fn choose(&mut self, _name: &str, _value: &str) -> Result<(), FormError> {
        unimplemented!()
    }

    /// Checks or unchecks a check box by name (and value, where several share the name).
    ///
    /// # Errors
    /// Missing, doubled, wrong type.
    pub fn check(&mut self, _name: &str, _value: Option<&str>, _on: bool) -> Result<(), FormError> {
        unimplemented!()
    }

    /// Sets a hidden field as a script's `form.name.value = …` would; adds nothing where it is missing.
    ///
    /// # Errors
    /// Missing.
    pub fn assign(&mut self, _name: &str, _value: &str) -> Result<(), FormError> {
        unimplemented!()
    }

    /// The controls of a name, in order.
    pub fn named(&self, name: &str) -> Vec<&Control> {
        self.controls.iter().filter(|c| c.name == name).collect()
    }

    /// The entry list, with the chosen submit button (its name) where one is pressed.
    ///
    /// # Errors
    /// Missing: no submit button of that name.
    pub fn entries(&self, _submitter: Option<&str>) -> Result<Vec<(String, String)>, FormError> {
        unimplemented!()
    }

    /// What the form submits. `action` replaces the form's own (a script's `form.action = …`), resolved against the base.
    ///
    /// # Errors
    /// Missing: no submit button of that name.
    pub fn submission(
        &self,
        _submitter: Option<&str>,
        _action: Option<&str>,
    ) -> Result<Submission, FormError> {
        unimplemented!()
    }
}
