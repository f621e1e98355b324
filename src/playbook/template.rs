//! Values that may be templates, and filling them in.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use minijinja::{Environment, UndefinedBehavior, Value};
use scanfleet_sdk::error::clean;

use crate::files::words::{did_you_mean, list};
use crate::files::{Problem, SourceFile};
use crate::inventory::{Device, Site};

/// Names that templates always see; no variable may bear one.
pub(super) const RESERVED: [&str; 2] = ["device", "site"];

/// Fields of `device` that exist for every device, whether or not the inventory fills them in.
const DEVICE_FIELDS: [&str; 12] = [
    "name",
    "address",
    "host",
    "port",
    "vendor",
    "admin_user",
    "site",
    "location",
    "model",
    "serial",
    "subnet",
    "tags",
];

/// Functions of the template language.
const GLOBALS: [&str; 4] = ["range", "dict", "namespace", "debug"];

/// Steps that one value may take; a template that loops is cut short.
const FUEL: u64 = 20_000;

/// A value that may hold `{{ … }}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The value as written.
    pub text: String,
    /// Its place in the playbook, as byte offsets.
    pub span: Range<usize>,
}

impl Template {
    /// Whether the value is the same for every device.
    pub fn is_literal(&self) -> bool {
        !["{{", "{%", "{#"].iter().any(|mark| self.text.contains(mark))
    }

    /// Finds mistakes that need no device: a template that cannot be read, and names that no device can fill in.
    pub(super) fn check(&self, source: &SourceFile, vars: &BTreeMap<String, String>) -> Option<Problem> {
        if self.is_literal() {
            return None;
        }
        let env = environment();
        let template = match env.template_from_str(&self.text) {
            Ok(template) => template,
            Err(error) => {
                let said = clean(error.detail().unwrap_or("it cannot be read"));
                return Some(
                    Problem::new(format!("this is no template: {said}"))
                        .span(self.span.clone())
                        .help("write `{{ name }}`, `{{ device.location }}` or `{{ site.name }}`"),
                );
            }
        };
        if let Some(said) = unknown_word(&self.text) {
            return Some(Problem::new(format!("this is no template: {said}")).span(self.span.clone()));
        }
        let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        names.sort();
        let unknown = names.iter().find(|name| {
            !vars.contains_key(*name)
                && !RESERVED.contains(&name.as_str())
                && !GLOBALS.contains(&name.as_str())
        })?;
        Some(self.undefined(source, unknown, vars, None))
    }

    /// Fills the value in for one device.
    pub(super) fn fill(&self, source: &SourceFile, scope: &Scope<'_>) -> Result<String, Box<Problem>> {
        if self.is_literal() {
            return Ok(self.text.trim().to_owned());
        }
        let env = environment();
        let failed = |said: &str| {
            let device = &scope.device.name;
            let message = format!("the template cannot be filled in for `{device}`: {}", clean(said));
            Box::new(Problem::new(message).span(self.span.clone()))
        };
        let template =
            env.template_from_str(&self.text).map_err(|e| failed(e.detail().unwrap_or("unreadable")))?;
        let error = match template.render(&scope.values) {
            Ok(text) => return Ok(text.trim().to_owned()),
            Err(error) => error,
        };
        Err(match error.kind() {
            minijinja::ErrorKind::UndefinedError => {
                match scope.undefined(template.undeclared_variables(true)) {
                    Some(name) => Box::new(self.undefined(source, &name, scope.vars, Some(scope))),
                    None => failed("a value is undefined"),
                }
            }
            minijinja::ErrorKind::OutOfFuel => failed("it takes too long"),
            kind => failed(error.detail().unwrap_or(&kind.to_string())),
        })
    }

    /// Says that a name has no value, at its place within the value.
    fn undefined(
        &self,
        source: &SourceFile,
        name: &str,
        vars: &BTreeMap<String, String>,
        scope: Option<&Scope<'_>>,
    ) -> Problem {
        let span = self.place_of(source, name);
        let shown = clean(name);
        match (scope, name.split_once('.')) {
            (Some(scope), Some((owner @ ("device" | "site"), field))) => {
                let first = field.split('.').next().unwrap_or(field);
                let device = &scope.device.name;
                if owner == "site" && scope.site.is_none() {
                    return no_site(device, span);
                }
                let known = scope.fields(owner);
                if owner == "device" && DEVICE_FIELDS.contains(&first) && !known.contains(&first.to_owned()) {
                    return Problem::new(format!(
                        "the inventory gives no `{first}` for the device `{device}`"
                    ))
                    .span(span)
                    .help(format!("fill in its column `{first}`, or select devices that have one"));
                }
                let of = if owner == "site" { "the site of " } else { "" };
                let known = known.iter().map(String::as_str);
                let help = match did_you_mean(first, known.clone()) {
                    Some(meant) => format!("{meant} It has {}", list(known, 14)),
                    None => format!("it has {}", list(known, 14)),
                };
                Problem::new(format!("undefined: {of}the device `{device}` has no `{first}`"))
                    .span(span)
                    .help(help)
            }
            (Some(scope), None) if name == "site" => no_site(&scope.device.name, span),
            _ => {
                let known: Vec<&str> = vars.keys().map(String::as_str).chain(RESERVED).collect();
                let names = list(known.iter().copied(), 14);
                let help = match did_you_mean(name, known.iter().copied()) {
                    Some(meant) => format!("{meant} Templates see {names}"),
                    None => format!("templates see {names}; add it under `vars`"),
                };
                Problem::new(format!("undefined variable `{shown}`")).span(span).help(help)
            }
        }
    }

