//! Which faults strike a request.

use crate::faults::{Fault, FaultKind};
use crate::http::{Manner, Response};
use crate::settings::Item;

/// What a fault wants to know about a kind of page.
pub(crate) trait PageKind: Copy {
    /// The name in counters, logs and a fault's `@kind`.
    fn name(self) -> &'static str;

    /// Whether it plays this part.
    fn is(self, role: Role) -> bool;
}

/// The parts a page may play, for faults that do not say where they strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It stores e-mail settings.
    Save,
    /// It takes a password of the administrator.
    LogIn,
    /// It is the log-in form, or takes what was entered there.
    Door,
    /// Only an administrator sees it.
    Protected,
    /// It shows or takes e-mail settings, or belongs to them.
    Email,
    /// It leads to the e-mail settings, or returns there after a save.
    Menu,
    /// It says what the device is.
    Identity,
}

/// What faults change on the page with the e-mail settings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    pub(crate) missing: Vec<Item>,
    pub(crate) twice: Vec<Item>,
    pub(crate) options: Vec<(Item, String)>,
    pub(crate) labels: Vec<(Item, String)>,
    pub(crate) names: Vec<(Item, String)>,
    pub(crate) read_only: bool,
}

impl Marks {
    /// The name of a field on this page.
    pub(crate) fn name<'a>(&'a self, item: Item, usual: &'a str) -> &'a str {
        self.names.iter().find(|(other, _)| *other == item).map_or(usual, |(_, name)| name)
    }

    /// Whether a control lacks a choice.
    pub(crate) fn lacks(&self, item: Item, word: &str) -> bool {
        self.options.iter().any(|(other, choice)| *other == item && choice == word)
    }
}

/// The faults of one device, with what is left of each.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

/// What the faults do to one request.
#[derive(Debug, Default)]
pub(crate) struct Strike {
    /// Extra delay in milliseconds.
    pub(crate) slow: u64,
    /// The answer given instead of the page, before anything is done.
    pub(crate) instead: Option<Instead>,
    /// How the page is given.
    pub(crate) manner: Option<Manner>,
    pub(crate) busy: bool,
    pub(crate) too_many: bool,
    pub(crate) expire: bool,
    pub(crate) edit_lost: bool,
    pub(crate) stale_token: bool,
    pub(crate) drop_write: bool,
    pub(crate) refuse_login: bool,
    pub(crate) locked_out: bool,
    pub(crate) no_menu_entry: bool,
    pub(crate) model: Option<String>,
    pub(crate) serial: Option<String>,
    pub(crate) ignores: Vec<Item>,
    pub(crate) marks: Marks,
}

/// An answer given instead of the page, before anything is done.
#[derive(Debug)]
pub(crate) enum Instead {
    /// Nothing, in this manner.
    Silence(Manner),
    /// This answer.
    Answer(Response),
    /// The device restarts and refuses connections for so many milliseconds.
    Restart(u64),
}

impl Faults {
    /// Replaces all.
    pub(crate) fn set(&mut self, faults: Vec<Fault>) {
        self.0 = faults;
    }

    /// Adds one.
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// What is active.
    pub(crate) fn active(&self) -> &[Fault] {
        &self.0
    }

    /// Whether the next connection gets another certificate; counts as one use of the fault.
    pub(crate) fn other_certificate(&mut self) -> bool {
        let mut struck = false;
        self.0.retain_mut(|fault| {
            if fault.kind != FaultKind::OtherCertificate || struck {
                return true;
            }
            let (strikes, keep) = use_up(fault);
            struck |= strikes;
            keep
        });
        struck
    }

    /// What strikes this request; each fault that strikes is used up by one.
    pub(crate) fn strike(&mut self, kind: impl PageKind, path: &str) -> Strike {
        let mut strike = Strike::default();
        self.0.retain_mut(|fault| {
            if fault.kind == FaultKind::OtherCertificate || !matches(fault, kind, path) {
                return true;
            }
            let (strikes, keep) = use_up(fault);
            if strikes {
                apply(&mut strike, &fault.kind);
            }
            keep
        });
        strike
    }
}

