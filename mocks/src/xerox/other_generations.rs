//! Two generations that speak another dialect altogether: only enough of them to be recognised.

use super::profile::{XeroxProfile, XeroxUi};
use crate::http::{Response, escape};
use crate::machine::Strike;
use crate::spec::DeviceSpec;

const STATUS_CONFIG: &str = "/ssm/Management/Anonymous/StatusConfig";

/// Answers a request.
pub(super) fn answer(
    spec: &DeviceSpec,
    profile: &XeroxProfile,
    request: &crate::http::Request,
    strike: &Strike,
) -> Response {
    let model = strike.model.as_deref().unwrap_or(&spec.model);
    let serial = strike.serial.as_deref().unwrap_or(&spec.serial);
    match (profile.ui, request.method.as_str(), request.path.as_str()) {
        (XeroxUi::FirstGeneration, "GET", "/" | "/home/index.html") => Response::html(application(model)),
        (XeroxUi::FirstGeneration, "POST", STATUS_CONFIG) => status_config(model, &spec.firmware, &request.body),
        // Known of a sister device by another maker; INVENTED here as far as names go.
        (XeroxUi::FirstGeneration, "GET", "/home/api/about") => Response::json(
            200,
            &serde_json::json!({ "deviceName": model, "serialNumber": serial, "softwareVersion": spec.firmware }),
        ),
        (XeroxUi::Lexmark, "GET", "/") => Response::html(lexmark(model)),
        (XeroxUi::Lexmark, "GET", "/webglue/rawcontent") => Response::plain(
            200,
            "application/json",
            serde_json::json!({
                "nodes": {
                    "nodes": { "DeviceInfo": { "model": model, "serialNumber": serial, "firmware": spec.firmware } },
                }
            })
            .to_string(),
        ),
        _ => Response::not_found(),
    }
}

/// The shell of the single-page application.
fn application(model: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/css/webui-common.css\"><link rel=\"stylesheet\" href=\"/css/xux-base.css\">\n\
         <script>if (location.pathname === '/') location.replace('/home/index.html#hashHome');</script></head>\n\
         <body class=\"xux-body\"><div id=\"mainPage\" class=\"webui-main\" data-start=\"/home/index.html#hashHome\">\
         <a href=\"/connectivity/index.html#hashConnectivity\">Connectivity</a>\n\
         <button id=\"globalnavButton_login\" class=\"xux-button\">Log In</button></div></body></html>\n",
        title = escape(model),
    )
}

/// The read service that needs no log-in.
fn status_config(model: &str, firmware: &str, body: &[u8]) -> Response {
    let asked = String::from_utf8_lossy(body);
    let mut objects = String::new();
    for (object, attribute, value) in
        [("ProductName", "TradeName", model), ("GRSFirmwareWatchStatus", "CurrentVersion", firmware)]
    {
        let name = format!("urn:fujixerox:names:ssm:1.0:management:{object}");
        if asked.contains(&name) {
            objects.push_str(&format!(
                "<cfg:Object name=\"{name}\" offset=\"0\"><cfg:Attribute name=\"{attribute}\" type=\"string\" \
                 xml:space=\"preserve\">{}</cfg:Attribute></cfg:Object>",
                escape(value)
            ));
        }
    }
    let envelope = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SOAP-ENV:Envelope \
         xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\"><SOAP-ENV:Body><cfg:GetAttributeResponse \
         xmlns:cfg=\"http://www.fujixerox.co.jp/2003/12/ssm/management/statusConfig\">{objects}\
         </cfg:GetAttributeResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>\n"
    );
    Response::plain(200, "text/xml; charset=utf-8", envelope)
}

/// The front page of a device that Lexmark built: `Xerox(R) B235` in its title.
fn lexmark(model: &str) -> String {
    let title = escape(model).replacen("Xerox ", "Xerox&#174; ", 1);
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body><div id=\"app\" data-status=\"/webglue/rawcontent?timedRefresh=1&amp;c=Status&amp;lang=en\"></div>\n\
         <script src=\"/webglue/main.js\"></script></body></html>\n"
    )
}
