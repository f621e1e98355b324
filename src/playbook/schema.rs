//! The JSON Schema of playbooks, for editors; generated into `playbooks/playbook.schema.json`.
//!
//! The reader takes a document apart by hand, for the sake of its messages; these types say the same to machines.
//! Tests hold both together: the keys are compared, and every valid playbook must fit.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::Value;

/// A scanfleet playbook: what somebody wants of a fleet of copiers.
#[derive(JsonSchema)]
#[schemars(rename = "Playbook", deny_unknown_fields)]
#[expect(dead_code, reason = "only its shape is used")]
struct PlaybookFile {
    /// The playbook's name; the file's name where absent.
    name: Option<String>,
    /// Values by name, for use in templates as `{{ name }}`. They are taken literally.
    vars: Option<BTreeMap<String, Scalar>>,
    /// The plays, run in order.
    #[schemars(length(min = 1))]
    plays: Vec<PlayEntry>,
}

/// The same wish for a selection of devices.
#[derive(JsonSchema)]
#[schemars(rename = "Play", deny_unknown_fields)]
#[expect(dead_code, reason = "only its shape is used")]
struct PlayEntry {
    /// The play's name.
    name: Option<String>,
    /// A selection over the inventory, such as `vendor=ricoh site=north,south`: spaces are AND, commas OR. All devices
    /// where absent.
    #[schemars(length(min = 1))]
    target: Option<String>,
    /// Scan-to-email settings; whatever is absent stays as it is on the device.
    smtp: Option<Smtp>,
    /// The list of people that has to be in the address books.
    address_book: Option<AddressBook>,
}

/// The list of people that has to be in the address books.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only its shape is used")]
struct AddressBook {
    /// `merge`: entries of others stay, and what the list put there before follows the list. `exact`: the book becomes equal
    /// to the list; `apply` then needs `--yes`. `merge` where absent.
    mode: Option<BookMode>,
    /// The list: a CSV file or a spreadsheet, relative to the playbook. May be a template.
    #[schemars(length(min = 1))]
    from: String,
    /// What decides where both the list and the device changed an entry. `fail` where absent.
    on_conflict: Option<Decision>,
    /// Whether names over a device's limit are cut so that they stay unique; refused where absent.
    shorten: Option<bool>,
}

/// How a list is meant.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its shape is used")]
enum BookMode {
    /// Entries of others stay.
    Merge,
    /// The book becomes equal to the list.
    Exact,
}

/// What decides a conflict.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its shape is used")]
enum Decision {
    /// Nothing is written to this device.
    Fail,
    /// The device's value stays.
    KeepDevice,
    /// The list's value is written.
    UseList,
}

/// Scan-to-email settings; whatever is absent stays as it is on the device.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only its shape is used")]
struct Smtp {
    /// Host name or address of the mail server. May be a template.
    server: Option<String>,
    /// TCP port, 1 to 65535. May be a template.
    port: Option<Port>,
    /// How the connection is secured.
    security: Option<SecurityWord>,
    /// The address mail leaves under. May be a template.
    sender: Option<String>,
    /// How the device signs in: `none`, or a user and a reference to a password.
    auth: Option<Auth>,
}

/// A text, a number or a truth value; kept exactly as written.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its shape is used")]
enum Scalar {
    Text(String),
    Number(f64),
    Truth(bool),
}

/// A port number or a template.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its shape is used")]
enum Port {
    Number(#[schemars(range(min = 1, max = 65535))] u16),
    Template(String),
}

/// How the connection is secured.
#[derive(JsonSchema)]
#[schemars(rename = "Security", rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its shape is used")]
enum SecurityWord {
    /// In clear.
    None,
    /// TLS if the server offers STARTTLS, in clear otherwise.
    StarttlsIfOffered,
    /// STARTTLS or nothing (587, 25).
    Starttls,
    /// TLS from the first byte (465).
    Tls,
}

/// How the device signs in.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its shape is used")]
enum Auth {
    Word(AuthNone),
    Password(AuthPassword),
}

/// The device does not sign in.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its shape is used")]
enum AuthNone {
    None,
}

/// The device signs in with user name and password.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only its shape is used")]
struct AuthPassword {
    /// The user name. May be a template. Where absent, the device keeps the one it holds.
    user: Option<String>,
    /// The password's reference. Where absent, the device keeps the one it holds.
    password: Option<PasswordEntry>,
}

/// A reference to a password; never the password.
#[derive(JsonSchema)]
#[schemars(rename = "Password", deny_unknown_fields)]
#[expect(dead_code, reason = "only its shape is used")]
struct PasswordEntry {
    /// `keyring:NAME` (or the bare `NAME`), `env:VAR` or `file:PATH`.
    secret: String,
}

/// The schema of playbooks (draft 2020-12).
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(PlaybookFile).to_value();
    without_null(&mut schema);
    schema
}

/// A key that may be left out may not be `null` for that: the reader refuses a key without value.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    object.insert("type".into(), only);
                }
            }
            if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
                choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
                if let [Value::Object(only)] = choices.as_slice() {
                    let only = only.clone();
                    object.remove("anyOf");
                    for (key, value) in only {
                        object.entry(key).or_insert(value);
                    }
                }
            }
            object.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::{AUTH, BOOK, PASSWORD, PLAY, PLAYBOOK, SMTP};
    use super::*;

    #[test]
    fn the_schema_knows_the_readers_keys() {
        let schema = schema();
        let keys = |pointer: &str| -> Vec<String> {
            let object = schema.pointer(pointer).unwrap_or_else(|| panic!("{pointer} in {schema:#}"));
            object["properties"].as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(keys(""), PLAYBOOK);
        assert_eq!(keys("/$defs/Play"), PLAY);
        assert_eq!(keys("/$defs/Smtp"), SMTP);
        assert_eq!(keys("/$defs/AddressBook"), BOOK);
        assert_eq!(keys("/$defs/AuthPassword"), AUTH);
        assert_eq!(keys("/$defs/Password"), PASSWORD);
    }
}
