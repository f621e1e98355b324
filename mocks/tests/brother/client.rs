//! A browser of the simplest kind: raw HTTP, cookies byte for byte, forms as iso-8859-1.

use std::pin::Pin;

use openssl::ssl::{Ssl, SslContext, SslMethod, SslVerifyMode};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

/// An answer; each byte of the body is one character.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The text with its entities resolved.
    pub fn text(&self) -> String {
        decoded(&self.body)
    }

    /// The form whose inner text holds this.
    pub fn form(&self, with: &str) -> Form {
        let piece = self
            .body
            .split("<form")
            .skip(1)
            .map(|piece| piece.split("</form>").next().unwrap())
            .find(|piece| piece.contains(with))
            .unwrap_or_else(|| panic!("no form with {with} in {}", self.body));
        Form::read(piece)
    }

    /// The page's own form: the last one.
    pub fn main_form(&self) -> Form {
        Form::read(self.body.rsplit("<form").next().unwrap().split("</form>").next().unwrap())
    }

    /// Where the link with these words leads.
    pub fn link(&self, words: &str) -> Option<String> {
        let mut links = self.body.split("<a href=\"").skip(1);
        let link = links
            .find(|link| decoded(link.split('>').nth(1).unwrap().split('<').next().unwrap()) == words)?;
        Some(decoded(link.split('"').next().unwrap()))
    }

    /// The cells of a table's rows, as text.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let rows = self.body.split("<tr class=\"").skip(1).map(|row| row.split("</tr>").next().unwrap());
        let text = |cell: &str| {
            let mut out = String::new();
            for piece in cell.split("</td>").next().unwrap().split('<') {
                out.push_str(piece.split_once('>').map_or(piece, |(_, rest)| rest));
            }
            decoded(&out)
        };
        rows.map(|row| row.split("<td>").skip(1).map(text).collect()).collect()
    }

    /// The text of the element of a class, or nothing.
    pub fn said(&self, class: &str) -> Option<String> {
        let rest = self.body.split(&format!("class=\"{class}\">")).nth(1)?;
        Some(decoded(rest.split('<').next()?))
    }
}

/// One control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    pub name: String,
    pub value: String,
    /// Whether a browser would send it.
    pub sent: bool,
    pub disabled: bool,
    pub kind: String,
    pub options: Vec<(String, String)>,
}

/// A form as a page has it.
#[derive(Debug, Clone)]
pub struct Form {
    pub action: String,
    pub controls: Vec<Control>,
    html: String,
}

impl Form {
    fn read(html: &str) -> Self {
        let mut controls: Vec<Control> = Vec::new();
        for piece in html.split('<') {
            let tag = piece.split('>').next().unwrap();
            let attribute = |name| attribute(tag, name);
            let disabled = tag.contains(" disabled=");
            match tag.split(' ').next().unwrap() {
                "input" => {
                    let kind = attribute("type");
                    let ticked = tag.contains(" checked=");
                    let sent = match kind.as_str() {
                        "radio" | "checkbox" => ticked,
                        "submit" | "button" => false,
                        _ => true,
                    };
                    let name = attribute("name");
                    controls.push(Control {
                        sent: sent && !name.is_empty() && !disabled,
                        name,
                        value: attribute("value"),
                        disabled,
                        kind,
                        options: Vec::new(),
                    });
                }
                "select" => controls.push(Control {
                    name: attribute("name"),
                    value: String::new(),
                    sent: !disabled,
                    disabled,
                    kind: "select".into(),
                    options: Vec::new(),
                }),
                "option" => {
                    let last = controls.last_mut().unwrap();
                    let text = decoded(piece.split('>').nth(1).unwrap());
                    last.options.push((text, attribute("value")));
                    if tag.contains(" selected=") {
                        last.value = attribute("value");
                    }
                }
                _ => {}
            }
        }
        let head = html.split('>').next().unwrap();
        Self { action: attribute(head, "action"), controls, html: html.to_owned() }
    }