/// Counts one use: whether the fault strikes, and whether anything is left of it.
fn use_up(fault: &mut Fault) -> (bool, bool) {
    if fault.after > 0 {
        fault.after -= 1;
        return (false, true);
    }
    match &mut fault.times {
        None => (true, true),
        Some(0) => (false, false),
        Some(left) => {
            *left -= 1;
            (true, *left > 0)
        }
    }
}

fn matches(fault: &Fault, kind: impl PageKind, path: &str) -> bool {
    match fault.path.as_deref() {
        Some(name) if name.starts_with('@') => &name[1..] == kind.name(),
        Some(part) => path.contains(part),
        None => usual(&fault.kind, kind),
    }
}

/// Where a fault makes sense when nobody said where it should strike.
fn usual(fault: &FaultKind, kind: impl PageKind) -> bool {
    use FaultKind::*;
    match fault {
        Busy | StaleToken | LostReply | LostBefore | DroppedWrite | IgnoresField { .. } => {
            kind.is(Role::Save)
        }
        TooManySessions => kind.is(Role::Door),
        LockedOut | WrongPassword => kind.is(Role::LogIn),
        ExpireSession => kind.is(Role::Protected),
        EditLost => kind.name().starts_with("book_"),
        FieldMissing { .. }
        | FieldTwice { .. }
        | OptionMissing { .. }
        | OtherLabel { .. }
        | OtherName { .. }
        | ReadOnlyPage => kind.is(Role::Email),
        MissingMenuEntry => kind.is(Role::Menu),
        OtherModel { .. } | OtherSerial { .. } => kind.is(Role::Identity),
        Slow { .. }
        | Drip { .. }
        | Stuck
        | HalfPage
        | CloseAfter { .. }
        | HugeBody
        | GzipBomb
        | RedirectTo { .. }
        | OtherCertificate
        | Restart { .. }
        | ServerError => true,
    }
}

fn apply(strike: &mut Strike, fault: &FaultKind) {
    use FaultKind::*;
    match fault {
        Busy => strike.busy = true,
        TooManySessions => strike.too_many = true,
        ExpireSession => strike.expire = true,
        EditLost => strike.edit_lost = true,
        StaleToken => strike.stale_token = true,
        LostReply => strike.manner = Some(Manner::Drop),
        LostBefore => strike.instead = Some(Instead::Silence(Manner::Drop)),
        DroppedWrite => strike.drop_write = true,
        Slow { ms } => strike.slow += ms,
        Drip { ms } => strike.manner = Some(Manner::Drip(*ms)),
        Stuck => strike.instead = Some(Instead::Silence(Manner::Stuck)),
        HalfPage => strike.manner = Some(Manner::Half),
        CloseAfter { bytes } => strike.manner = Some(Manner::Cut(*bytes)),
        HugeBody => strike.instead = Some(Instead::Silence(Manner::Huge)),
        GzipBomb => strike.instead = Some(Instead::Silence(Manner::Bomb)),
        RedirectTo { url } => strike.instead = Some(Instead::Answer(Response::found(url.as_str()))),
        OtherCertificate => {}
        LockedOut => (strike.refuse_login, strike.locked_out) = (true, true),
        WrongPassword => strike.refuse_login = true,
        Restart { ms } => strike.instead = Some(Instead::Restart(*ms)),
        FieldMissing { item } => strike.marks.missing.push(*item),
        FieldTwice { item } => strike.marks.twice.push(*item),
        OptionMissing { item, choice } => strike.marks.options.push((*item, choice.clone())),
        OtherLabel { item, label } => strike.marks.labels.push((*item, label.clone())),
        OtherName { item, name } => strike.marks.names.push((*item, name.clone())),
        MissingMenuEntry => strike.no_menu_entry = true,
        OtherModel { model } => strike.model = Some(model.clone()),
        OtherSerial { serial } => strike.serial = Some(serial.clone()),
        ReadOnlyPage => strike.marks.read_only = true,
        IgnoresField { item } => strike.ignores.push(*item),
        ServerError => {
            strike.instead =
                Some(Instead::Answer(Response::plain(500, "text/html", "<html><body>500</body></html>")));
        }
    }
}
