//! The SMTP page and the test behind it.
//!
//! ASSUMED as a whole: no SMTP page of a Brother was ever recorded. The way its rows and buttons are written is that of
//! the pages which were; the labels are those of guides.

use super::super::profile::{BrotherOption, BrotherProfile, BrotherRow, TestMail, field};
use super::super::texts::Texts;
use super::super::wire::entities;
use super::frame::{Note, Tab, View, document, note};
use super::network::network_menus;
use crate::http::escape;
use crate::machine::Marks;
use crate::mail::client::{SendOutcome, Stage};
use crate::settings::{Item, PasswordKind, Settings};

/// What stands on the page.
pub(crate) struct Shown<'a> {
    pub(crate) settings: &'a Settings,
    /// The passwords that are stored.
    pub(crate) stored: &'a [PasswordKind],
    /// What faults change.
    pub(crate) marks: &'a Marks,
}

/// The word of a choice that is stored.
pub(crate) fn chosen(settings: &Settings, item: Item) -> &str {
    match item {
        Item::SmtpAuth if settings.on(Item::SmtpAuth) => "smtp_auth",
        Item::SmtpAuth if settings.on(Item::PopBeforeSmtp) => "pop_before_smtp",
        Item::SmtpAuth => "none",
        _ => settings.get(item),
    }
}

/// Whether a field is disabled until SMTP-AUTH is chosen.
pub(crate) fn depends(item: Item) -> bool {
    item == Item::SmtpUser
}

/// The page.
pub(crate) fn smtp(view: &View<'_>, shown: &Shown<'_>, said: Option<Note>) -> String {
    let page_id = view.profile.page_ids.smtp;
    let mut rows = String::new();
    for row in &view.profile.rows {
        let (item, html) = row_html(shown, row);
        let times = match item {
            Some(item) if shown.marks.missing.contains(&item) => 0,
            Some(item) if shown.marks.twice.contains(&item) => 2,
            _ => 1,
        };
        rows.push_str(&html.repeat(times));
    }
    let buttons = if shown.marks.read_only {
        "</form>\n".to_owned()
    } else {
        view.close_form(page_id, view.texts.submit)
    };
    let contents = format!(
        "{}{}<div class=\"contentsGroup\"><dl class=\"items\">\n{rows}</dl></div>\n{buttons}",
        note(said),
        view.open_form("smtp_setting", page_id),
    );
    document(view, Tab::Network, &network_menus(view, view.path), title(view.profile), &contents)
}

fn title(profile: &BrotherProfile) -> &str {
    &profile.smtp_row
}

fn row_html(shown: &Shown<'_>, row: &BrotherRow) -> (Option<Item>, String) {
    let locked = !shown.settings.on(Item::SmtpAuth);
    let disabled = |yes: bool| if yes { " disabled=\"disabled\"" } else { "" };
    let line = |item: Option<Item>, label: &str, control: String| {
        let other = shown.marks.labels.iter().find(|(of, _)| Some(*of) == item);
        let label = entities(other.map_or(label, |(_, text)| text));
        format!("<dt>{label}</dt><dd>{control}</dd>\n")
    };
    let name = |item: Item, id: u32| escape(shown.marks.name(item, &field(id)));
    match row {
        BrotherRow::Heading(text) => {
            (None, format!("<dt class=\"subhead\"><span>{}</span></dt>\n", entities(text)))
        }
        BrotherRow::Text { item, id, label, max } => {
            let control = format!(
                "<input type=\"text\" id=\"{id}\" name=\"{id}\" value=\"{}\" maxlength=\"{max}\"{}/>",
                entities(shown.settings.get(*item)),
                disabled(depends(*item) && locked),
                id = name(*item, *id),
            );
            (Some(*item), line(Some(*item), label, control))
        }
        BrotherRow::Switch { item, id, label } => {
            let checked = if shown.settings.on(*item) { " checked=\"checked\"" } else { "" };
            let control = format!(
                "<input type=\"checkbox\" id=\"{id}\" name=\"{id}\" value=\"1\"{checked}/>",
                id = name(*item, *id)
            );
            (Some(*item), line(Some(*item), label, control))
        }
        BrotherRow::Choice { item, id, label, radio, options } => {
            let control = choice(shown, *item, &name(*item, *id), *radio, options);
            (Some(*item), line(Some(*item), label, control))
        }
        BrotherRow::Password { kind, id, label, again, max } => {
            let off = disabled(*kind == PasswordKind::Smtp && locked);
            let value = if shown.stored.contains(kind) { "***" } else { "" };
            let input = |id: u32| {
                let id = field(id);
                format!(
                    "<input type=\"password\" id=\"{id}\" name=\"{id}\" value=\"{value}\" maxlength=\"{max}\"{off}/>"
                )
            };
            let mut html = line(None, label, input(*id));
            if let Some((id, label)) = again {
                html.push_str(&line(None, label, input(*id)));
            }
            (None, html)
        }
    }
}