    /// The place of a name within the value, or of the whole value where the file writes it otherwise (escapes,
    /// folded lines).
    fn place_of(&self, source: &SourceFile, name: &str) -> Range<usize> {
        let inside = || {
            let slice = source.text().get(self.span.clone())?;
            let from = slice.find(["{{", "{%"].iter().find(|mark| slice.contains(**mark))?)?;
            let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
            let first = name.split('.').next()?;
            [name, first].into_iter().find_map(|wanted| {
                slice[from..].match_indices(wanted).map(|(at, _)| from + at).find_map(|at| {
                    let before = slice[..at].chars().next_back().is_some_and(is_part);
                    let after =
                        slice[at + wanted.len()..].chars().next().is_some_and(|c| is_part(c) && c != '.');
                    (!before && !after).then(|| self.span.start + at..self.span.start + at + wanted.len())
                })
            })
        };
        inside().unwrap_or_else(|| self.span.clone())
    }
}

fn no_site(device: &str, span: Range<usize>) -> Problem {
    Problem::new(format!("the device `{device}` belongs to no site"))
        .span(span)
        .help("give it a site in the inventory, or select devices that have one")
}

/// What a template sees for one device.
pub(super) struct Scope<'a> {
    device: &'a Device,
    site: Option<&'a Site>,
    vars: &'a BTreeMap<String, String>,
    values: BTreeMap<String, Value>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        device: &'a Device,
        site: Option<&'a Site>,
        vars: &'a BTreeMap<String, String>,
    ) -> Self {
        let mut values: BTreeMap<String, Value> =
            vars.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
        values.insert("device".into(), device_value(device));
        if let Some(site) = site {
            let mut fields: BTreeMap<&str, Value> = site
                .fields
                .iter()
                .map(|(name, value)| (name.as_str(), Value::from(value.as_str())))
                .collect();
            fields.insert("name", Value::from(site.name.as_str()));
            values.insert("site".into(), Value::from_pairs(fields));
        }
        Self { device, site, vars, values }
    }

    /// The first of the names a template uses that has no value here.
    fn undefined(&self, names: HashSet<String>) -> Option<String> {
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort();
        names.into_iter().find(|name| {
            let mut parts = name.split('.');
            let mut value = parts.next().and_then(|first| self.values.get(first)).cloned();
            for part in parts {
                value = value.and_then(|v| v.get_attr(part).ok());
            }
            value.is_none_or(|v| v.is_undefined())
        })
    }

    /// The fields that `device` or `site` has here.
    fn fields(&self, owner: &str) -> Vec<String> {
        let Some(value) = self.values.get(owner) else { return Vec::new() };
        value.try_iter().map(|keys| keys.map(|key| key.to_string()).collect()).unwrap_or_default()
    }
}

/// A device's row; what the inventory leaves out is absent, so that using it is an error.
fn device_value(device: &Device) -> Value {
    let mut row: BTreeMap<&str, Value> = BTreeMap::new();
    // A column of the inventory that has no meaning of its own is a tag, and is seen under its name too.
    for (name, value) in &device.tags {
        row.insert(name, Value::from(value.as_str()));
    }
    let mut put = |name: &'static str, value: Option<&str>| {
        row.remove(name);
        if let Some(value) = value {
            row.insert(name, Value::from(value));
        }
    };
    put("name", Some(&device.name));
    put("address", Some(&device.address));
    put("host", Some(&device.endpoint.host));
    put("port", device.endpoint.port.map(|port| port.to_string()).as_deref());
    put("vendor", device.vendor.as_deref());
    put("admin_user", device.admin_user.as_deref());
    put("site", device.site.as_deref());
    put("location", device.location.as_deref());
    put("model", device.model.as_deref());
    put("serial", device.serial.as_deref());
    put("subnet", Some(&device.subnet));
    row.insert("tags", Value::from_pairs(device.tags.iter().map(|(k, v)| (k.as_str(), v.as_str()))));
    Value::from_pairs(row)
}

/// A filter, test or function that does not exist; found by a trial in which everything undefined is let through.
fn unknown_word(text: &str) -> Option<String> {
    use minijinja::ErrorKind::{UnknownFilter, UnknownFunction, UnknownTest};
    let mut env = environment();
    env.set_undefined_behavior(UndefinedBehavior::Chainable);
    let error = env.render_str(text, ()).err()?;
    let said = matches!(error.kind(), UnknownFilter | UnknownFunction | UnknownTest);
    said.then(|| clean(error.detail().unwrap_or("a filter or function in it does not exist")))
}

/// No includes, no macros, no loader; undefined is an error; a step limit.
fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_fuel(Some(FUEL));
    env.set_recursion_limit(50);
    env
}
