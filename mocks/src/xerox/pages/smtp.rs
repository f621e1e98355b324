//! The page with the SMTP settings.
//!
//! INVENTED but for the attributes' names and the way values stand in script (known from the LDAP page of one device:
//! `valIpv4_1_0[2] = 10;` for an octet, `valPrt_1[2] = 389;` for a port, separate inputs that a script joins).

use std::net::Ipv4Addr;

use super::super::posting::name;
use super::super::profile::{FieldValues, SmtpField, SmtpPages, XeroxWording};
use super::words::{choice, label, short};
use super::{Page, quoted};
use crate::http::escape;
use crate::machine::Marks;
use crate::settings::{Domain, Item, Settings};

/// The page in parts.
struct Sheet<'a> {
    pages: &'a SmtpPages,
    marks: &'a Marks,
    held: &'a Settings,
    script: String,
    /// What the script does on load.
    load: String,
    /// What it does before the form is posted.
    submit: String,
    rows: String,
}

/// The page with these values; `tab` is what the address asked for.
pub(in crate::xerox) fn smtp(page: &Page<'_>, held: &Settings, marks: &Marks, tab: Option<&str>) -> String {
    let pages = &page.profile.smtp;
    let mut sheet = Sheet {
        pages,
        marks,
        held,
        script: String::new(),
        load: String::new(),
        submit: String::new(),
        rows: String::new(),
    };
    if pages.values == FieldValues::Object {
        sheet.script.push_str("var attr = {};\n");
    }
    for field in &pages.fields {
        match field {
            SmtpField::Function => {
                let function = "HTTP_Set_Config_Attrib_fn";
                let value = if pages.script_fills {
                    sheet.submit.push_str(&format!("  f._fun_function.value = '{function}';\n"));
                    ""
                } else {
                    function
                };
                sheet.hidden("_fun_function", value);
            }
            SmtpField::NextPage => sheet.hidden("NextPage", &pages.page),
            SmtpField::Hidden(name, value) => sheet.hidden(name, value),
            SmtpField::Token => sheet.rows.push_str(&page.token_field()),
            SmtpField::Server(attribute) => sheet.server(attribute),
            SmtpField::Setting(item, attribute) => sheet.setting(*item, attribute),
            SmtpField::Password(attribute) => sheet.password(attribute),
        }
    }
    let Sheet { script, load, submit, rows, .. } = sheet;
    let script = format!(
        "{script}function initPage() {{\n  var f = document.forms['smtpForm'];\n{load}}}\n\
         function doSave() {{\n  var f = document.forms['smtpForm'];\n{submit}  f.submit();\n}}\n"
    );
    let button = match (marks.read_only, pages.wording) {
        (true, _) => "",
        (false, XeroxWording::Older) => {
            "<input type=\"button\" name=\"Apply\" value=\"Apply\" onclick=\"doSave()\" />\n"
        }
        (false, XeroxWording::Newer) => {
            "<button type=\"button\" id=\"saveBtn\" onclick=\"doSave()\">Apply</button>\n"
        }
    };
    let title = escape(&pages.link);
    let current = tab.map_or(String::new(), |tab| {
        format!("<input type=\"hidden\" id=\"currentTab\" value=\"{}\" />\n", escape(tab))
    });
    let body = format!(
        "<h1>{title}</h1>\n{current}\
         <form name=\"smtpForm\" id=\"smtpForm\" method=\"post\" action=\"/dummypost/xerox.set\">\n\
         {rows}{button}</form>\n{}<script type=\"text/javascript\">initPage();</script>\n",
        test_form(page)
    );
    page.document(&pages.link, &script, &body)
}

/// A page with an error in a script variable, as the log-in has it.
pub(in crate::xerox) fn with_error(html: &str, text: &str) -> String {
    html.replacen(
        "</head>",
        &format!("<script type=\"text/javascript\">var http_errmsg = {};</script>\n</head>", quoted(text)),
        1,
    )
}

