//! Known secrets in every form they take on the wire, and their removal from any text.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use encoding_rs::{EUC_JP, EUC_KR, GBK, SHIFT_JIS, UTF_8, WINDOWS_1252};
use zeroize::Zeroizing;

use super::MARK;
use crate::{DeviceError, Secret};

/// Below this length a secret is only masked where it stands alone: else the mask would eat the page and give it away.
const SHORT: usize = 4;

/// The forms of all registered secrets, longest first.
#[derive(Default)]
pub(in crate::transport) struct Mask {
    forms: Vec<Zeroizing<String>>,
}

impl Mask {
    pub(in crate::transport) fn add(&mut self, secret: &Secret) {
        let text = secret.expose();
        if text.is_empty() {
            return;
        }
        // Error messages are cleaned before they are masked.
        let mut forms: Vec<String> = vec![text.to_owned(), crate::error::clean(text)];
        for encoding in [UTF_8, WINDOWS_1252, SHIFT_JIS, EUC_JP, EUC_KR, GBK] {
            let (bytes, _, unmappable) = encoding.encode(text);
            if unmappable {
                continue;
            }
            // Bytes that were never decoded are shown as latin-1.
            forms.push(bytes.iter().map(|b| char::from(*b)).collect());
            percent_forms(&bytes, &mut forms);
            for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD] {
                let coded = engine.encode(&bytes);
                percent_forms(coded.as_bytes(), &mut forms);
                forms.push(coded);
            }
        }
        html_forms(text, &mut forms);
        json_forms(text, &mut forms);
        self.forms.extend(forms.into_iter().filter(|form| !form.is_empty()).map(Zeroizing::new));
        self.forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.forms.dedup();
    }

    /// The text without any form of any secret.
    pub(in crate::transport) fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for form in &self.forms {
            if form.chars().count() < SHORT {
                text = replace_alone(&text, form);
            } else if text.contains(form.as_str()) {
                text = text.replace(form.as_str(), MARK);
            }
        }
        text
    }

    pub(in crate::transport) fn error(&self, mut error: DeviceError) -> DeviceError {
        error.tried = self.apply(&error.tried);
        error.got = self.apply(&error.got);
        error.page = error.page.map(|page| self.apply(&page));
        error.next = error.next.map(|next| self.apply(&next));
        error.capture = error.capture.map(|capture| self.apply(&capture));
        error
    }
}

/// As forms send it, as scripts' `encodeURIComponent` and `escape` send it, and with every byte encoded.
fn percent_forms(bytes: &[u8], forms: &mut Vec<String>) {
    forms.push(form_urlencoded::byte_serialize(bytes).collect());
    for kept in ["", "-_.~", "-_.!~*'()", "@*_+-./", "-_.~!$&'()*+,;=:@/"] {
        for upper in [true, false] {
            let keep = |b: &u8| b.is_ascii_alphanumeric() || kept.as_bytes().contains(b);
            let one = |b: &u8| match (keep(b), upper) {
                (true, _) => char::from(*b).to_string(),
                (false, true) => format!("%{b:02X}"),
                (false, false) => format!("%{b:02x}"),
            };
            forms.push(bytes.iter().map(one).collect());
        }
    }
    forms.push(bytes.iter().map(|b| format!("%{b:02X}")).collect());
    forms.push(bytes.iter().map(|b| format!("%{b:02x}")).collect());
}

