//! The two ways of editing an entry as they are shown: the wizard's fragment and the full form.

use super::Pages;
use super::book::{Book, Entry, hidden, select, text, tick};
use crate::strangers::wire::Reply;

/// The choices of the three titles.
pub const TITLES: [&[&str]; 3] = [
    &["---", "AB", "CD", "EF", "GH", "IJK", "LMN", "OPQ", "RST", "UVW", "XYZ"],
    &["---", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
    &["---", "1", "2", "3", "4", "5"],
];

impl Pages {
    fn label(&self, name: &str) -> &'static str {
        self.words.labels.iter().find(|(n, _)| *n == name).map_or("…", |(_, l)| l)
    }

    fn rows(&self, rows: &[(&str, String)]) -> String {
        rows.iter()
            .map(|(name, control)| format!("<dl><dt>{}</dt><dd>{control}</dd></dl>", self.label(name)))
            .collect()
    }

    fn tags(&self, entry: &Entry) -> String {
        let tags = entry.all("entryTagInfoIn");
        let tag = |at: usize| tags.get(at).copied().unwrap_or("1");
        let selects: String = (0..3).map(|at| select("entryTagInfoIn", TITLES[at], tag(at))).collect();
        format!(
            "{selects}{}{}",
            tick("radio", "entryTagInfoIn", "1", tag(3) == "1"),
            tick("radio", "entryTagInfoIn", "2", tag(3) == "2")
        )
    }

    fn protocol(&self, entry: &Entry) -> String {
        let now = if entry.get("folderProtocolIn") == "FTP_O" { "FTP_O" } else { "SMB_O" };
        let mut out = String::new();
        for value in ["SMB_O", "FTP_O"] {
            out += &tick("radio", "folderProtocolIn", value, now == value);
        }
        if self.words.older {
            out += &tick("radio", "folderProtocolIn", "NCP_O", false);
        }
        out
    }

    /// The names of the steps this copier offers, the first of all and the last left out.
    pub(super) fn steps(&self) -> &'static [&'static str] {
        if self.words.older { &["MAIL", "FOLDER"] } else { &["FAX", "MAIL", "FOLDER"] }
    }

    /// What a step's form holds: name and whether a browser sends it even when empty.
    pub(super) fn step_fields(&self, step: &str, change: bool) -> &'static [(&'static str, bool)] {
        match step {
            "BASE" => &[
                ("entryIndexIn", true),
                ("entryNameIn", true),
                ("entryDisplayNameIn", true),
                ("entryTagInfoIn", true),
            ],
            "FAX" => &[("faxDestIn", true), ("faxLineIn", true)],
            "MAIL" => &[("mailAddressIn", true), ("mailSendUserIn", false)],
            "FOLDER" if change => &[
                ("folderProtocolIn", true),
                ("folderPortNoIn", true),
                ("folderServerNameIn", true),
                ("folderPathNameIn", true),
                ("folderAuthUserNameIn", true),
                ("folderPasswordUpdateIn", true),
                ("wk_folderPasswordIn", false),
                ("folderPasswordIn", false),
                ("wk_folderPasswordConfirmIn", false),
                ("folderPasswordConfirmIn", false),
            ],
            "FOLDER" => &[
                ("folderProtocolIn", true),
                ("folderPortNoIn", true),
                ("folderServerNameIn", true),
                ("folderPathNameIn", true),
                ("folderAuthUserNameIn", true),
                ("wk_folderPasswordIn", true),
                ("folderPasswordIn", true),
                ("wk_folderPasswordConfirmIn", true),
                ("folderPasswordConfirmIn", true),
            ],
            _ => &[],
        }
    }

    /// The fragment that opens the wizard.
    pub(super) fn wizard(&self, entry: &Entry, change: bool) -> Reply {
        let path_size = if self.words.older { 128 } else { 256 };
        let base = self.rows(&[
            ("entryIndexIn", text("entryIndexIn", entry.get("entryIndexIn"), 5)),
            ("entryNameIn", text("entryNameIn", entry.get("entryNameIn"), 20)),
            ("entryDisplayNameIn", text("entryDisplayNameIn", entry.get("entryDisplayNameIn"), 16)),
            ("entryTagInfoIn", self.tags(entry)),
        ]);
        let fax = self.rows(&[
            ("faxDestIn", text("faxDestIn", entry.get("faxDestIn"), 128)),
            ("", "<select name=\"faxLineIn\"><option value=\"G3_O\" selected=\"selected\">G3</option><option value=\"G4_O\">G4</option></select>".to_owned()),
        ]);
        let mail = self.rows(&[
            ("mailAddressIn", text("mailAddressIn", entry.get("mailAddressIn"), 128)),
            ("", tick("checkbox", "mailSendUserIn", "true", entry.has("entryUseIn", "ENTRYUSE_FROM_O"))),
        ]);
        let update = if change {
            format!(
                "{}{}",
                tick("radio", "folderPasswordUpdateIn", "ACCOUNTPWD_ON_RB", false),
                tick("radio", "folderPasswordUpdateIn", "ACCOUNTPWD_OFF_RB", true)
            )
        } else {
            String::new()
        };
        let port = if entry.get("folderPortNoIn").is_empty() { "21" } else { entry.get("folderPortNoIn") };
        // The four fields are disabled as long as the password stays.
        let off = if change { " disabled=\"disabled\"" } else { "" };
        let folder = self.rows(&[
            ("", self.protocol(entry)),
            ("", text("folderPortNoIn", port, 5)),
            ("", text("folderServerNameIn", entry.get("folderServerNameIn"), 64)),
            ("folderPathNameIn", text("folderPathNameIn", entry.get("folderPathNameIn"), path_size)),
            ("", text("folderAuthUserNameIn", entry.get("folderAuthUserNameIn"), 64)),
            ("", update),
            ("", format!("<input type=\"password\" name=\"wk_folderPasswordIn\" maxlength=\"64\"{off}/><input type=\"hidden\" name=\"folderPasswordIn\" value=\"\"{off}/><input type=\"password\" name=\"wk_folderPasswordConfirmIn\" maxlength=\"64\"{off}/><input type=\"hidden\" name=\"folderPasswordConfirmIn\" value=\"\"{off}/>")),
        ]);
        let filled = |step: &str| match step {
            "FAX" => !entry.get("faxDestIn").is_empty(),
            "MAIL" => !entry.get("mailAddressIn").is_empty(),
            _ => !entry.get("folderPathNameIn").is_empty(),
        };
        // The older one's script ticks them.
        let ticks: String = self
            .steps()
            .iter()
            .map(|step| tick("checkbox", "stepListIn", step, !self.words.older && filled(step)))
            .collect();
        let fax = if self.words.older {
            String::new()
        } else {
            format!("<div id=\"step_FAX\"><form id=\"form_FAX\">{fax}</form></div>")
        };
        Reply::page(format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><div id=\"additionalArea\"><div id=\"step_STEP\"><form id=\"form_STEP\"><input type=\"checkbox\" name=\"stepListIn\" value=\"BASE\" checked=\"checked\" disabled=\"disabled\"/>{ticks}</form></div><div id=\"step_BASE\"><form id=\"form_BASE\">{base}</form></div>{fax}<div id=\"step_MAIL\"><form id=\"form_MAIL\">{mail}</form></div><div id=\"step_FOLDER\"><form id=\"form_FOLDER\">{folder}</form></div><div id=\"step_CONFIRM\"><form id=\"form_CONFIRM\"></form></div></div>"
        ))
    }

    /// Names the full form sends, those that only one generation has included; whether a browser always sends them.
    pub(super) fn full_fields(&self, entry: &Entry) -> Vec<(&'static str, bool)> {
        let ftp = entry.get("folderProtocolIn") == "FTP_O";
        let mut names = vec![
            ("entryIndexIn", true),
            ("entryNameIn", true),
            ("entryDisplayNameIn", true),
            ("entryTagInfoIn", true),
            ("userCodeIn", true),
            ("smtpAuthAccountIn", true),
            ("smtpAuthUserNameIn", false),
            ("folderAuthAccountIn", true),
            ("folderAuthUserNameIn", false),
            ("ldapAuthAccountIn", true),
            ("ldapAuthUserNameIn", false),
            ("availableFuncIn", false),
            ("entryUseIn", false),
            ("protectedUseIn", false),
            ("mailAddressIn", true),
            ("isCertificateExist", true),
            ("folderProtocolIn", true),
            ("folderPortNoIn", ftp),
            ("folderServerNameIn", ftp),
            ("folderPathNameIn", true),
        ];
        if !self.words.older {
            names.extend([("priorityIn", true), ("faxDestIn", true), ("faxLineIn", true)]);
        }
        names
    }

    pub(super) const ENVELOPE: [&str; 10] = [
        "wimToken",
        "mode",
        "pageSpecifiedIn",
        "pageNumberIn",
        "searchSpecifyModeIn",
        "outputSpecifyModeIn",
        "inputSpecifyModeIn",
        "wayFrom",
        "wayTo",
        "isSelfPasswordEditMode",
    ];

    pub(super) fn full(&self, entry: &Entry, mode: &str, token: &str) -> Reply {
        let w = self.words;
        let account = |name: &str, user: &str, size: u32| {
            let assigned = entry.get(name) == "AUTH_ASSIGNMENT_O";
            let off = if assigned { "" } else { " disabled=\"disabled\"" };
            format!(
                "{}{}{}",
                tick("radio", name, "AUTH_ASSIGNMENT_O", assigned),
                tick("radio", name, "AUTH_SYSTEM_O", !assigned),
                text(user, entry.get(user), size).replace("/>", &format!("{off}/>"))
            )
        };
        let functions: &[&str] = if w.older {
            &["COPY", "FAX", "SCAN", "DBX", "PRT", "MFPBROWSER"]
        } else {
            &[
                "COPY_FC",
                "COPY_TC",
                "COPY_MC",
                "COPY_BW",
                "PRT_FC",
                "PRT_BW",
                "DBX",
                "FAX",
                "SCAN",
                "MFPBROWSER",
            ]
        };
        let off = if entry.get("userCodeIn").is_empty() { " disabled=\"disabled\"" } else { "" };
        let functions: String = functions
            .iter()
            .map(|f| {
                tick("checkbox", "availableFuncIn", f, entry.has("availableFuncIn", f))
                    .replace("/>", &format!("{off}/>"))
            })
            .collect();
        let ticks = |name: &str, values: [&str; 2]| -> String {
            values.iter().map(|v| tick("checkbox", name, v, entry.has(name, v))).collect()
        };
        let ftp = entry.get("folderProtocolIn") == "FTP_O";
        let smb_off = if ftp { "" } else { " disabled=\"disabled\"" };
        let port = if entry.get("folderPortNoIn").is_empty() { "21" } else { entry.get("folderPortNoIn") };
        let mut rows = vec![
            ("entryIndexIn", text("entryIndexIn", entry.get("entryIndexIn"), 5)),
            ("entryNameIn", text("entryNameIn", entry.get("entryNameIn"), 20)),
            ("entryDisplayNameIn", text("entryDisplayNameIn", entry.get("entryDisplayNameIn"), 16)),
            ("entryTagInfoIn", self.tags(entry)),
            ("", text("userCodeIn", entry.get("userCodeIn"), 8)),
            ("", account("smtpAuthAccountIn", "smtpAuthUserNameIn", 191)),
            ("", account("folderAuthAccountIn", "folderAuthUserNameIn", 64)),
            ("", account("ldapAuthAccountIn", "ldapAuthUserNameIn", 128)),
            ("", functions),
            ("", ticks("entryUseIn", ["ENTRYUSE_TO_O", "ENTRYUSE_FROM_O"])),
            ("", ticks("protectedUseIn", ["PROTECT_SENDER_O", "PROTECT_FOLDER_O"])),
            ("mailAddressIn", text("mailAddressIn", entry.get("mailAddressIn"), 128)),
            ("", self.protocol(entry)),
            ("", text("folderPortNoIn", port, 5).replace("/>", &format!("{smb_off}/>"))),
            (
                "",
                text("folderServerNameIn", entry.get("folderServerNameIn"), 64)
                    .replace("/>", &format!("{smb_off}/>")),
            ),
            ("folderPathNameIn", text("folderPathNameIn", entry.get("folderPathNameIn"), 128)),
        ];
        if !w.older {
            let priority = if entry.get("priorityIn").is_empty() { "5" } else { entry.get("priorityIn") };
            rows.push(("", text("priorityIn", priority, 2)));
            rows.push(("faxDestIn", text("faxDestIn", entry.get("faxDestIn"), 128)));
            rows.push(("", "<select name=\"faxLineIn\"><option value=\"G3_O\" selected=\"selected\">G3</option></select>".to_owned()));
        }
        let envelope: String = [
            ("wimToken", token),
            ("mode", mode),
            ("pageSpecifiedIn", ""),
            ("pageNumberIn", ""),
            ("outputSpecifyModeIn", ""),
            ("inputSpecifyModeIn", ""),
            ("wayFrom", "adrsGetUser.cgi?outputSpecifyModeIn=SETTINGS"),
            ("wayTo", "adrsList.cgi"),
            ("isSelfPasswordEditMode", "false"),
            ("isCertificateExist", "false"),
        ]
        .iter()
        .map(|(n, v)| hidden(n, v))
        .chain(w.older.then(|| hidden("searchSpecifyModeIn", "")))
        .collect();
        Reply::page(format!(
            "<html xmlns:axsl=\"http://localhost\" lang=\"{0}\"><head><title>{1}</title></head><body><form name=\"basicForm\">{2}{3}{4}</form><form name=\"mainForm\" method=\"post\" onsubmit=\"return false\">{envelope}{5}</form><a href=\"javascript:Apply()\">OK</a></body></html>",
            w.lang,
            w.title,
            hidden("wimToken", token),
            hidden("methodName", "adrsGetUser"),
            hidden("returnValue", "SUCCESS"),
            self.rows(&rows),
        ))
    }

    /// A group's form. How members are shown is an invention: nobody has published it.
    pub(super) fn group(&self, book: &Book, entry: &Entry, token: &str) -> Reply {
        let members = entry.all("members");
        let options: String = book
            .sorted()
            .iter()
            .filter(|e| !e.group)
            .map(|e| {
                let index = e.get("entryIndexIn");
                let on = if members.contains(&index) { " selected=\"selected\"" } else { "" };
                let name = crate::foreign::device::esc(e.get("entryNameIn"));
                format!("<option value=\"{index}\"{on}>{name}</option>")
            })
            .collect();
        let rows = self.rows(&[
            ("entryIndexIn", text("entryIndexIn", entry.get("entryIndexIn"), 5)),
            ("entryNameIn", text("entryNameIn", entry.get("entryNameIn"), 20)),
            ("entryDisplayNameIn", text("entryDisplayNameIn", entry.get("entryDisplayNameIn"), 16)),
            ("entryTagInfoIn", self.tags(entry)),
            ("", format!("<select multiple=\"multiple\" name=\"memberListIn\">{options}</select>")),
        ]);
        Reply::page(format!(
            "<html lang=\"{0}\"><head><title>{1}</title></head><body><form name=\"basicForm\">{2}{3}{4}</form><form name=\"mainForm\" method=\"post\" onsubmit=\"return false\">{2}{5}{rows}</form><a href=\"javascript:Apply()\">OK</a></body></html>",
            self.words.lang,
            self.words.title,
            hidden("wimToken", token),
            hidden("methodName", "adrsGetGroup"),
            hidden("returnValue", "SUCCESS"),
            hidden("mode", "MODGROUP"),
        ))
    }

    /// The page that asks whether an entry shall go (older copiers).
    pub(super) fn sure(&self, book: &Book, index: &str, token: &str) -> Reply {
        let name = book.by_index(index).map_or("", |e| e.get("entryNameIn"));
        Reply::page(format!(
            "<html lang=\"{0}\"><head><title>{1}</title></head><body><form name=\"basicForm\">{2}{3}</form><form name=\"mainForm\" method=\"post\">{2}{4}{5}{6}{7}</form><p>{8}</p><a href=\"javascript:Apply()\">OK</a></body></html>",
            self.words.lang,
            self.words.title,
            hidden("wimToken", token),
            hidden("methodName", "adrsConfDeleteEntry") + &hidden("returnValue", "SUCCESS"),
            hidden("entryIndexIn", index),
            hidden("mode", "DELETE"),
            hidden("wayFrom", "adrsConfDeleteEntry.cgi"),
            hidden("wayTo", "adrsList.cgi"),
            crate::foreign::device::esc(name),
        ))
    }
}
