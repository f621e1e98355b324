//! What a play wants of one device.

use super::check::Checked;
use super::template::Scope;
use super::{AuthTemplate, Play, Playbook, Template, WantedAuth, WantedSmtp, check};
use crate::files::{FileError, Problem};
use crate::inventory::{Device, Site};

impl Play {
    /// Fills in the templates for one device. A play without `smtp` wants nothing: everything in the answer is absent.
    ///
    /// # Errors
    /// Every value that is undefined, or whose result is no server, port, address or user name; at its place in the
    /// playbook and naming the device.
    pub fn wanted(
        &self,
        playbook: &Playbook,
        device: &Device,
        site: Option<&Site>,
    ) -> Result<WantedSmtp, FileError> {
        let Some(smtp) = &self.smtp else { return Ok(WantedSmtp::default()) };
        let mut filler = Filler {
            playbook,
            device,
            scope: Scope::new(device, site, &playbook.vars),
            problems: Vec::new(),
        };
        let wanted = WantedSmtp {
            server: filler.fill(&smtp.server, check::server),
            port: filler.fill(&smtp.port, check::port),
            security: smtp.security,
            sender: filler.fill(&smtp.sender, check::sender),
            auth: smtp.auth.as_ref().map(|auth| match auth {
                AuthTemplate::None => WantedAuth::None,
                AuthTemplate::Password { user, secret } => {
                    WantedAuth::Password { user: filler.fill(user, check::user), secret: secret.clone() }
                }
            }),
        };
        if filler.problems.is_empty() {
            Ok(wanted)
        } else {
            Err(FileError::in_source(&playbook.source, filler.problems))
        }
    }
}

struct Filler<'a> {
    playbook: &'a Playbook,
    device: &'a Device,
    scope: Scope<'a>,
    problems: Vec<Problem>,
}

impl Filler<'_> {
    fn fill<T>(&mut self, template: &Option<Template>, fit: fn(&str) -> Checked<T>) -> Option<T> {
        let template = template.as_ref()?;
        let text = match template.fill(&self.playbook.source, &self.scope) {
            Ok(text) => text,
            Err(problem) => {
                self.problems.push(*problem);
                return None;
            }
        };
        match fit(&text) {
            Ok(value) => Some(value),
            Err((message, help)) => {
                self.problems.push(
                    Problem::new(format!("for the device `{}`: {message}", self.device.name))
                        .span(template.span.clone())
                        .help_maybe(help),
                );
                None
            }
        }
    }
}
