//! The redacted record of every exchange. What must not be shown never reaches the file.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use url::Url;

use super::redact::{MARK, Mask, looks_secret, redact_page, redact_pairs};
use super::{Request, Transcript, decode};
use crate::DeviceError;
use crate::error::clean;

pub(super) struct Recorder {
    file: File,
    started: Instant,
    number: u32,
}

impl Recorder {
    pub(super) fn open(transcript: &Transcript, device: &str) -> Result<Self, DeviceError> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let tried = format!("open the transcript {}", transcript.file.display());
        let failed = |e: std::io::Error| DeviceError::workspace(tried.clone(), e.to_string());
        let file = options.open(&transcript.file).map_err(failed)?;
        // A file that was there before keeps its mode otherwise.
        #[cfg(unix)]
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(failed)?;
        let mut recorder = Self { file, started: Instant::now(), number: 0 };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        recorder
            .write(&format!("=== {}, session opened at {now} (seconds since 1970, UTC)\n\n", clean(device)));
        Ok(recorder)
    }

    pub(super) fn request(
        &mut self,
        mask: &Mask,
        method: &str,
        url: &Url,
        headers: &[(String, String)],
        body: Option<&(String, Vec<u8>)>,
        request: &Request,
    ) {
        self.number += 1;
        let mut text = format!(
            "--- {} +{} ms\n{method} {}\n",
            self.number,
            self.elapsed(),
            redact_url(url, &request.secret_fields)
        );
        for (name, value) in headers {
            text.push_str(&header(name, &mask.apply(value)));
        }
        if let Some((content_type, body)) = body {
            text.push('\n');
            text.push_str(&self::body(mask, content_type, body, request));
            text.push('\n');
        }
        self.write(&(mask.apply(&text) + "\n"));
    }

    pub(super) fn answer(&mut self, mask: &Mask, status: u16, headers: &[(String, String)], body: &[u8]) {
        let mut text = format!("<<< {} +{} ms\n{status}\n", self.number, self.elapsed());
        for (name, value) in headers {
            text.push_str(&header(name, &mask.apply(value)));
        }
        let content_type = headers.iter().find(|(name, _)| name == "content-type").map(|(_, v)| v.as_str());
        text.push('\n');
        if content_type
            .is_some_and(|t| ["image/", "audio/", "video/", "font/"].iter().any(|k| t.starts_with(k)))
        {
            text.push_str(&format!("[{} bytes]", body.len()));
        } else {
            text.push_str(&redact_page(&decode::decode(body, content_type).0));
        }
        self.write(&(mask.apply(&text) + "\n\n"));
    }

    pub(super) fn failure(&mut self, mask: &Mask, got: &str) {
        let text = format!("<<< {} +{} ms\nno answer: {}\n\n", self.number, self.elapsed(), clean(got));
        self.write(&mask.apply(&text));
    }

    fn elapsed(&self) -> u128 {
        self.started.elapsed().as_millis()
    }

    fn write(&mut self, text: &str) {
        // A full disk must not stop the work on the device; the log says that the record is incomplete.
        if let Err(error) = self.file.write_all(text.as_bytes()) {
            tracing::warn!(%error, "the transcript cannot be written");
        }
    }
}

/// Query values of secret-looking names removed, everything else as sent.
fn redact_url(url: &Url, secret: &[String]) -> String {
    let mut url = url.clone();
    if let Some(query) = url.query() {
        let query = redact_pairs(query, secret);
        url.set_query(Some(&query));
    }
    url.as_str().replace("%5Bredacted%5D", MARK)
}

fn header(name: &str, value: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let value = match lower.as_str() {
        "cookie" => value.split("; ").map(cookie).collect::<Vec<_>>().join("; "),
        "set-cookie" => {
            let (pair, rest) = value.split_once(';').map_or((value, ""), |(p, r)| (p, r));
            if rest.is_empty() { cookie(pair) } else { format!("{};{rest}", cookie(pair)) }
        }
        "referer" | "location" | "content-location" | "refresh" => value
            .split_once('?')
            .map_or(value.to_owned(), |(path, query)| format!("{path}?{}", redact_pairs(query, &[]))),
        _ if lower.contains("authorization") || lower.contains("authenticate") || looks_secret(&lower) => {
            MARK.to_owned()
        }
        _ => value.to_owned(),
    };
    format!("{name}: {}\n", clean(&value))
}

fn cookie(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) => format!("{name}={MARK}"),
        None => MARK.to_owned(),
    }
}

fn body(mask: &Mask, content_type: &str, body: &[u8], request: &Request) -> String {
    if content_type.starts_with("application/x-www-form-urlencoded") {
        let latin1 = || body.iter().map(|b| char::from(*b)).collect();
        let text = std::str::from_utf8(body).map_or_else(|_| latin1(), ToOwned::to_owned);
        // Masked before it is broken into lines, which could break a secret, too.
        return redact_pairs(&mask.apply(&text), &request.secret_fields).replace('&', "\n&");
    }
    // Parts of multipart and script bodies cannot be told apart safely: names and size only.
    format!(
        "[{} bytes of {}; fields: {}]",
        body.len(),
        clean(content_type),
        clean(&request.fields.join(", "))
    )
}
