//! The E-mail page.
//!
//! Known from a device: the title, `form1` with `onsubmit="return false"` and `checkForm`, the hidden names, seven
//! field names, that OK calls `clickOK()` and then `applyButton()`, that passwords have a page of their own behind
//! `smtpPwd()` and `mirsPwd()`. The rest of the markup and the scripts' wording are invented.

use super::super::profile::{Markup, Row, ScriptStyle, SwitchWords};
use super::super::texts::{Heading, Menu, Word};
use super::Page;
use crate::http::escape;
use crate::machine::Marks;
use crate::settings::{Domain, Item, PasswordKind, Settings};

/// Whether a field is disabled while SMTP Authentication is off, where the profile does that.
pub(crate) fn depends_on_auth(item: Item) -> bool {
    matches!(item, Item::SmtpAuthAddress | Item::SmtpUser | Item::SmtpEncryption)
}

/// The value of `passwdKind` for a password. INVENTED; the field's name is known.
pub(crate) fn password_code(kind: PasswordKind) -> &'static str {
    match kind {
        PasswordKind::Smtp => "SMTP",
        PasswordKind::Pop => "POP",
        PasswordKind::Fax => "FAXMAIL",
        PasswordKind::Notify => "MIRS",
    }
}

/// The page with these values.
pub(crate) fn email(page: &Page<'_>, settings: &Settings, marks: &Marks) -> String {
    let title = page.t(Word::Menu(Menu::Email));
    let mut rows = String::new();
    for row in &page.profile.email.rows {
        match row {
            Row::Heading(heading) => rows.push_str(&heading_row(page, *heading)),
            Row::Field(item, _) if marks.missing.contains(item) => {}
            Row::Field(item, name) => {
                let html = field_row(page, settings, marks, *item, name);
                rows.push_str(&html);
                if marks.twice.contains(item) {
                    rows.push_str(&html);
                }
            }
            Row::Password(kind, function) => {
                rows.push_str(&password_row(page, settings, marks, *kind, function))
            }
        }
    }
    let rows = match page.profile.markup {
        Markup::Table => format!("<table border=\"0\" cellspacing=\"0\">\n{rows}</table>\n"),
        Markup::List => format!("<dl class=\"settings\">\n{rows}</dl>\n"),
    };
    let buttons = if marks.read_only {
        String::new()
    } else {
        format!(
            "<div class=\"buttons\"><a href=\"javascript:clickOK()\">{}</a> \
             <a href=\"javascript:cancelButton()\">{}</a></div>\n",
            page.h(Word::Ok),
            page.h(Word::Cancel)
        )
    };
    let body = format!(
        "<h1>{title}</h1>\n<form name=\"form1\" method=\"post\" action=\"\" onsubmit=\"return false\">\n{token}\n\
         <input type=\"hidden\" name=\"methodName\" value=\"mailConfGet\">\n\
         <input type=\"hidden\" name=\"passwdKind\" value=\"\">\n\
         <input type=\"hidden\" name=\"paramControl\" value=\"\">\n\
         <input type=\"hidden\" name=\"sessionControl\" value=\"\">\n{buttons}{rows}{buttons}</form>\n\
         <form name=\"checkForm\" method=\"post\" action=\"\" onsubmit=\"return false\">\n{token}\n\
         <input type=\"hidden\" name=\"methodName\" value=\"mailConfGet\">\n</form>\n",
        title = escape(title),
        token = page.token_field(),
    );
    page.document(title, &scripts(page), "", &body)
}

fn heading_row(page: &Page<'_>, heading: Heading) -> String {
    let text = page.h(Word::Heading(heading));
    match page.profile.markup {
        Markup::Table => format!("<tr><td colspan=\"3\"><b>{text}</b></td></tr>\n"),
        Markup::List => {
            format!("</dl>\n<h2 class=\"settingCategory\">{text}</h2>\n<dl class=\"settings\">\n")
        }
    }
}

