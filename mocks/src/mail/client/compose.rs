//! The message a scan becomes: a short text and a tiny PDF.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::settings::MailClientSettings;
use crate::mail::clock;

/// The smallest thing that still begins and ends like a PDF.
const PDF: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// A composed message.
pub(super) struct Scan {
    pub(super) message_id: String,
    /// Header and body with CR LF line ends, not yet dot-stuffed.
    pub(super) text: String,
}

pub(super) fn scan(settings: &MailClientSettings, to: &str, subject: &str, body: &str) -> Scan {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now();
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let serial: String = settings.serial.chars().filter(char::is_ascii_alphanumeric).collect();
    let message_id = format!("<{serial}.{seconds}.{number}@{}>", one_word(&settings.ehlo_name));
    let boundary = format!("=_scan_{serial}_{number}");
    let (from, to) = (one_word(&settings.sender), one_word(to));
    let (subject, model) = (encoded(subject), encoded(&settings.model));
    let date = clock::rfc5322(now);
    let text = wrapped(body);
    let pdf = wrapped(PDF);
    Scan {
        text: format!(
            "Date: {date}\r\nFrom: <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: {message_id}\r\n\
             X-Mailer: {model}\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n\
             --{boundary}\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
             {text}\r\n\
             --{boundary}\r\nContent-Type: application/pdf; name=\"{serial}_{number}.pdf\"\r\n\
             Content-Disposition: attachment; filename=\"{serial}_{number}.pdf\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n\
             {pdf}\r\n--{boundary}--\r\n"
        ),
        message_id,
    }
}

/// A text as it may stand in a command or a header: without blanks, brackets and control characters, so that a
/// setting cannot become a second command.
pub(super) fn one_word(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !c.is_whitespace() && !matches!(c, '<' | '>')).collect()
}

/// A header value: as it is when it is plain, else as encoded words of at most 45 bytes each.
fn encoded(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.is_ascii() && text.len() < 200 {
        return text;
    }
    let mut words: Vec<String> = vec![String::new()];
    for c in text.chars() {
        if words.last().is_some_and(|word| word.len() + c.len_utf8() > 45) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    let words: Vec<String> =
        words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word))).collect();
    words.join("\r\n ")
}

/// Base64 in lines of 76 characters.
fn wrapped(text: &str) -> String {
    let line = STANDARD.encode(text);
    let mut out = String::with_capacity(line.len() + line.len() / 38);
    for (index, c) in line.chars().enumerate() {
        if index > 0 && index % 76 == 0 {
            out.push_str("\r\n");
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_cannot_add_header_lines() {
        let mut settings = MailClientSettings::new("s", 25, "a@b>\r\nBcc: <x@y");
        settings.model = "M\r\nX: y".to_owned();
        let scan = scan(&settings, "c@d\r\nRCPT", "s\r\nEvil: 1", "b");
        let (head, _) = scan.text.split_once("\r\n\r\n").unwrap();
        assert!(head.lines().all(|line| !line.starts_with("Bcc") && !line.starts_with("Evil")), "{head}");
        assert!(head.contains("From: <a@bBcc:x@y>"), "{head}");
        assert!(scan.text.split("\r\n").all(|line| line.len() < 200 && !line.contains('\n')));
    }

    #[test]
    fn subjects_of_any_language_become_encoded_words() {
        assert_eq!(encoded("plain"), "plain");
        assert_eq!(encoded("Größe"), "=?UTF-8?B?R3LDtsOfZQ==?=");
        assert!(encoded(&"é".repeat(100)).lines().all(|line| line.len() <= 78));
    }
}
