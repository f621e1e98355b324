//! Desired against observed, field by field.

use scanfleet_sdk::{
    AuthWanted, FieldChange, PasswordState, PasswordWanted, SmtpCapabilities, SmtpChange, SmtpSettings,
    SmtpWanted,
};
use serde_json::{Value, json};

use super::Desired;

/// Compares what a device should hold with what it holds.
///
/// `new_password` says whether the password must be stored anew (the journal decides that: no device shows its password).
/// The change's own password stays [`PasswordWanted::Keep`]; the caller puts the secret in.
pub fn diff(
    observed: &SmtpSettings,
    desired: &Desired,
    new_password: bool,
) -> (Vec<FieldChange>, SmtpChange) {
    let mut fields = Vec::new();
    let mut to =
        SmtpWanted { auth: AuthWanted::default(), password: PasswordWanted::Keep, ..SmtpWanted::default() };

    if let Some(server) = &desired.server
        && !server.eq_ignore_ascii_case(&observed.server)
    {
        fields.push(change("smtp.server", text(&observed.server), text(server)));
        to.server = Some(server.clone());
    }
    if let Some(port) = desired.port
        && observed.port != Some(port)
    {
        fields.push(change("smtp.port", json!(observed.port), json!(port)));
        to.port = Some(port);
    }
    if let Some(security) = desired.security
        && observed.security != Some(security)
    {
        fields.push(change("smtp.security", json!(observed.security), json!(security)));
        to.security = Some(security);
    }
    if let Some(sender) = &desired.sender
        && sender != observed.sender.as_deref().unwrap_or_default()
    {
        fields.push(change("smtp.sender", optional(observed.sender.as_ref()), text(sender)));
        to.sender = Some(sender.clone());
    }
    if let Some(method) = desired.auth_method
        && method != observed.auth.method
    {
        fields.push(change("smtp.auth.method", json!(observed.auth.method), json!(method)));
        to.auth.method = Some(method);
    }
    if let Some(user) = &desired.auth_user
        && user != observed.auth.user.as_deref().unwrap_or_default()
    {
        fields.push(change("smtp.auth.user", optional(observed.auth.user.as_ref()), text(user)));
        to.auth.user = Some(user.clone());
    }
    if let Some(sender) = &desired.auth_sender
        && sender != observed.auth.sender.as_deref().unwrap_or_default()
    {
        fields.push(change("smtp.auth.sender", optional(observed.auth.sender.as_ref()), text(sender)));
        to.auth.sender = Some(sender.clone());
    }
    if new_password {
        let before = match observed.password {
            PasswordState::Set => "set",
            PasswordState::Unset => "unset",
            PasswordState::Unreadable => "unknown",
        };
        fields.push(change("smtp.password", json!(before), json!("new")));
    }
    (fields, SmtpChange { from: observed.clone(), to })
}

/// Says what of a wish a device cannot hold, before anything is written: lengths over its limits. `password_chars` is
/// the length of a new password.
pub fn unsupported(
    desired: &Desired,
    capabilities: &SmtpCapabilities,
    password_chars: Option<usize>,
) -> Vec<String> {
    let mut problems = Vec::new();
    let values = [
        ("server", &desired.server),
        ("sender", &desired.sender),
        ("auth.user", &desired.auth_user),
        ("auth.sender", &desired.auth_sender),
    ];
    for (field, limit) in &capabilities.limits {
        for (name, value) in &values {
            let length = value.as_ref().map_or(0, |v| v.chars().count());
            if name == field && length > *limit {
                problems.push(format!("smtp.{field} has {length} characters, and this model holds {limit}"));
            }
        }
    }
    if let (Some(length), Some(limit)) = (password_chars, capabilities.password_limit)
        && length > limit
    {
        problems.push(format!("the password has {length} characters, and this model holds {limit}"));
    }
    problems
}

fn change(field: &str, before: Value, after: Value) -> FieldChange {
    FieldChange { field: field.to_owned(), before, after }
}

