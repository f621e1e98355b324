//! What somebody wants, as a playbook says it.

mod book;
mod check;
mod fill;
mod model;
mod read;
mod schema;
mod template;

pub use book::{BookTemplate, WantedBook};
pub use model::{AuthTemplate, Play, Playbook, SmtpTemplate, WantedAuth, WantedSmtp};
pub use schema::schema;
pub use template::Template;