fn choice(shown: &Shown<'_>, item: Item, name: &str, radio: bool, options: &[BrotherOption]) -> String {
    let word = chosen(shown.settings, item);
    let offered = options.iter().filter(|option| !shown.marks.lacks(item, &option.word));
    let each = offered.enumerate().map(|(place, option)| {
        let (value, text) = (escape(&option.value), entities(&option.text));
        let chosen = option.word == word;
        if radio {
            let checked = if chosen { " checked=\"checked\"" } else { "" };
            format!(
                "<input type=\"radio\" id=\"{name}_{place}\" name=\"{name}\" value=\"{value}\"{checked}/>\
                 <label for=\"{name}_{place}\">{text}</label>"
            )
        } else {
            let selected = if chosen { " selected=\"selected\"" } else { "" };
            format!("<option value=\"{value}\"{selected}>{text}</option>")
        }
    });
    let all: String = each.collect();
    if radio { all } else { format!("<select id=\"{name}\" name=\"{name}\">{all}</select>") }
}

/// The question after a post that was taken: where to send a test, if anywhere.
pub(crate) fn test_question(view: &View<'_>, said: Option<Note>) -> String {
    let profile = view.profile;
    let TestMail::SecondStep { control, .. } = &profile.test_mail else { return String::new() };
    let page_id = profile.page_ids.smtp;
    let name = field(profile.field_ids.test_address);
    let contents = format!(
        "{}{}<div class=\"hidden\"><input type=\"hidden\" name=\"{control}\" value=\"1\"/></div>\n\
         <div class=\"contentsGroup\"><dl class=\"items\">\n<dt class=\"head\"><span>{title}</span></dt>\n\
         <dt>{label}</dt><dd><input type=\"text\" id=\"{name}\" name=\"{name}\" value=\"\" maxlength=\"60\"/></dd>\n\
         </dl></div>\n{}",
        note(said),
        view.open_form("smtp_test", page_id),
        view.close_form(page_id, view.texts.test_send),
        title = entities(view.texts.test_title),
        label = entities(view.texts.test_address),
    );
    document(view, Tab::Network, &network_menus(view, view.path), view.texts.test_title, &contents)
}

/// What stands in place of the page while a test is under way; it wants to be asked again.
pub(crate) fn please_wait(view: &View<'_>) -> String {
    let contents = format!("<p class=\"waitMessage\">{}&#46;&#46;&#46;</p>\n", entities(view.texts.wait));
    let page = document(view, Tab::Network, "", view.texts.test_title, &contents);
    let again = format!(
        "<meta http-equiv=\"refresh\" content=\"1; url={}?pageid={}\" />\n<title>",
        view.path, view.profile.page_ids.smtp
    );
    page.replacen("<title>", &again, 1)
}

/// What came of a test, once.
pub(crate) fn test_result(view: &View<'_>, outcome: &SendOutcome) -> String {
    let said = if outcome.sent {
        Note::Success(view.texts.test_sent)
    } else {
        Note::Error(trouble(view.texts, outcome.stage))
    };
    let contents = format!(
        "{}<p>{}</p>\n<p><a href=\"{}?pageid={}\">{}</a></p>\n",
        note(Some(said)),
        entities(outcome.reply.as_deref().unwrap_or_default()),
        view.path,
        view.profile.page_ids.smtp,
        entities(title(view.profile)),
    );
    document(view, Tab::Network, &network_menus(view, view.path), view.texts.test_title, &contents)
}

fn trouble(texts: &Texts, stage: Stage) -> &'static str {
    match stage {
        Stage::Dns | Stage::Connect | Stage::Banner | Stage::Ehlo => texts.test_no_server,
        Stage::Tls => texts.test_secure,
        Stage::Auth => texts.test_login,
        Stage::MailFrom | Stage::Rcpt | Stage::Data | Stage::Quit => texts.test_refused,
    }
}