fn text(value: &str) -> Value {
    if value.is_empty() { Value::Null } else { json!(value) }
}

fn optional(value: Option<&String>) -> Value {
    value.map_or(Value::Null, |v| text(v))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use scanfleet_sdk::{AuthMethod, Security, SmtpAuth};

    use super::super::DesiredPassword;
    use super::*;

    fn settings() -> impl Strategy<Value = SmtpSettings> {
        (
            "[a-z.]{0,12}",
            proptest::option::of(1u16..),
            proptest::option::of(proptest::sample::select(Security::ALL.to_vec())),
            proptest::option::of("[a-z@.]{1,12}"),
            proptest::sample::select(vec![AuthMethod::None, AuthMethod::Password, AuthMethod::PopBeforeSmtp]),
            proptest::option::of("[a-z@.]{1,12}"),
        )
            .prop_map(|(server, port, security, sender, method, user)| SmtpSettings {
                server,
                port,
                security,
                sender,
                auth: SmtpAuth { method, user, sender: None },
                password: PasswordState::Unreadable,
            })
    }

    /// What a device that takes every change holds afterwards.
    fn applied(change: &SmtpChange) -> SmtpSettings {
        let mut now = change.from.clone();
        let to = &change.to;
        let kept = |text: &String| Some(text.clone()).filter(|t| !t.is_empty());
        if let Some(server) = &to.server {
            now.server = server.clone();
        }
        now.port = to.port.or(now.port);
        now.security = to.security.or(now.security);
        if let Some(sender) = &to.sender {
            now.sender = kept(sender);
        }
        now.auth.method = to.auth.method.unwrap_or(now.auth.method);
        if let Some(user) = &to.auth.user {
            now.auth.user = kept(user);
        }
        if let Some(sender) = &to.auth.sender {
            now.auth.sender = kept(sender);
        }
        now
    }

    proptest! {
        #[test]
        fn applying_a_diff_leaves_nothing_to_do(a in settings(), b in settings()) {
            let desired = Desired::from_snapshot(&b, DesiredPassword::Keep);
            let (_, change) = diff(&a, &desired, false);
            let (again, _) = diff(&applied(&change), &desired, false);
            prop_assert!(again.is_empty(), "{again:?}");
        }

        #[test]
        fn a_rollback_undoes_what_the_way_there_did(a in settings(), b in settings()) {
            // A port or a choice that the page held without a value has no word, so a rollback cannot ask for it.
            prop_assume!(a.port.is_some() && a.security.is_some());
            let (there, change) = diff(&a, &Desired::from_snapshot(&b, DesiredPassword::Keep), false);
            let (back, undo) = diff(&applied(&change), &Desired::from_snapshot(&a, DesiredPassword::Keep), false);
            prop_assert_eq!(there.len(), back.len());
            let restored = applied(&undo);
            prop_assert!(restored.server.eq_ignore_ascii_case(&a.server));
            prop_assert_eq!((restored.port, restored.security, restored.auth), (a.port, a.security, a.auth));
        }
    }

    #[test]
    fn a_password_shows_words_and_never_a_value() {
        let (fields, _) = diff(&SmtpSettings::default(), &Desired::default(), true);
        assert_eq!(
            serde_json::to_value(&fields).unwrap(),
            json!([{"field": "smtp.password", "before": "unknown", "after": "new"}])
        );
    }

    #[test]
    fn what_a_model_cannot_hold_is_named_with_its_limit() {
        let capabilities = SmtpCapabilities {
            separate_auth_sender: true,
            password_limit: Some(4),
            limits: vec![("server", 3)],
            password_masked: false,
            user_locked_without_auth: false,
        };
        let desired = Desired { server: Some("mail".into()), ..Desired::default() };
        assert_eq!(
            unsupported(&desired, &capabilities, Some(5)),
            [
                "smtp.server has 4 characters, and this model holds 3",
                "the password has 5 characters, and this model holds 4"
            ]
        );
    }
}
