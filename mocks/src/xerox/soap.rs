//! The device-configuration service of the Extensible Interface Platform: model, serial number and versions, for
//! anybody who asks.

use super::device::SERVER;
use super::profile::XeroxProfile;
use crate::http::{Response, escape};
use crate::machine::Strike;
use crate::spec::DeviceSpec;

/// Where the service is.
pub(super) const PATH: &str = "/webservices/office/device_configuration/1";

/// Answers a request. The wording of the fault is INVENTED.
pub(super) fn answer(spec: &DeviceSpec, profile: &XeroxProfile, body: &[u8], strike: &Strike) -> Response {
    if !profile.soap {
        return Response::not_found();
    }
    let asks = String::from_utf8_lossy(body).contains("GetDeviceInformationRequest");
    let (status, inside) = if asks {
        let model = strike.model.as_deref().unwrap_or(&spec.model);
        let serial = strike.serial.as_deref().unwrap_or(&spec.serial);
        let information = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><DeviceInformation><device><name>{name}</name>\
             <mac>9C:93:4E:00:00:01</mac><serial>{serial}</serial><model>{model}</model></device>\
             <version><systemSoftware>{firmware}</systemSoftware><uiSoftware>{firmware}</uiSoftware>\
             <netControllerSoftware>{firmware}</netControllerSoftware><eipSoftware><majorVersion>3</majorVersion>\
             <minorVersion>7</minorVersion><revision>14</revision></eipSoftware></version></DeviceInformation>",
            name = escape(&spec.host_name),
            serial = escape(serial),
            model = escape(model),
            firmware = escape(&spec.firmware),
        );
        let inside = format!(
            "<GetDeviceInformationResponse xmlns=\"http://www.xerox.com/webservices/office/device_configuration/1\">\
             <Information>{}</Information></GetDeviceInformationResponse>",
            escape(&information)
        );
        (200, inside)
    } else {
        let inside = "<soap:Fault><faultcode>soap:Client</faultcode><faultstring>unknown operation</faultstring>\
                      </soap:Fault>";
        (500, inside.to_owned())
    };
    let envelope = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soap:Envelope \
         xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>{inside}</soap:Body></soap:Envelope>\n"
    );
    Response::plain(status, "text/xml; charset=utf-8", envelope).by(SERVER)
}
