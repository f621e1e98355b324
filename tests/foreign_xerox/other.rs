//! Copiers that bear the maker's name and speak something else: they are to be known and left alone.

use super::device::{Csrf, Device, Form, Manner, Profile, Refusal, Seat};
use crate::strangers::wire::Reply;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Other {
    /// A VersaLink of 2016 to 2022, another maker's page for a browser that runs scripts.
    SinglePage,
    /// Built by Lexmark.
    WebGlue,
    /// The generation before, with numbers for names.
    Nic5,
}

impl Manner for Other {
    fn profile(&self) -> Profile {
        Profile {
            serial: "9HB338112",
            model: match self {
                Self::SinglePage => "Xerox VersaLink C405",
                Self::WebGlue => "Xerox C235",
                Self::Nic5 => "WorkCentre 6605DN",
            },
            csrf: Csrf::None,
            refusal: Refusal::Invalid,
            login: &[],
            welcome: "/",
            logout: "/nowhere",
            inline: false,
            answers_all: *self == Self::SinglePage,
            soap: false,
        }
    }

    fn page(&self, _: &Device, target: &str, _: &Seat) -> Option<Reply> {
        let path = target.split('?').next().unwrap_or_default();
        match (self, path) {
            (Self::SinglePage, "/") => Some(Reply::page(
                "<!DOCTYPE html><html><head><script>window.location.replace('/home/index.html#hashHome');</script></head><body></body></html>",
            )),
            (Self::SinglePage, "/home/index.html") => Some(Reply::page(
                "<!DOCTYPE html><html><head><title>VersaLink C405</title><link rel=\"stylesheet\" href=\"/common/css/webui-base.css\"><link rel=\"stylesheet\" href=\"/common/css/xux-widgets.css\"></head><body class=\"xux-body\"><div id=\"mainPage\"></div><script src=\"/home/app.js\"></script></body></html>",
            )),
            (Self::WebGlue, "/") => Some(Reply::page(
                "<html><head><title>Xerox&reg; C235 Color MFP</title></head><frameset rows='80,*'><frame src='/webglue/rawcontent?timedRefresh=1&amp;c=Status&amp;lang=en'></frameset></html>",
            )),
            (Self::WebGlue, "/webglue/rawcontent") => Some(Reply::page("<html><body>Ready</body></html>")),
            (Self::Nic5, "/") => Some(
                Reply::page("<html><head><title>WorkCentre 6605DN</title></head><frameset cols='20%,*'><frame src='/frametop.htm'><frame src='/setting/setemail.htm'></frameset></html>")
                    .with("Server", "EWS-NIC5/80.48"),
            ),
            _ => None,
        }
    }

    fn protected(&self, _: &str) -> bool {
        false
    }

    fn forms(&self) -> Vec<Form> {
        Vec::new()
    }

    fn attributes(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }
}
