//! Looking through a device's pages, for whoever teaches a new model. Reads only.

use std::sync::Arc;

use scanfleet_sdk::family::Family;
use scanfleet_sdk::survey::{Reach, Survey, walk};
use scanfleet_sdk::transport::Access;
use scanfleet_sdk::{Category, DeviceError, Identity, Section, Signpost};

use super::engine::KnownSecret;
use super::{DeviceOutcome, Engine, Event, ResultKind};
use crate::inventory::Device;

/// What a look through a device's pages has brought.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Who the device says it is.
    pub identity: Identity,
    /// The family it was spoken to by, which a new one would extend.
    pub family: Arc<Family>,
    /// The ids of all families of the maker.
    pub families: Vec<String>,
    /// The pages.
    pub survey: Survey,
    /// For each page, how its driver would find it again as the page of scan-to-email settings.
    pub signposts: Vec<Signpost>,
    /// The text of each page without the secrets that the session knows and without tokens.
    pub redacted: Vec<String>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
}

impl Engine {
    /// Signs in and walks the pages; nothing that can alter the device leaves.
    ///
    /// # Errors
    /// Why the device or its pages could not be read.
    pub async fn visit(
        &self,
        device: &Device,
        admin: Option<&KnownSecret>,
        reach: Reach,
    ) -> Result<Visit, DeviceError> {
        self.observer.event(&Event::Started { device: &device.name });
        let result = self.visit_quietly(device, admin, reach).await;
        let outcome = match &result {
            Ok(_) => DeviceOutcome::new(&device.name, ResultKind::Unchanged, "Read."),
            Err(error) => DeviceOutcome::failed(&device.name, error),
        };
        self.finished(&outcome);
        result
    }

    async fn visit_quietly(
        &self,
        device: &Device,
        admin: Option<&KnownSecret>,
        reach: Reach,
    ) -> Result<Visit, DeviceError> {
        let access = |maker: &dyn scanfleet_sdk::Vendor| Access::ReadOnly(maker.reads());
        let mut attached = self.attach(device, admin, None, access, None, &self.settings.cancel).await?;
        let signed_in = if admin.is_none() && attached.driver.needs_password() {
            Err(super::work::no_password())
        } else {
            self.sign_in(device, admin, None, &mut attached).await
        };
        let walked = match signed_in {
            Ok(()) => {
                self.step(&device.name, "walking its pages");
                walk(attached.driver.as_mut(), reach).await
            }
            Err(error) => Err(error),
        };
        let signposts = |survey: &Survey| {
            let pages = survey.pages.iter();
            pages.map(|p| attached.driver.signpost(Section::Smtp, &p.page.url, &p.link)).collect::<Vec<_>>()
        };
        let signposts = walked.as_ref().map(signposts).unwrap_or_default();
        let closed = attached.driver.close().await;
        let survey = walked?;
        let session = attached.driver.session();
        let mut notes = super::observe::connection_notes(session.facts());
        if let Err(error) = closed {
            notes.push(format!("Logging out failed ({}).", error.got));
        }
        let redacted = survey.pages.iter().map(|page| session.redact(&page.page.text)).collect();
        let id = &attached.known.family.id;
        let maker = self.makers.iter().find(|maker| maker.families().get(id).is_some());
        let (Some(maker), Some(family)) = (maker, maker.and_then(|maker| maker.families().get(id))) else {
            return Err(DeviceError::new(
                Category::UnknownModel,
                "find the nearest family",
                format!("the driver names the family `{id}`, and no adapter has it"),
            ));
        };
        Ok(Visit {
            identity: attached.known.identity,
            family: Arc::clone(family),
            families: maker.families().everything().iter().map(|f| f.id().to_owned()).collect(),
            survey,
            signposts,
            redacted,
            notes,
        })
    }
}