fn row(page: &Page<'_>, label: &str, control: &str) -> String {
    match page.profile.markup {
        Markup::Table => format!(
            "<tr class=\"staticProp\"><td nowrap>{}</td><td nowrap>:</td><td nowrap>{control}</td></tr>\n",
            escape(label)
        ),
        Markup::List => {
            format!("<dt>{}</dt>\n<dd class=\"indentColon\">:&nbsp;{control}</dd>\n", escape(label))
        }
    }
}

fn field_row(page: &Page<'_>, settings: &Settings, marks: &Marks, item: Item, name: &str) -> String {
    let label = marks
        .labels
        .iter()
        .find(|(other, _)| *other == item)
        .map_or(page.t(Word::Label(item)), |(_, label)| label.as_str());
    let pages = &page.profile.email;
    let off = pages.disables_auth_fields && depends_on_auth(item) && !settings.on(Item::SmtpAuth);
    let disabled = if off { " disabled" } else { "" };
    let name = marks.name(item, name);
    let value = settings.get(item);
    let id = format!("{}_ID", name.to_ascii_uppercase());
    // Newer pages carry attributes that mean nothing to a client.
    let noise = match page.profile.markup {
        Markup::Table => String::new(),
        Markup::List => format!(" id=\"{id}\" data-item=\"{}\"", item as usize * 7 + 3),
    };
    let control = match item.domain() {
        Domain::Text(max) => format!(
            "<input type=\"text\" name=\"{name}\" value=\"{}\" size=\"40\" maxlength=\"{max}\"{noise}{disabled}>",
            escape(value)
        ),
        Domain::Number(_, high) => format!(
            "<input type=\"text\" name=\"{name}\" value=\"{}\" size=\"8\" maxlength=\"{}\"{noise}{disabled}>{}",
            escape(value),
            high.to_string().len(),
            unit(item)
        ),
        Domain::Switch => {
            let words = match pages.switches {
                SwitchWords::OnOff => [("true", page.t(Word::On)), ("false", page.t(Word::Off))],
                SwitchWords::ActiveInactive => {
                    [("true", page.t(Word::Active)), ("false", page.t(Word::Inactive))]
                }
            };
            radios(page, marks, item, name, value, disabled, &words)
        }
        Domain::Choice(choices) => {
            let words: Vec<(&str, &str)> =
                choices.iter().map(|choice| (*choice, page.t(Word::Choice(choice)))).collect();
            if pages.selects {
                let options: String = words
                    .iter()
                    .filter(|(word, _)| !marks.lacks(item, word))
                    .map(|(word, text)| {
                        format!(
                            "<option value=\"{}\"{}>{}</option>",
                            pages.wire(item, word),
                            if *word == value { " selected" } else { "" },
                            escape(text)
                        )
                    })
                    .collect();
                format!("<select name=\"{name}\"{noise}{disabled}>{options}</select>")
            } else {
                radios(page, marks, item, name, value, disabled, &words)
            }
        }
    };
    row(page, label, &control)
}

fn radios(
    page: &Page<'_>,
    marks: &Marks,
    item: Item,
    name: &str,
    value: &str,
    disabled: &str,
    words: &[(&str, &str)],
) -> String {
    // The switch of the SMTP account enables and disables its fields in the browser.
    let click = if item == Item::SmtpAuth && page.profile.email.disables_auth_fields {
        " onclick=\"refreshAuth()\""
    } else {
        ""
    };
    words
        .iter()
        .filter(|(word, _)| !marks.lacks(item, word))
        .map(|(word, text)| {
            let wire = page.profile.email.wire(item, word);
            let checked = if *word == value { " checked" } else { "" };
            let text = escape(text);
            match page.profile.markup {
                Markup::Table => {
                    format!("<input type=\"radio\" name=\"{name}\" value=\"{wire}\"{checked}{click}{disabled}>{text} ")
                }
                Markup::List => format!(
                    "<input type=\"radio\" name=\"{name}\" value=\"{wire}\" id=\"{name}_{wire}\"{checked}{click}\
                     {disabled}><label for=\"{name}_{wire}\">{text}</label> "
                ),
            }
        })
        .collect()
}

