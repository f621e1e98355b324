//! The control endpoint: the true state, and the person at the panel.

use std::time::Duration;

use serde_json::{Value, json};

use crate::book::change_by_panel;
use crate::faults::Fault;
use crate::http::{Request, Response};
use crate::lab::Shared;
use crate::machine::Purpose;
use crate::mail::{Message, SmtpAuthSwitch, Via, client::SendOutcome};
use crate::scan::ScanRequest;
use crate::settings::Item;
use crate::subnet::SubnetSpec;

/// Whether a path belongs to the lab rather than to a device.
pub(crate) fn is_control(path: &str) -> bool {
    path == "/__lab" || path.starts_with("/__lab/")
}

/// A refusal: status and a sentence.
type Refusal = (u16, String);

/// Answers a control request. `own` is the device on whose port it came; there, `/__lab/self/…` means that one.
pub(crate) async fn answer(lab: &Shared, request: &Request, own: Option<&str>) -> Response {
    match dispatch(lab, request, own).await {
        Ok(value) => Response::json(200, &value),
        Err((status, message)) => Response::json(status, &json!({ "error": message })),
    }
}

async fn dispatch(lab: &Shared, request: &Request, own: Option<&str>) -> Result<Value, Refusal> {
    let path = request.path.strip_prefix("/__lab").unwrap_or_default();
    let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(decode).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let method = request.method.as_str();
    match (method, parts.as_slice()) {
        ("GET", [] | ["devices"]) => Ok(json!({
            "devices": lab.names().filter_map(|name| lab.find(name)).map(|host| lab.describe(host)).collect::<Vec<_>>()
        })),
        ("GET", ["mail"]) => Ok(mail(lab)),
        ("POST", ["mail"]) => change_mail(lab, &body(request)?),
        ("GET", ["subnets"]) => Ok(json!({ "subnets": lab.subnets() })),
        ("POST", ["subnets"]) => {
            let subnet: SubnetSpec = serde_json::from_value(body(request)?)
                .map_err(|error| (422, format!("not a subnet: {error}")))?;
            if !lab.replace_subnet(subnet) {
                return Err((404, "the lab has no subnet of this name".into()));
            }
            Ok(json!({ "subnets": lab.subnets() }))
        }
        ("GET", ["requests", name]) => requests(lab, name),
        (_, ["self", rest @ ..]) => match own {
            Some(name) => device(lab, request, name, rest).await,
            None => Err((404, "`self` means a device only on that device's own port".into())),
        },
        (_, ["devices", name, rest @ ..]) => device(lab, request, name, rest).await,
        _ => Err((404, format!("the lab has nothing at {method} {}", request.path))),
    }
}

async fn device(lab: &Shared, request: &Request, name: &str, rest: &[&str]) -> Result<Value, Refusal> {
    let host = lab.find(name).ok_or_else(|| unknown(name))?;
    let device = &host.device;
    match (request.method.as_str(), rest) {
        ("GET", []) => Ok(lab.describe(host)),
        ("GET", ["requests"]) => requests(lab, name),
        ("GET", ["faults"]) => Ok(json!({ "faults": device.lock().faults.active() })),
        ("POST", ["faults"]) => {
            let value = body(request)?;
            let bad = |error: serde_json::Error| (422, format!("not a fault or a list of faults: {error}"));
            if value.is_array() {
                let faults: Vec<Fault> = serde_json::from_value(value).map_err(bad)?;
                device.lock().faults.set(faults);
            } else {
                device.add_fault(serde_json::from_value(value).map_err(bad)?);
            }
            Ok(json!({ "faults": device.lock().faults.active() }))
        }
        ("DELETE", ["faults"]) => {
            device.lock().faults.set(Vec::new());
            Ok(json!({ "faults": [] }))
        }
        ("POST", ["panel"]) => {
            panel(lab, name, &body(request)?)?;
            Ok(lab.describe(host))
        }
        ("GET", ["book"]) => serde_json::to_value(device.lock().book.without_passwords())
            .map_err(|error| (500, error.to_string())),
        ("POST", ["book"]) => {
            change_by_panel(&mut device.lock().book, &body(request)?).map_err(|message| (422, message))
        }
        ("POST", ["scan"]) => {
            let scan: ScanRequest = serde_json::from_value(body(request)?)
                .map_err(|error| (422, format!("not a scan: {error}")))?;
            Ok(outcome(&lab.scan(host, scan, Purpose::Scan).await))
        }
        ("POST", ["expire"]) => {
            device.expire();
            Ok(lab.describe(host))
        }
        ("POST", ["lock"]) => {
            let locked = body(request)?.get("locked").and_then(Value::as_bool).unwrap_or(true);
            device.lock().panel_in_use = locked;
            Ok(lab.describe(host))
        }
        ("POST", ["restart"]) => {
            let ms = body(request)?.get("ms").and_then(Value::as_u64).unwrap_or(0);
            host.restart(Duration::from_millis(ms));
            Ok(json!({ "restarting": name, "ms": ms }))
        }
        ("POST", ["reset"]) => {
            device.reset();
            Ok(lab.describe(host))
        }
        (method, _) => Err((404, format!("a device of the lab has nothing at {method} {}", request.path))),
    }
}

