//! The pages: what guests see, the list and its data, the page of an error.

use super::book::{Book, Entry, hidden, literal};
use super::{Pages, Words};
use crate::foreign::device::{Device, esc};
use crate::strangers::wire::{Reply, Request};

pub fn plain(text: &str) -> Reply {
    Reply { kind: "text/plain", ..Reply::page(text) }
}

fn top(words: &Words) -> String {
    format!(
        "<html xmlns:axsl=\"http://localhost\" lang=\"{}\"><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\"><title>Web Image Monitor</title>",
        words.lang
    )
}

impl Pages {
    pub(super) fn open_pages(&self, device: &Device, path: &str) -> Option<Reply> {
        let w = self.words;
        let top = top(w);
        let text = match path {
            "" => format!(
                "<html><head><title>Web Image Monitor</title><meta http-equiv=\"refresh\" content=\"1; URL=/web/guest/{0}/websys/webArch/message.cgi?messageID=MSG_JAVASCRIPTOFF&buttonURL=/../../../\"><script>function jumpURL() {{ location.href=\"/web/guest/{0}/websys/webArch/mainFrame.cgi\"; }}</script></head><body onLoad=\"jumpURL()\"></body></html>",
                w.lang
            ),
            "guest:websys/webArch/mainFrame.cgi" => "<html><head><title>RNP5838 - Web Image Monitor</title></head><frameset rows=\"64,*\"><frame name=\"header\" src=\"header.cgi\"><frame name=\"work\" src=\"topPage.cgi\"></frameset></html>".to_owned(),
            "guest:websys/webArch/header.cgi" if w.older => {
                format!("{top}</head><body><span class=\"modelName\">{}</span></body></html>", w.model[1])
            }
            "guest:websys/webArch/header.cgi" => {
                format!("{top}</head><body><h2 id=\"modelName\">{}</h2></body></html>", w.model[1])
            }
            "guest:websys/webArch/topPage.cgi" => {
                format!("{top}</head><body><a href=\"javascript:wsMenu_jumpUrl('../../websys/status/configuration.cgi')\">{}</a></body></html>", w.system)
            }
            "guest:websys/status/configuration.cgi" => {
                let row = |label: &str, value: &str| if w.older {
                    format!("<tr><td nowrap align=\"\">{label}</td><td nowrap>:</td><td nowrap>{value}</td></tr>")
                } else {
                    format!("<dl><dt>{label}</dt><dd class=\"indentColon\">:&nbsp;{value}</dd></dl>")
                };
                let rows = [
                    row(w.model[0], w.model[1]),
                    row(w.serial[0], device.profile.serial),
                    row(w.system, "1.12"),
                    row("Web Image Monitor", "1.05"),
                ]
                .concat();
                let (open, close) = if w.older { ("<table>", "</table>") } else { ("", "") };
                format!("{top}</head><body>{open}{rows}{close}</body></html>")
            }
            _ => return None,
        };
        Some(Reply::page(text))
    }

    /// The list of settings; none of them is of interest here.
    pub(super) fn menu(&self) -> Reply {
        Reply::page(format!(
            "{}</head><body><a href=\"javascript:wsMenu_jumpUrl('../../websys/config/getSystem.cgi')\">{}</a></body></html>",
            top(self.words),
            self.words.system
        ))
    }

    pub(super) fn log_in(&self, token: &str, open: &str, message: &str) -> String {
        let w = self.words;
        format!(
            "{}</head><body><div>{message}</div><form name=\"form1\" method=\"post\" action=\"/web/guest/{}/websys/webArch/login.cgi\">{}{}{}{}<input type=\"text\" name=\"userid_work\"/><input type=\"password\" name=\"password_work\"/></form><h1>{}</h1></body></html>",
            top(w),
            w.lang,
            hidden("wimToken", token),
            hidden("userid", ""),
            hidden("password", ""),
            hidden("open", open),
            w.login
        )
    }

    /// The page of whatever goes wrong: TIMEOUT, BADFLOW, BUSY, or an error without a name.
    pub(super) fn error(&self, token: &str, page: &str, value: &str) -> Reply {
        let w = self.words;
        let words = if value == "BUSY" { w.busy } else { w.timeout };
        let value = if value.is_empty() { String::new() } else { hidden("returnValue", value) };
        Reply::page(format!(
            "{}</head><body class=\"errorMessage\"><form name=\"basicForm\">{}{value}{}</form><table><tr><td><img src=\"/images/messageIconE.gif\"></td></tr><tr class=\"responseMessage\"><td>{words}</td></tr></table><a href=\"javascript:g_objModalDialog.hide()\">OK</a></body></html>",
            top(w),
            hidden("wimToken", token),
            hidden("methodName", page.trim_end_matches(".cgi")),
        ))
    }