fn html_forms(text: &str, forms: &mut Vec<String>) {
    for apostrophe in ["&#39;", "&#x27;", "&#039;", "&apos;", "'"] {
        for quote in ["&quot;", "&#34;", "\""] {
            let escaped: String = text
                .chars()
                .map(|c| match c {
                    '&' => "&amp;".to_owned(),
                    '<' => "&lt;".to_owned(),
                    '>' => "&gt;".to_owned(),
                    '"' => quote.to_owned(),
                    '\'' => apostrophe.to_owned(),
                    c => c.to_string(),
                })
                .collect();
            // Pages of a small charset write everything beyond ASCII as a number.
            let numeric = |hex: bool| -> String {
                let one = |c: char| match (c.is_ascii(), hex) {
                    (true, _) => c.to_string(),
                    (false, true) => format!("&#x{:x};", u32::from(c)),
                    (false, false) => format!("&#{};", u32::from(c)),
                };
                escaped.chars().map(one).collect()
            };
            forms.extend([numeric(true), numeric(false), escaped]);
        }
    }
    forms.push(text.chars().map(|c| format!("&#{};", u32::from(c))).collect());
    forms.push(text.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect());
    // Every sign that is no letter, as Brother's pages have it.
    let signs = |c: char| {
        if c.is_ascii_alphanumeric() { c.to_string() } else { format!("&#{};", u32::from(c)) }
    };
    forms.push(text.chars().map(signs).collect());
    // Only `&` escaped, as hasty servers do.
    forms.push(text.replace('&', "&amp;"));
}

fn json_forms(text: &str, forms: &mut Vec<String>) {
    let quoted = serde_json::Value::from(text).to_string();
    let plain = quoted[1..quoted.len() - 1].to_owned();
    for upper in [true, false] {
        let one = |c: char| {
            let mut units = [0; 2];
            match (c.is_ascii(), upper) {
                (true, _) => c.to_string(),
                (_, true) => c.encode_utf16(&mut units).iter().map(|u| format!("\\u{u:04X}")).collect(),
                (_, false) => c.encode_utf16(&mut units).iter().map(|u| format!("\\u{u:04x}")).collect(),
            }
        };
        let ascii: String = plain.chars().map(one).collect();
        forms.push(ascii.replace('/', "\\/"));
        forms.push(ascii);
    }
    forms.push(plain.replace('/', "\\/"));
    forms.push(plain.replace('\'', "\\'"));
    // Inside a script within a page.
    forms.push(plain.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"));
    forms.push(plain);
}

fn replace_alone(text: &str, form: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, hit) in text.match_indices(form) {
        let before = text[..at].chars().next_back();
        let behind = text[at + hit.len()..].chars().next();
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if !inside(before) && !inside(behind) {
            out.push_str(&text[copied..at]);
            out.push_str(MARK);
            copied = at + hit.len();
        }
    }
    out + &text[copied..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_secret_is_masked() {
        let secret = "p\u{e4}ss/w\"<'rd>&+ 1";
        let mut mask = Mask::default();
        mask.add(&Secret::new(secret.into()));
        let urlencoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let latin1 = WINDOWS_1252.encode(secret).0;
        for form in [
            secret.to_owned(),
            urlencoded.clone(),
            urlencoded.replace('+', "%20"),
            form_urlencoded::byte_serialize(&latin1).collect(),
            STANDARD.encode(secret),
            STANDARD_NO_PAD.encode(secret),
            URL_SAFE.encode(secret),
            URL_SAFE_NO_PAD.encode(&latin1),
            form_urlencoded::byte_serialize(STANDARD.encode(secret).as_bytes()).collect(),
            "p\u{e4}ss/w&quot;&lt;&#39;rd&gt;&amp;+ 1".into(),
            "p&#228;ss&#47;w&#34;&#60;&#39;rd&#62;&#38;&#43;&#32;1".into(),
            "p&#228;ss/w&quot;&lt;'rd&gt;&amp;+ 1".into(),
            "p\u{e4}ss/w\\\"<'rd>&+ 1".into(),
            "p\\u00e4ss\\/w\\\"<'rd>&+ 1".into(),
        ] {
            let masked = mask.apply(&format!("before {form} behind"));
            assert_eq!(masked, format!("before {MARK} behind"), "{form}");
        }
    }

    #[test]
    fn short_secrets_do_not_eat_the_page() {
        let mut mask = Mask::default();
        mask.add(&Secret::new("ab".into()));
        mask.add(&Secret::new(String::new()));
        assert_eq!(mask.apply("cab ab=ab, table"), format!("cab {MARK}={MARK}, table"));
    }
}
