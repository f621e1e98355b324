//! The device-configuration service of Xerox's Extensible Interface Platform: model, serial number and firmware for
//! anybody who asks. Devices where it is switched off answer with an error, which means nothing.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::transport::{Effect, Request, Session};
use scanfleet_sdk::{DeviceError, Identity};

/// Where the service is.
pub(crate) const PATH: &str = "/webservices/office/device_configuration/1";

const QUESTION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\
<GetDeviceInformationRequest xmlns=\"http://www.xerox.com/webservices/office/device_configuration/1\"/></soap:Body></soap:Envelope>";

/// Asks the service; `None` where it does not answer.
///
/// # Errors
/// Only what would stop every other request, too.
pub(crate) async fn ask(session: &mut Session) -> Result<Option<Identity>, DeviceError> {
    let mut request =
        Request::get(PATH, "ask the device-configuration service").effect(Effect::Read).no_follow();
    request.method = "POST";
    request.body = Some(("text/xml; charset=utf-8".to_owned(), QUESTION.as_bytes().to_vec()));
    let request = request.header("SOAPAction", "\"\"");
    let answer = match session.send(request).await {
        Ok(answer) => answer,
        // A service that is switched off may not even close the connection properly; the pages tell as much.
        Err(error) if matches!(error.category, scanfleet_sdk::Category::PageChanged) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(if answer.status == 200 { read(&answer.page().text) } else { None })
}

/// Reads the answer.
pub(crate) fn read(envelope: &str) -> Option<Identity> {
    let inside = element(envelope, "Information")?;
    // The document within is escaped, or stands as it is.
    let inside = inside.trim().trim_start_matches("<![CDATA[").trim_end_matches("]]>");
    let information = if inside.contains('<') { inside.to_owned() } else { unescaped(inside) };
    let field = |name: &str| {
        let text = element(&information, name)?;
        Some(clean(&unescaped(text))).filter(|t| !t.is_empty())
    };
    Some(Identity {
        vendor: "xerox".to_owned(),
        model: field("model").unwrap_or_default(),
        serial: field("serial"),
        firmware: field("systemSoftware"),
    })
}

/// The content of the first element of a local name, whatever its prefix.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = xml;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let tag =
            &rest[..rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(rest.len())];
        if tag.rsplit(':').next() != Some(name) {
            continue;
        }
        let open = rest.find('>')?;
        if rest[..open].ends_with('/') {
            return Some("");
        }
        let inside = &rest[open + 1..];
        return inside.find(&format!("</{tag}")).map(|end| &inside[..end]);
    }
    None
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escaped_and_plain_answers() {
        let inner = "<?xml version=\"1.0\"?><DeviceInformation><device><name>x</name><serial>EHQ204417</serial><model>Xerox AltaLink C8155</model></device><version><systemSoftware>118.013</systemSoftware></version></DeviceInformation>";
        let escaped = inner.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        for body in [inner, &escaped] {
            let envelope = format!(
                "<s:Envelope><s:Body><r:GetDeviceInformationResponse><r:Information>{body}</r:Information></r:GetDeviceInformationResponse></s:Body></s:Envelope>"
            );
            let identity = read(&envelope).unwrap();
            assert_eq!(identity.model, "Xerox AltaLink C8155");
            assert_eq!(identity.serial.as_deref(), Some("EHQ204417"));
            assert_eq!(identity.firmware.as_deref(), Some("118.013"));
        }
        assert_eq!(read("<html>404"), None);
    }

    proptest! {
        #[test]
        fn any_answer_is_read_without_harm(text in ".{0,300}") {
            let _ = read(&text);
            let _ = read(&format!("<Information>{text}</Information>"));
        }
    }
}