    pub(super) fn row(&self, entry: &Entry) -> String {
        let w = self.words;
        let cell = |name: &str| -> String {
            let tag = |at: usize| entry.all("entryTagInfoIn").get(at).copied().unwrap_or("1").to_owned();
            match name {
                "entryType" => if entry.group { "2" } else { "1" }.to_owned(),
                "entryIndex" => literal(entry.get("entryIndexIn")),
                "entryName" => literal(entry.get("entryNameIn")),
                "freq" => if tag(3) == "1" { "1" } else { "0" }.to_owned(),
                "title1" | "title2" | "title3" => {
                    let at = usize::from(name.as_bytes()[5] - b'1');
                    let words = super::form::TITLES[at][tag(at).parse::<usize>().unwrap() - 1];
                    literal(if tag(at) == "1" { "" } else { words })
                }
                "userCode" | "entryUserCode" => literal(entry.get("userCodeIn")),
                "mailAddress" | "entryMail" => literal(entry.get("mailAddressIn")),
                "entryFax" => literal(entry.get("faxDestIn")),
                "folder" | "entryFolder" if entry.get("folderProtocolIn") == "FTP_O" => {
                    literal(entry.get("folderServerNameIn"))
                }
                "folder" | "entryFolder" => literal(entry.get("folderPathNameIn")),
                _ => literal(if entry.used.is_empty() { "" } else { &entry.used }),
            }
        };
        let first = if w.older { "''".to_owned() } else { entry.id.to_string() };
        let cells: Vec<String> = std::iter::once(first).chain(w.columns.iter().map(|c| cell(c))).collect();
        format!("[{}]", cells.join(","))
    }

    pub(super) fn list(&self, book: &Book, token: &str) -> Reply {
        let w = self.words;
        let (users, groups) = (book.users(), book.entries.len() - book.users());
        let func = |name: &str| {
            if w.older { format!("adrsListCreateCell_{name}") } else { format!("g_objAdrsCellCreate.{name}") }
        };
        let columns: Vec<String> = std::iter::once(&"entrySelected")
            .chain(w.columns)
            .enumerate()
            .map(|(at, name)| format!("{name}:{{func:{},num:{at}}}", func(name)))
            .collect();
        let texts: String = w
            .texts
            .iter()
            .map(|(id, words)| format!("<input type=\"hidden\" id=\"{id}\" value=\"{}\"/>\n", esc(words)))
            .collect();
        let results: Vec<String> = w.texts.iter().map(|(id, _)| format!("$(\"#{id}\").val()")).collect();
        let counters = if w.older {
            format!(
                "<script>var g_NumOfUser={users}; var g_NumOfGroup={groups};</script><span id=\"span_numOfUsers\">{users}</span>/<span id=\"span_numOfGroups\">{groups}</span>"
            )
        } else {
            format!(
                "<span id=\"span_numOfUsers\">{users}</span>/<span id=\"span_maxOfUsers\">2000</span> <span id=\"span_numOfGroups\">{groups}</span>/<span id=\"span_maxOfGroups\">100</span> <span id=\"span_numOfUserCode\">1</span>/<span id=\"span_maxOfUserCode\">1000</span> <span id=\"span_numOfEntrys\">{}</span>",
                users + groups
            )
        };
        let buttons = if w.older {
            "<a href=\"javascript:ConfDelete()\">Eliminar</a><a href=\"javascript:Download('BACKUP')\">Copia</a>"
        } else {
            "<a href=\"javascript:Delete()\">Supprimer</a><a href=\"javascript:Maintenance('BACKUP')\">Maintenance</a><a href=\"javascript:AdrsCentra()\">Gestion</a>"
        };
        Reply::page(format!(
            "{}<script src=\"/scripts/jquery.1.4.js\"></script><script src=\"/scripts/adrsListAll.xjs\"></script><script>\nvar g_columnInfoHash = {{ {} }};\nvar g_timeZone = 60;\n$(function() {{ g_textResArray = [ {} ]; }});\n// {}\n</script></head><body><h1>{}</h1>{counters}{buttons}<input type=\"radio\" name=\"editmode\" value=\"EDITMODE_QUICK_RB\" checked/><input type=\"radio\" name=\"editmode\" value=\"EDITMODE_NORMAL_RB\"/>{texts}<form name=\"listAllForm\" onSubmit=\"return false;\">{}</form><table id=\"adrsList\"></table></body></html>",
            top(w),
            columns.join(", "),
            results.join(", "),
            w.timeout.replace("<br />", " "),
            w.title,
            hidden("wimToken", token),
        ))
    }

    /// One batch: the older copier gives ten, whatever is asked for.
    pub(super) fn batch(
        &self,
        book: &mut Book,
        session: &str,
        request: &Request,
    ) -> Result<Reply, &'static str> {
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(request.query.as_bytes()).into_owned().collect();
        let number =
            |name: &str| pairs.iter().find(|(n, _)| n == name).and_then(|(_, v)| v.parse::<usize>().ok());
        let (Some(size), Some(at)) = (number("listCountIn"), number("getCountIn")) else {
            return Err("BADFLOW");
        };
        if !book.flow(session).listed || at == 0 {
            return Err("BADFLOW");
        }
        let size = if self.words.older { 10 } else { size };
        let shown: Vec<Entry> = book.sorted().into_iter().skip((at - 1) * size).take(size).cloned().collect();
        let rows: Vec<String> = shown.iter().map(|e| self.row(e)).collect();
        let flow = book.flow(session);
        flow.loaded.extend(shown.iter().map(|e| e.get("entryIndexIn").to_owned()));
        Ok(plain(&format!("[{}]", rows.join(",\n "))))
    }
}