/// A JSON object of items; `smtp_password` sets (text) or removes (null) the stored password.
fn panel(lab: &Shared, name: &str, value: &Value) -> Result<(), Refusal> {
    let host = lab.find(name).ok_or_else(|| unknown(name))?;
    let object = value.as_object().ok_or((422, "the panel takes an object of settings".to_owned()))?;
    let mut changes = Vec::new();
    let mut password = None;
    for (key, value) in object {
        if key == "smtp_password" {
            password = Some(match value {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                _ => return Err((422, "smtp_password is a text or null".into())),
            });
            continue;
        }
        let item: Item = serde_json::from_value(Value::String(key.clone()))
            .map_err(|_| (422, format!("there is no setting `{key}` on the panel")))?;
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            _ => return Err((422, format!("`{key}` is a text, a number or a truth value"))),
        };
        changes.push((item, text));
    }
    host.device.panel(&changes).map_err(|message| (422, message))?;
    if let Some(password) = password {
        host.device.panel_password(password);
    }
    Ok(())
}

fn requests(lab: &Shared, name: &str) -> Result<Value, Refusal> {
    let host = lab.find(name).ok_or_else(|| unknown(name))?;
    Ok(json!({ "requests": host.device.lock().log }))
}

fn unknown(name: &str) -> Refusal {
    (404, format!("the lab has no device named {name:?}"))
}

fn body(request: &Request) -> Result<Value, Refusal> {
    if request.body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(&request.body).map_err(|error| (400, format!("the body is not JSON: {error}")))
}

/// Percent-decoding of one path segment.
fn decode(part: &str) -> String {
    // A plus sign stands for itself in a path.
    let query = format!("v={}", part.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(query.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// What came of a scan, as JSON.
pub(crate) fn outcome(outcome: &SendOutcome) -> Value {
    json!({
        "sent": outcome.sent,
        "stage": outcome.stage.as_str(),
        "reply": outcome.reply,
        "detail": outcome.detail,
        "tls": outcome.tls,
        "message_id": outcome.message_id,
    })
}

fn mail(lab: &Shared) -> Value {
    let messages: Vec<Value> = lab.mail.messages().iter().map(message).collect();
    let tenant = lab.mail.spec();
    json!({
        "submission": lab.mail.submission_addr().to_string(),
        "mx": lab.mail.mx_addr().to_string(),
        "tenant": {
            "domains": tenant.domains,
            "smtp_auth": tenant.smtp_auth == SmtpAuthSwitch::On,
            "basic_auth_disabled": tenant.basic_auth_disabled,
            "basic_auth_retired": tenant.basic_auth_retired,
            "security_defaults": tenant.security_defaults,
            "conditional_access": tenant.conditional_access,
            "reject_direct_send": tenant.reject_direct_send,
        },
        "messages": messages,
    })
}

fn message(message: &Message) -> Value {
    json!({
        "number": message.received_at_order,
        "from": message.envelope_from,
        "to": message.recipients,
        "subject": message.header("Subject"),
        "message_id": message.header("Message-ID"),
        "authenticated_as": message.authenticated_as,
        "via": match message.via {
            Via::Submission => "submission",
            Via::Mx => "mx",
            Via::ImplicitTls => "implicit_tls",
        },
        "tls": message.tls,
        "helo": message.helo,
    })
}

/// Switches of the tenant by name, and `"clear": true` to forget messages.
fn change_mail(lab: &Shared, value: &Value) -> Result<Value, Refusal> {
    let object = value.as_object().ok_or((422, "the tenant takes an object of switches".to_owned()))?;
    for (key, value) in object {
        let on = value.as_bool().ok_or_else(|| (422, format!("`{key}` is true or false")))?;
        let known = [
            "smtp_auth",
            "basic_auth_disabled",
            "basic_auth_retired",
            "security_defaults",
            "conditional_access",
            "reject_direct_send",
            "clear",
        ];
        if !known.contains(&key.as_str()) {
            return Err((422, format!("the tenant has no switch `{key}`; it has {}", known.join(", "))));
        }
        if key == "clear" && on {
            lab.mail.clear();
        }
        lab.mail.update(|tenant| match key.as_str() {
            "smtp_auth" => tenant.smtp_auth = if on { SmtpAuthSwitch::On } else { SmtpAuthSwitch::Off },
            "basic_auth_disabled" => tenant.basic_auth_disabled = on,
            "basic_auth_retired" => tenant.basic_auth_retired = on,
            "security_defaults" => tenant.security_defaults = on,
            "conditional_access" => tenant.conditional_access = on,
            "reject_direct_send" => tenant.reject_direct_send = on,
            _ => {}
        });
    }
    Ok(mail(lab))
}
