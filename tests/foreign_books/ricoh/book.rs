//! The address book of a copier of this maker as the evidence tells it, and nothing more forgiving than that: what is
//! left out is emptied, what comes out of turn is thrown out, what was not listed first may not be edited.

use std::collections::BTreeSet;

use crate::foreign::device::esc;

/// What a person, a folder or a group is: the names and values of the full form, without those that are empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// The copier's own number, never used again.
    pub id: u32,
    pub group: bool,
    pub used: String,
    /// The folder's; no page ever shows it.
    pub password: String,
    pub fields: Vec<(String, String)>,
}

impl Entry {
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    pub fn all(&self, name: &str) -> Vec<&str> {
        self.fields.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect()
    }

    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).contains(&value)
    }

    /// Replaces the values of a name; empty ones are none.
    pub fn put(&mut self, name: &str, values: &[&str]) {
        self.fields.retain(|(n, _)| n != name);
        for value in values.iter().filter(|v| !v.is_empty()) {
            self.fields.push((name.to_owned(), (*value).to_owned()));
        }
        self.fields.sort_by(|a, b| a.0.cmp(&b.0));
    }

    /// An entry as the full form makes it, with nothing in it but a name.
    pub fn named(id: u32, index: &str, name: &str) -> Self {
        let mut entry = Self { id, ..Self::default() };
        for (field, values) in [
            ("entryIndexIn", &[index][..]),
            ("entryNameIn", &[name]),
            ("entryTagInfoIn", &["1", "1", "1", "1"]),
            ("priorityIn", &["5"]),
            ("smtpAuthAccountIn", &["AUTH_SYSTEM_O"]),
            ("folderAuthAccountIn", &["AUTH_SYSTEM_O"]),
            ("ldapAuthAccountIn", &["AUTH_SYSTEM_O"]),
            ("entryUseIn", &["ENTRYUSE_TO_O"]),
            ("isCertificateExist", &["false"]),
            ("folderProtocolIn", &["SMB_O"]),
        ] {
            entry.put(field, values);
        }
        entry
    }

    pub fn with(mut self, name: &str, values: &[&str]) -> Self {
        self.put(name, values);
        self
    }

    pub fn mail(self, address: &str) -> Self {
        self.with("mailAddressIn", &[address])
    }

    /// A folder with a password.
    pub fn folder(mut self, path: &str, account: &str) -> Self {
        self.password = super::FOLDER.to_owned();
        self.with("folderPathNameIn", &[path])
            .with("folderAuthAccountIn", &["AUTH_ASSIGNMENT_O"])
            .with("folderAuthUserNameIn", &[account])
    }
}

/// What an open edit has so far.
#[derive(Debug, Clone)]
pub struct Edit {
    pub wizard: bool,
    pub mode: String,
    pub draft: Entry,
    pub steps: Vec<String>,
}

/// What one session has done with the book.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    pub session: String,
    /// The list page was opened since the last error.
    pub listed: bool,
    /// The entries whose data was fetched since then, by registration number.
    pub loaded: BTreeSet<String>,
    pub edit: Option<Edit>,
    /// The entry whose removal was asked back.
    pub asked: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Book {
    pub entries: Vec<Entry>,
    pub next: u32,
    pub flows: Vec<Flow>,
    /// What happened, one word each.
    pub log: Vec<String>,
    /// Somebody stands at the panel.
    pub panel: bool,
    /// This many confirmations are answered with an error page.
    pub refuse_confirm: u32,
    /// This many confirmations are stored, and the connection closes without an answer.
    pub lose_confirm: u32,
    /// The session's edit is forgotten before this many second steps.
    pub forget_edit: u32,
}

impl Book {
    pub fn flow(&mut self, session: &str) -> &mut Flow {
        if let Some(at) = self.flows.iter().position(|f| f.session == session) {
            return &mut self.flows[at];
        }
        self.flows.push(Flow { session: session.to_owned(), ..Flow::default() });
        self.flows.last_mut().unwrap()
    }

    pub fn by_index(&self, index: &str) -> Option<&Entry> {
        self.entries.iter().find(|e| e.get("entryIndexIn") == index)
    }

    pub fn free_index(&self) -> String {
        (1..).map(|n| format!("{n:05}")).find(|n| self.by_index(n).is_none()).unwrap()
    }

    pub fn users(&self) -> usize {
        self.entries.iter().filter(|e| !e.group).count()
    }

    /// The entries in the order of the list.
    pub fn sorted(&self) -> Vec<&Entry> {
        let mut entries: Vec<&Entry> = self.entries.iter().collect();
        entries.sort_by(|a, b| a.get("entryIndexIn").cmp(b.get("entryIndexIn")));
        entries
    }

    /// Puts an edit's result in the book; gives the entry.
    pub fn store(&mut self, mut draft: Entry) -> Entry {
        match self.entries.iter_mut().find(|e| e.id == draft.id && draft.id != 0) {
            Some(entry) => {
                let place = |e: &Entry| {
                    ["folderProtocolIn", "folderPortNoIn", "folderServerNameIn", "folderPathNameIn"]
                        .map(|n| e.get(n).to_owned())
                };
                if place(entry) != place(&draft) {
                    draft.password = String::new();
                }
                *entry = draft.clone();
            }
            None => {
                draft.id = self.next;
                self.next += 1;
                self.entries.push(draft.clone());
            }
        }
        draft
    }
}

/// A string of the list's script.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

pub fn text(name: &str, value: &str, size: u32) -> String {
    format!("<input type=\"text\" name=\"{name}\" value=\"{}\" maxlength=\"{size}\"/>", esc(value))
}

pub fn hidden(name: &str, value: &str) -> String {
    format!("<input value=\"{}\" name=\"{name}\" type=\"hidden\"/>", esc(value))
}

pub fn tick(kind: &str, name: &str, value: &str, on: bool) -> String {
    let on = if on { " checked=\"checked\"" } else { "" };
    format!("<input type=\"{kind}\" name=\"{name}\" value=\"{value}\"{on}/>")
}

pub fn select(name: &str, choices: &[&str], chosen: &str) -> String {
    let options: String = choices
        .iter()
        .enumerate()
        .map(|(at, words)| {
            let value = (at + 1).to_string();
            let on = if value == chosen { " selected=\"selected\"" } else { "" };
            format!("<option value=\"{value}\"{on}>{words}</option>")
        })
        .collect();
    format!("<select name=\"{name}\">{options}</select>")
}