impl Sheet<'_> {
    fn hidden(&mut self, name: &str, value: &str) {
        self.rows.push_str(&format!(
            "<input type=\"hidden\" name=\"{}\" value=\"{}\" />\n",
            escape(name),
            escape(value)
        ));
    }

    fn row(&mut self, id: &str, label: &str, control: &str) {
        let label = escape(label);
        self.rows.push_str(&match self.pages.wording {
            XeroxWording::Older => format!(
                "<table class=\"row\"><tr><td class=\"caption\"><label for=\"{id}\">{label}:</label></td>\
                 <td>{control}</td></tr></table>\n"
            ),
            XeroxWording::Newer => {
                format!("<div class=\"row\"><label for=\"{id}\">{label}</label> {control}</div>\n")
            }
        });
    }

    fn label(&self, item: Item) -> String {
        let other = self.marks.labels.iter().find(|(marked, _)| *marked == item);
        other.map_or_else(|| label(self.pages.wording, item).to_owned(), |(_, label)| label.clone())
    }

    fn id(&self, short: &str) -> String {
        format!("{}{short}", self.pages.ids)
    }

    fn disabled(&self) -> &'static str {
        if self.marks.read_only { " disabled=\"disabled\"" } else { "" }
    }

    /// Host and port in inputs of their own, joined by script into the field that counts.
    fn server(&mut self, attribute: &str) {
        let marks = self.marks;
        if marks.missing.contains(&Item::SmtpServer) {
            return;
        }
        let (host, port) = (self.held.get(Item::SmtpServer), self.held.get(Item::SmtpPort));
        let joined = if host.is_empty() { format!("0.0.0.0:{port}") } else { format!("{host}:{port}") };
        let attribute = name(marks, Item::SmtpServer, attribute);
        let (host_id, port_id) = (self.id("Hst_1"), self.id("Prt_1"));
        let values = self.pages.values;
        let (shown_host, shown_port, shown) = match values {
            FieldValues::Inputs => (host, port, joined.as_str()),
            _ => ("", "", ""),
        };
        match values {
            FieldValues::Inputs => {}
            FieldValues::Object => {
                self.script.push_str(&format!("attr[{}] = {};\n", quoted(attribute), quoted(&joined)));
                self.load.push_str(&format!(
                    "  var hp = attr[{0}].split(':');\n  document.getElementById('{host_id}').value = hp[0];\n  \
                     document.getElementById('{port_id}').value = hp[1];\n  f[{0}].value = attr[{0}];\n",
                    quoted(attribute)
                ));
            }
            FieldValues::Arrays | FieldValues::Mixed => {
                let host_script = match host.parse::<Ipv4Addr>() {
                    Ok(address) => {
                        for (place, octet) in address.octets().iter().enumerate() {
                            self.script.push_str(&format!(
                                "var valIpv4_1_{place} = [];\nvalIpv4_1_{place}[2] = {octet};\n"
                            ));
                        }
                        "[valIpv4_1_0[2], valIpv4_1_1[2], valIpv4_1_2[2], valIpv4_1_3[2]].join('.')"
                            .to_owned()
                    }
                    Err(_) => {
                        self.script
                            .push_str(&format!("var valHst_1 = [];\nvalHst_1[2] = {};\n", quoted(host)));
                        "valHst_1[2]".to_owned()
                    }
                };
                self.script.push_str(&format!("var valPrt_1 = [];\nvalPrt_1[2] = {port};\n"));
                self.load.push_str(&format!(
                    "  document.getElementById('{host_id}').value = {host_script};\n  document.getElementById('{port_id}').value = valPrt_1[2];\n  \
                     f[{}].value = {host_script} + ':' + valPrt_1[2];\n",
                    quoted(attribute)
                ));
            }
        }
        self.submit.push_str(&format!(
            "  f[{}].value = document.getElementById('{host_id}').value + ':' + document.getElementById('{port_id}').value;\n",
            quoted(attribute)
        ));
        let disabled = self.disabled();
        let host_label = self.label(Item::SmtpServer);
        let copies = if marks.twice.contains(&Item::SmtpServer) { 2 } else { 1 };
        for _ in 0..copies {
            self.row(
                &host_id,
                &host_label,
                &format!(
                    "<input type=\"text\" id=\"{host_id}\" value=\"{}\" maxlength=\"127\"{disabled} />",
                    escape(shown_host)
                ),
            );
            if !marks.missing.contains(&Item::SmtpPort) {
                let port_label = self.label(Item::SmtpPort);
                self.row(
                    &port_id,
                    &port_label,
                    &format!(
                        "<input type=\"text\" id=\"{port_id}\" value=\"{}\" maxlength=\"5\"{disabled} />",
                        escape(shown_port)
                    ),
                );
            }
            self.hidden(attribute, shown);
        }
    }

    fn setting(&mut self, item: Item, attribute: &str) {
        if self.marks.missing.contains(&item) {
            return;
        }
        let marks = self.marks;
        let attribute = name(marks, item, attribute);
        let wire = self.pages.wire(item, self.held.get(item));
        let in_script = matches!(self.pages.values, FieldValues::Arrays | FieldValues::Object);
        if in_script {
            self.script_value(item, attribute, &wire);
        }
        let id = self.id(short(item));
        let label = self.label(item);
        let control = self.control(item, attribute, &id, if in_script { None } else { Some(&wire) });
        let copies = if marks.twice.contains(&item) { 2 } else { 1 };
        for _ in 0..copies {
            self.row(&id, &label, &control);
        }
    }

    /// The value in script, and how it comes into the form.
    fn script_value(&mut self, item: Item, attribute: &str, wire: &str) {
        let attribute = quoted(attribute);
        let value = if matches!(item.domain(), Domain::Number(..)) { wire.to_owned() } else { quoted(wire) };
        if self.pages.values == FieldValues::Object {
            self.script.push_str(&format!("attr[{attribute}] = {value};\n"));
            self.load.push_str(&format!("  f[{attribute}].value = attr[{attribute}];\n"));
        } else {
            let variable = format!("val{}", short(item));
            self.script.push_str(&format!("var {variable} = [];\n{variable}[2] = {value};\n"));
            self.load.push_str(&format!("  f[{attribute}].value = {variable}[2];\n"));
        }
    }

    fn control(&self, item: Item, attribute: &str, id: &str, wire: Option<&str>) -> String {
        let (disabled, attribute) = (self.disabled(), escape(attribute));
        let words: &[&str] = match item.domain() {
            Domain::Choice(words) => words,
            Domain::Switch => &["true", "false"],
            Domain::Text(max) => {
                return format!(
                    "<input type=\"text\" id=\"{id}\" name=\"{attribute}\" value=\"{}\" maxlength=\"{max}\"{disabled} />",
                    escape(wire.unwrap_or_default())
                );
            }
            Domain::Number(..) => {
                return format!(
                    "<input type=\"text\" id=\"{id}\" name=\"{attribute}\" value=\"{}\" size=\"12\"{disabled} />",
                    escape(wire.unwrap_or_default())
                );
            }
        };
        let mut options = String::new();
        for word in words {
            let offered = self.pages.wire.iter().any(|(other, known, _)| *other == item && known == word);
            if !offered || self.marks.lacks(item, word) {
                continue;
            }
            let value = self.pages.wire(item, word);
            let selected = if wire == Some(value.as_str()) { " selected=\"selected\"" } else { "" };
            options.push_str(&format!(
                "<option value=\"{}\"{selected}>{}</option>",
                escape(&value),
                escape(choice(item, word))
            ));
        }
        format!("<select id=\"{id}\" name=\"{attribute}\"{disabled}>{options}</select>")
    }

    /// The password is never shown; it is stored only when the box is ticked.
    fn password(&mut self, attribute: &str) {
        let disabled = self.disabled();
        let (id, again_id, box_id) = (self.id("Pwd"), self.id("Pwd2"), self.id("SavePwd"));
        self.row(
            &id,
            "Password",
            &format!(
                "<input type=\"password\" id=\"{id}\" name=\"{}\" value=\"\" maxlength=\"128\"{disabled} />",
                escape(attribute)
            ),
        );
        let named =
            self.pages.retype.as_deref().map_or(String::new(), |name| format!(" name=\"{}\"", escape(name)));
        self.row(
            &again_id,
            "Retype Password",
            &format!(
                "<input type=\"password\" id=\"{again_id}\"{named} value=\"\" maxlength=\"128\"{disabled} />"
            ),
        );
        let (name, value) = &self.pages.save_box;
        self.row(
            &box_id,
            "Select to save new password",
            &format!(
                "<input type=\"checkbox\" id=\"{box_id}\" name=\"{}\" value=\"{}\"{disabled} />",
                escape(name),
                escape(value)
            ),
        );
    }
}

/// The form of the test mail.
fn test_form(page: &Page<'_>) -> String {
    let Some(test) = &page.profile.smtp.test else { return String::new() };
    let (ajax, post) = if test.ajax {
        (
            "<input type=\"hidden\" name=\"isAjax\" value=\"true\" />\n",
            "postAjax(document.forms['testForm'], '/userpost/xerox.set?ajts' + new Date().getTime())",
        )
    } else {
        ("", "document.forms['testForm'].submit()")
    };
    format!(
        "<h2>Test Configuration</h2>\n\
         <form name=\"testForm\" id=\"testForm\" method=\"post\" action=\"/userpost/xerox.set\">\n\
         <input type=\"hidden\" name=\"_fun_function\" value=\"{}\" />\n\
         <input type=\"hidden\" name=\"NextPage\" value=\"{}\" />\n{}{ajax}\
         <label for=\"{to}\">To Address</label> <input type=\"text\" id=\"{to}\" name=\"{to}\" value=\"\" />\n\
         <button type=\"button\" onclick=\"{post}\">Send Email</button>\n</form>\n",
        escape(&test.function),
        escape(&test.next_page),
        page.token_field(),
        to = escape(&test.to_field),
    )
}