fn unit(item: Item) -> &'static str {
    match item {
        Item::MaxReceptionSize => " MB",
        Item::PopWait => " msec.",
        _ => "",
    }
}

fn password_row(
    page: &Page<'_>,
    settings: &Settings,
    marks: &Marks,
    kind: PasswordKind,
    function: &str,
) -> String {
    if marks.read_only {
        return row(page, page.t(Word::Password(kind)), "********");
    }
    let off =
        page.profile.email.disables_auth_fields && kind == PasswordKind::Smtp && !settings.on(Item::SmtpAuth);
    let button = format!(
        "<input type=\"button\" value=\"{}\" onclick=\"{function}()\"{}>",
        page.h(Word::Change),
        if off { " disabled" } else { "" }
    );
    row(page, page.t(Word::Password(kind)), &button)
}

fn scripts(page: &Page<'_>) -> String {
    let pages = &page.profile.email;
    let mut script = String::from("var g_isChanged = false;\n");
    // Stands before the OK button's function on purpose: a client that takes the first address of the page is wrong.
    script.push_str("function cancelButton(){\n");
    script.push_str(&post(page, &[], "websys/webArch/configList.cgi"));
    script.push_str("}\n");
    for row in &pages.rows {
        if let Row::Password(kind, function) = row {
            script.push_str(&format!("function {function}(){{\n"));
            script.push_str(&post(page, &[("passwdKind", password_code(*kind))], &pages.password));
            script.push_str("}\n");
        }
    }
    let sets: Vec<(&str, &str)> =
        pages.apply_sets.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    script.push_str("function applyButton(){\n");
    script.push_str(&post(page, &sets, &pages.save));
    script.push_str("}\nfunction clickOK(){\n  if(!checkEntry()){ return; }\n  applyButton();\n}\n");
    script.push_str("function checkEntry(){ return true; }\n");
    if pages.disables_auth_fields {
        script.push_str("function refreshAuth(){\n  var off = !document.form1.smtpAuth[0].checked;\n");
        for row in &pages.rows {
            let Row::Field(item, name) = row else { continue };
            if !depends_on_auth(*item) {
                continue;
            }
            match item.domain() {
                // A group of radio buttons cannot be disabled as one.
                Domain::Choice(words) if !pages.selects => {
                    for place in 0..words.len() {
                        script.push_str(&format!("  document.form1.{name}[{place}].disabled = off;\n"));
                    }
                }
                _ => script.push_str(&format!("  document.form1.{name}.disabled = off;\n")),
            }
        }
        script.push_str("}\n");
    }
    script
}

/// Statements that set hidden fields and post `form1` to a page.
pub(crate) fn post(page: &Page<'_>, sets: &[(&str, &str)], target: &str) -> String {
    let mut script = String::new();
    let (form, quote) = match page.profile.email.scripts {
        ScriptStyle::Plain => ("document.form1", '"'),
        ScriptStyle::Variable => {
            script.push_str("  var f = document.form1;\n");
            ("f", '\'')
        }
        ScriptStyle::Absolute => ("document.forms['form1']", '\''),
    };
    for (name, value) in sets {
        script.push_str(&format!("  {form}.{name}.value = {quote}{value}{quote};\n"));
    }
    let address = address(page, target);
    script.push_str(&format!("  {form}.action = {quote}{address}{quote};\n  {form}.submit();\n"));
    script
}

fn address(page: &Page<'_>, target: &str) -> String {
    fn folder(path: &str) -> &str {
        path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
    let pages = &page.profile.email;
    let mine = folder(&pages.page);
    let neighbours =
        [&pages.save, &pages.password, &pages.password_save].into_iter().all(|other| folder(other) == mine);
    // A bare file name means the same page from each of the four pages only if they are neighbours.
    match target.rsplit_once('/') {
        Some((folder, file)) if pages.scripts != ScriptStyle::Absolute && neighbours && folder == mine => {
            file.to_owned()
        }
        _ => format!("{}{target}", page.base()),
    }
}