    /// The name of the control beside a label.
    pub fn labelled(&self, label: &str) -> String {
        let mut found = self
            .html
            .split("<dt>")
            .skip(1)
            .filter(|piece| decoded(piece.split("</dt>").next().unwrap()) == label);
        let row = found.next().unwrap_or_else(|| panic!("no label {label} in {}", self.html));
        assert!(found.next().is_none(), "label {label} stands twice");
        attribute(row.split("</dt><dd>").nth(1).unwrap(), "name")
    }

    /// The value of the control beside a label.
    pub fn value(&self, label: &str) -> String {
        let name = self.labelled(label);
        let named = self.controls.iter().filter(|control| control.name == name);
        let mut sent = named.clone().filter(|control| control.sent || control.disabled);
        sent.next().map(|control| control.value.clone()).unwrap_or_default()
    }

    /// Sets the control beside a label, enabling it as the page's script would.
    pub fn set(&mut self, label: &str, value: &str) {
        let name = self.labelled(label);
        self.set_named(&name, value);
    }

    /// Sets a control.
    pub fn set_named(&mut self, name: &str, value: &str) {
        let mut any = false;
        for control in self.controls.iter_mut().filter(|control| control.name == name) {
            any = true;
            match control.kind.as_str() {
                "radio" | "checkbox" => control.sent = control.value == value,
                _ => {
                    control.value = value.to_owned();
                    control.sent = true;
                }
            }
        }
        assert!(any, "no control {name}");
    }

    /// Chooses by the words on the page.
    pub fn choose(&mut self, label: &str, words: &str) {
        let name = self.labelled(label);
        let select = self.controls.iter().find(|control| control.name == name).unwrap();
        let value = if select.kind == "select" {
            select.options.iter().find(|(text, _)| text == words).unwrap().1.clone()
        } else {
            let place = self
                .html
                .split("<label for=\"")
                .skip(1)
                .find(|piece| {
                    piece.starts_with(&format!("{name}_"))
                        && decoded(piece.split('>').nth(1).unwrap().split('<').next().unwrap()) == words
                })
                .unwrap_or_else(|| panic!("no choice {words}"));
            let id = place.split('"').next().unwrap();
            let tag = self.html.split("<input").find(|tag| tag.contains(&format!(" id=\"{id}\""))).unwrap();
            attribute(tag.split('>').next().unwrap(), "value")
        };
        self.set_named(&name, &value);
    }

    /// Where it is posted to from a page.
    pub fn target(&self, from: &str) -> String {
        if self.action.starts_with('/') {
            return self.action.clone();
        }
        let path = from.split('?').next().unwrap();
        format!("{}/{}", path.rsplit_once('/').unwrap().0, self.action)
    }

    /// What a browser sends.
    pub fn fields(&self) -> Vec<(String, String)> {
        self.controls
            .iter()
            .filter(|control| control.sent)
            .map(|control| (control.name.clone(), control.value.clone()))
            .collect()
    }
}

fn attribute(tag: &str, name: &str) -> String {
    let Some(at) = tag.find(&format!(" {name}=\"")) else { return String::new() };
    decoded(tag[at + name.len() + 3..].split('"').next().unwrap())
}

/// Resolves numeric entities and the few named ones.
pub fn decoded(text: &str) -> String {
    let mut out = String::new();
    let mut pieces = text.split('&');
    out.push_str(pieces.next().unwrap());
    for piece in pieces {
        let Some((entity, rest)) = piece.split_once(';') else {
            out.push('&');
            out.push_str(piece);
            continue;
        };
        match entity.strip_prefix('#').and_then(|number| number.parse().ok()).and_then(char::from_u32) {
            Some(c) => out.push(c),
            None => out.push(match entity {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                other => panic!("entity {other}"),
            }),
        }
        out.push_str(rest);
    }
    out
}

/// The browser.
#[derive(Debug, Clone)]
pub struct Client {
    pub base: String,
    pub cookie: Option<String>,
    pub referer: bool,
}

impl Client {
    pub fn new(base: &str) -> Self {
        Self { base: base.to_owned(), cookie: None, referer: true }
    }

    fn address(&self) -> &str {
        self.base.split_once("://").unwrap().1
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        self.raw(&self.head("GET", path, None, "")).await.unwrap_or_else(|| panic!("no answer to {path}"))
    }

