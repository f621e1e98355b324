//! Who an entry is: by e-mail address, then by name; never by its place in a book.

use std::fmt;

use scanfleet_sdk::BookEntry;
use serde::{Deserialize, Serialize};

/// Who an entry stands for, the same on every device and in every list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Who {
    /// The e-mail address in lower case; absent where the entry has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The name without white space around it.
    pub name: String,
}

impl Who {
    /// From a name and an address as written.
    pub fn new(name: &str, email: Option<&str>) -> Self {
        Self { email: email.and_then(fold), name: name.trim().to_owned() }
    }

    /// The entry's.
    pub fn of(entry: &BookEntry) -> Self {
        Self::new(&entry.name, entry.email.as_deref())
    }

    /// The word in fields (`address_book[WORD].name`) and the key of what is remembered: the address, or the name where there
    /// is none.
    pub fn word(&self) -> &str {
        self.email.as_deref().unwrap_or(&self.name)
    }

    /// A field of this entry as results name it, such as `address_book[ann@example.com].key`.
    pub fn field(&self, field: &str) -> String {
        format!("address_book[{}].{field}", scanfleet_sdk::error::clean(self.word()))
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = scanfleet_sdk::error::clean(&self.name);
        match &self.email {
            Some(email) => write!(f, "{name} <{}>", scanfleet_sdk::error::clean(email)),
            None => f.write_str(&name),
        }
    }
}

/// An address in the form in which addresses are compared; `None` where there is none.
pub(crate) fn fold(email: &str) -> Option<String> {
    let email = email.trim();
    (!email.is_empty()).then(|| email.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_case_and_a_name_has() {
        assert_eq!(Who::new(" Ann ", Some("Ann@Example.COM ")), Who::new("Ann", Some("ann@example.com")));
        assert_ne!(Who::new("Ann", None), Who::new("ann", None));
        assert_eq!(Who::new("Ann", Some(" ")).word(), "Ann");
        assert_eq!(Who::new("Ann", Some("A@b.example")).field("key"), "address_book[a@b.example].key");
    }
}
