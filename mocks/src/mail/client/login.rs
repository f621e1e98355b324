//! The copier's side of AUTH.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;

use super::dialogue::{Ended, Talk};
use super::settings::{AuthHabit, Login, Stage, WithoutAuth};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mechanism {
    Login,
    Plain,
    CramMd5,
}

/// The mechanism of choice among those of the EHLO list.
fn choose(offered: &[String], habit: AuthHabit) -> Option<Mechanism> {
    let order = match habit {
        AuthHabit::PlainAlways => return Some(Mechanism::Plain),
        AuthHabit::LoginFirst => [Mechanism::Login, Mechanism::Plain, Mechanism::CramMd5],
        AuthHabit::CramMd5First => [Mechanism::CramMd5, Mechanism::Login, Mechanism::Plain],
    };
    order.into_iter().find(|mechanism| {
        let name = match mechanism {
            Mechanism::Login => "LOGIN",
            Mechanism::Plain => "PLAIN",
            Mechanism::CramMd5 => "CRAM-MD5",
        };
        offered.iter().any(|other| other == name)
    })
}

impl Talk<'_> {
    /// Logs in, if there is a log-in and a mechanism for it.
    pub(super) async fn log_in(&mut self, login: &Login) -> Result<(), Ended> {
        self.stage = Stage::Auth;
        let Some(mechanism) = choose(&self.mechanisms, self.settings.auth_habit) else {
            return match self.settings.without_auth {
                WithoutAuth::GoOn => Ok(()),
                WithoutAuth::GiveUp => {
                    Err(self.ended(None, "the server offers no log-in that this copier knows"))
                }
            };
        };
        let (user, password) = (&login.user, login.password.reveal());
        match mechanism {
            Mechanism::Login => {
                self.expect("AUTH LOGIN", 334).await?;
                self.expect(&STANDARD.encode(user), 334).await?;
                self.expect(&STANDARD.encode(password), 235).await?;
            }
            Mechanism::Plain => {
                let both = STANDARD.encode(format!("\0{user}\0{password}"));
                self.expect(&format!("AUTH PLAIN {both}"), 235).await?;
            }
            Mechanism::CramMd5 => {
                let challenge = self.expect("AUTH CRAM-MD5", 334).await?;
                let digest = STANDARD
                    .decode(challenge.text.trim())
                    .ok()
                    .and_then(|challenge| hmac_md5(password.as_bytes(), &challenge));
                let Some(digest) = digest else {
                    return Err(self.ended(Some(&challenge), "the server's challenge cannot be read"));
                };
                self.expect(&STANDARD.encode(format!("{user} {digest}")), 235).await?;
            }
        }
        Ok(())
    }
}

fn hmac_md5(key: &[u8], data: &[u8]) -> Option<String> {
    // An empty key is none for the library; it counts as zeros up to the block size anyway.
    let key = PKey::hmac(if key.is_empty() { &[0] } else { key }).ok()?;
    let mut signer = Signer::new(MessageDigest::md5(), &key).ok()?;
    let digest = signer.sign_oneshot_to_vec(data).ok()?;
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_rfc_2195() {
        let challenge = b"<1896.697170952@postoffice.reston.mci.net>";
        let digest = hmac_md5(b"tanstaaftanstaaf", challenge).unwrap();
        assert_eq!(digest, "b913a602c7eda7a495b4e6e7334d3890");
    }

    #[test]
    fn habits() {
        let offered = ["CRAM-MD5".to_owned(), "PLAIN".to_owned(), "LOGIN".to_owned()];
        assert_eq!(choose(&offered, AuthHabit::LoginFirst), Some(Mechanism::Login));
        assert_eq!(choose(&offered[..2], AuthHabit::LoginFirst), Some(Mechanism::Plain));
        assert_eq!(choose(&offered[..1], AuthHabit::LoginFirst), Some(Mechanism::CramMd5));
        assert_eq!(choose(&offered, AuthHabit::CramMd5First), Some(Mechanism::CramMd5));
        assert_eq!(choose(&[], AuthHabit::CramMd5First), None);
        assert_eq!(choose(&[], AuthHabit::PlainAlways), Some(Mechanism::Plain));
    }
}