    /// Posts fields from a page, as that page's charset wants them.
    pub async fn post(&mut self, path: &str, from: &str, fields: &[(String, String)]) -> Option<Reply> {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", coded(name), coded(value))).collect();
        let body = body.join("&");
        let more =
            format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", body.len());
        let request = self.head("POST", path, Some(from), &more) + &body;
        self.raw(&request).await
    }

    /// Posts a form of a page to where it wants to go.
    pub async fn submit(&mut self, from: &str, form: &Form) -> Reply {
        self.post(&form.target(from), from, &form.fields()).await.expect("an answer")
    }

    /// Posts a form with a file in its file input.
    pub async fn upload(&mut self, from: &str, form: &Form, file: &[u8]) -> Reply {
        let target = form.target(from);
        let mut body = String::new();
        for control in form.controls.iter().filter(|control| control.sent) {
            let name = &control.name;
            if control.kind == "file" {
                let file: String = file.iter().copied().map(char::from).collect();
                body.push_str(&format!(
                    "--lab\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"book.csv\"\r\n\
                     Content-Type: text/csv\r\n\r\n{file}\r\n"
                ));
            } else {
                let value = control.value.replace("\r\n", "\n").replace('\n', "\r\n");
                body.push_str(&format!(
                    "--lab\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                ));
            }
        }
        body.push_str("--lab--\r\n");
        let more = format!(
            "Content-Type: multipart/form-data; boundary=lab\r\nContent-Length: {}\r\n",
            body.chars().count()
        );
        let request = self.head("POST", &target, Some(from), &more) + &body;
        self.raw(&request).await.expect("an answer")
    }

    fn head(&self, method: &str, path: &str, from: Option<&str>, more: &str) -> String {
        let cookie =
            self.cookie.as_ref().map_or(String::new(), |value| format!("Cookie: AuthCookie={value}\r\n"));
        let referer = match from {
            Some(from) if self.referer => format!("Referer: {}{from}\r\n", self.base),
            _ => String::new(),
        };
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{cookie}{referer}{more}Connection: close\r\n\r\n",
            self.address()
        )
    }

    /// Sends bytes as they are; nothing where no head came back.
    pub async fn raw(&mut self, request: &str) -> Option<Reply> {
        let stream = TcpStream::connect(self.address()).await.ok()?;
        let raw = if self.base.starts_with("https") {
            let mut context = SslContext::builder(SslMethod::tls_client()).unwrap();
            context.set_verify(SslVerifyMode::NONE);
            let mut stream = SslStream::new(Ssl::new(&context.build()).unwrap(), stream).unwrap();
            Pin::new(&mut stream).connect().await.ok()?;
            exchange(stream, request).await
        } else {
            exchange(stream, request).await
        };
        let text: String = raw.iter().copied().map(char::from).collect();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect();
        let reply = Reply { status, headers, body: body.to_owned() };
        if let Some(value) = reply.header("set-cookie").and_then(|set| set.strip_prefix("AuthCookie=")) {
            self.cookie = Some(value.split(';').next()?.to_owned());
        }
        Some(reply)
    }

    /// Logs in by the form of a page; the answer to the post.
    pub async fn log_in(&mut self, page: &str, password: &str) -> Reply {
        let start = self.get(page).await;
        let mut form = start.form("id=\"LogBox\"");
        let name = form.controls.iter().find(|control| control.kind == "password").unwrap().name.clone();
        form.set_named(&name, password);
        self.submit(page, &form).await
    }

    /// Logs out by the header's form.
    pub async fn log_out(&mut self, page: &str) -> Reply {
        let form = self.get(page).await.form("id=\"logout\"");
        self.submit(page, &form).await
    }
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, request: &str) -> Vec<u8> {
    let bytes: Vec<u8> = request.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let mut raw = Vec::new();
    if stream.write_all(&bytes).await.is_ok() {
        let _ = stream.read_to_end(&mut raw).await;
    }
    raw
}

/// Percent-coding of iso-8859-1, line breaks as CR LF.
fn coded(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    text.chars()
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() || "*-._".contains(c) => c.to_string(),
            ' ' => "+".to_owned(),
            c => format!("%{:02X}", u8::try_from(u32::from(c)).unwrap()),
        })
        .collect()
}
