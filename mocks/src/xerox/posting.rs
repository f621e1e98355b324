//! What a post of the SMTP page means: the attributes that came, and no others.

use super::profile::{SmtpField, SmtpPages};
use crate::http::Form;
use crate::machine::Marks;
use crate::settings::{Item, Settings};

/// What a post asks for.
#[derive(Debug, Default)]
pub(super) struct Wish {
    pub(super) changes: Vec<(Item, String)>,
    /// A new password, empty to remove the stored one.
    pub(super) password: Option<String>,
}

/// Why a post is refused. The words are INVENTED.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// An attribute has a value that the device does not take.
    Value(Item),
    /// The two password fields differ.
    Retype,
    /// Another server without the password, where the firmware wants it.
    PasswordNeeded,
}

impl Refusal {
    pub(super) fn words(self) -> String {
        match self {
            Self::Value(item) => format!("The value entered for {item:?} is not valid."),
            Self::Retype => "The passwords do not match.".to_owned(),
            Self::PasswordNeeded => "Enter the password when you change the server.".to_owned(),
        }
    }
}

/// The name under which an attribute is posted.
pub(super) fn name<'a>(marks: &'a Marks, item: Item, usual: &'a str) -> &'a str {
    marks.name(item, usual)
}

/// Reads a posted form. Attributes that did not come stay as they are (known of a device), and so does a password
/// whose box is not ticked.
///
/// # Errors
/// Why the device does not take it.
pub(super) fn read(
    pages: &SmtpPages,
    marks: &Marks,
    held: &Settings,
    password_stored: bool,
    form: &Form,
) -> Result<Wish, Refusal> {
    let mut wish = Wish::default();
    for field in &pages.fields {
        match field {
            SmtpField::Setting(item, attribute) if !marks.missing.contains(item) => {
                if let Some(wire) = form.get(name(marks, *item, attribute)) {
                    let word = pages.word(*item, wire).ok_or(Refusal::Value(*item))?;
                    wish.changes.push((*item, word));
                }
            }
            SmtpField::Server(attribute) if !marks.missing.contains(&Item::SmtpServer) => {
                if let Some(joined) = form.get(name(marks, Item::SmtpServer, attribute)) {
                    // Without a colon there is no port to store; that this is refused is INVENTED.
                    let (host, port) = joined.rsplit_once(':').ok_or(Refusal::Value(Item::SmtpPort))?;
                    for (item, value) in [(Item::SmtpServer, host), (Item::SmtpPort, port)] {
                        if !item.accepts(value) {
                            return Err(Refusal::Value(item));
                        }
                        wish.changes.push((item, value.to_owned()));
                    }
                }
            }
            SmtpField::Password(attribute) => {
                let ticked = form.get(&pages.save_box.0) == Some(pages.save_box.1.as_str());
                if let (true, Some(password)) = (ticked, form.get(attribute)) {
                    if pages.retype.as_deref().is_some_and(|again| form.get(again) != Some(password)) {
                        return Err(Refusal::Retype);
                    }
                    wish.password = Some(password.to_owned());
                }
            }
            _ => {}
        }
    }
    let moved = wish
        .changes
        .iter()
        .any(|(item, value)| matches!(item, Item::SmtpServer | Item::SmtpPort) && held.get(*item) != value);
    if pages.password_with_server && moved && password_stored && wish.password.is_none() {
        return Err(Refusal::PasswordNeeded);
    }
    Ok(wish)
}

/// Whether the fields that came stand in the form's order. Names that the form does not have are not looked at.
pub(super) fn in_order(pages: &SmtpPages, marks: &Marks, form: &Form) -> bool {
    let mut order: Vec<&str> = Vec::new();
    for field in &pages.fields {
        match field {
            SmtpField::Function => order.push("_fun_function"),
            SmtpField::NextPage => order.push("NextPage"),
            SmtpField::Token => order.push("CSRFToken"),
            SmtpField::Hidden(name, _) => order.push(name),
            SmtpField::Server(attribute) => order.push(name(marks, Item::SmtpServer, attribute)),
            SmtpField::Setting(item, attribute) => order.push(name(marks, *item, attribute)),
            SmtpField::Password(attribute) => {
                order.push(attribute);
                order.extend(pages.retype.as_deref());
                order.push(&pages.save_box.0);
            }
        }
    }
    let places: Vec<usize> =
        form.names().filter_map(|came| order.iter().position(|known| *known == came)).collect();
    places.is_sorted()
}
