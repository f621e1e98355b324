//! The pages.

mod frame;
mod general;
mod network;
mod smtp;

pub(crate) use frame::{Door, Note, Tab, View, document, menu, note, refusal};
pub(crate) use general::{
    admin_password, information, mnt_info, pass_error, please_login, reset_menu, script_status, status,
};
pub(crate) use network::{
    HTTP_BOXES, PROTOCOLS, http_question, http_settings, network_status, protocols, restarting,
};
pub(crate) use smtp::{Shown, depends, please_wait, smtp, test_question, test_result};
