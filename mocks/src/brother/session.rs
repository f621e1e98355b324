//! Who is logged in, and the tokens of the forms they were shown.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::profile::{BrotherProfile, FormTokens, Generation};

/// How many tokens of unused forms are remembered.
const TOKENS: usize = 64;

/// One administrator's session.
struct Session {
    cookie: String,
    tokens: Tokens,
    used: Instant,
}

/// The tokens of forms that were shown and not posted.
#[derive(Default)]
pub(crate) struct Tokens(VecDeque<String>);

impl Tokens {
    /// Remembers the tokens of a page that is shown now.
    fn shown(&mut self, tokens: [String; 2], life: FormTokens) {
        if life == FormTokens::LastPage {
            self.0.clear();
        }
        while self.0.len() + tokens.len() > TOKENS {
            self.0.pop_front();
        }
        self.0.extend(tokens);
    }

    /// Takes a posted token; whether it was good.
    fn take(&mut self, posted: &str) -> bool {
        // Clients send the line breaks as CR LF or as LF; without them the token is another one.
        let posted = posted.replace("\r\n", "\n");
        let place = self.0.iter().position(|token| token.replace("\r\n", "\n") == posted);
        place.is_some_and(|place| self.0.remove(place).is_some())
    }
}

/// All sessions of one machine.
#[derive(Default)]
pub(crate) struct Sessions {
    admins: Vec<Session>,
    /// Those of visitors, and of everybody where no password is set.
    guests: Tokens,
}

impl Sessions {
    /// Ends sessions that were not used for so long.
    pub(crate) fn sweep(&mut self, idle: Duration) {
        self.admins.retain(|session| session.used.elapsed() < idle);
    }

    /// How many administrators are logged in.
    pub(crate) fn open(&self) -> usize {
        self.admins.len()
    }

    /// Whether a cookie belongs to a session; marks it as used.
    pub(crate) fn knows(&mut self, cookie: &str) -> bool {
        match self.admins.iter_mut().find(|session| session.cookie == cookie) {
            Some(session) => {
                session.used = Instant::now();
                true
            }
            None => false,
        }
    }

    /// Logs an administrator in: the cookie.
    pub(crate) fn log_in(&mut self, profile: &BrotherProfile) -> String {
        let cookie = cookie(profile.generation);
        self.admins.push(Session { cookie: cookie.clone(), tokens: Tokens::default(), used: Instant::now() });
        cookie
    }

    /// Ends one session.
    pub(crate) fn log_out(&mut self, cookie: &str) {
        self.admins.retain(|session| session.cookie != cookie);
    }

    /// Ends all sessions.
    pub(crate) fn expire(&mut self) {
        self.admins.clear();
    }

    /// New tokens for a page with two forms.
    pub(crate) fn tokens(&mut self, cookie: Option<&str>, life: FormTokens) -> [String; 2] {
        let fresh = [token(), token()];
        self.of(cookie).shown(fresh.clone(), life);
        fresh
    }

    /// Takes a posted token; whether it was good.
    pub(crate) fn take_token(&mut self, cookie: Option<&str>, posted: &str) -> bool {
        self.of(cookie).take(posted)
    }

    fn of(&mut self, cookie: Option<&str>) -> &mut Tokens {
        let place = self.admins.iter().position(|session| Some(session.cookie.as_str()) == cookie);
        match place.and_then(|place| self.admins.get_mut(place)) {
            Some(session) => &mut session.tokens,
            None => &mut self.guests,
        }
    }
}

/// A cookie's value: hexadecimal in old firmware, base64 with percent escapes, even of line breaks, in newer.
pub(crate) fn cookie(generation: Generation) -> String {
    let bytes = random(48);
    if generation == Generation::B {
        return bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    }
    let text = BASE64.encode(&bytes);
    let (first, second) = text.split_at(32);
    format!("{first}\r\n{second}=")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace('/', "%2F")
        .replace('+', "%2B")
        .replace('=', "%3D")
}

/// A form's token: base64 over several lines.
fn token() -> String {
    let text = BASE64.encode(random(120));
    let lines: Vec<&str> =
        [text.get(..64), text.get(64..128), text.get(128..)].into_iter().flatten().collect();
    lines.join("\r\n")
}

fn random(count: usize) -> Vec<u8> {
    let mut bytes = vec![0_u8; count];
    // Without randomness all are alike: the lab still works, and nothing of value depends on them.
    let _ = openssl::rand::rand_bytes(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_once_and_with_its_line_breaks() {
        let mut tokens = Tokens::default();
        let pair = [token(), token()];
        tokens.shown(pair.clone(), FormTokens::Unused);
        assert!(pair[0].matches("\r\n").count() == 2, "{}", pair[0]);
        assert!(!tokens.take(&pair[0].replace("\r\n", "")));
        assert!(tokens.take(&pair[0].replace("\r\n", "\n")));
        assert!(!tokens.take(&pair[0]));
        assert!(tokens.take(&pair[1]));
    }

    #[test]
    fn another_page_makes_the_last_ones_stale() {
        let mut tokens = Tokens::default();
        let first = [token(), token()];
        tokens.shown(first.clone(), FormTokens::LastPage);
        tokens.shown([token(), token()], FormTokens::LastPage);
        assert!(!tokens.take(&first[1]));
    }
}
