//! The pages: the skeleton that is known, and in it what each manner holds.

use super::device::{Device, Generation, Kind, Layout, Row, What, pairs, path_of};
use super::wire::Reply;
use crate::strangers::wire::Request;

/// Text as these pages write it: every sign that is no letter or figure is a numeric entity.
pub fn ent(device: &Device, text: &str) -> String {
    text.chars()
        .map(|c| match c {
            _ if c.is_ascii_alphanumeric() => c.to_string(),
            _ if device.profile.raw && !c.is_ascii() => c.to_string(),
            c => format!("&#{};", u32::from(c)),
        })
        .collect()
}

pub fn route(device: &mut Device, request: &Request, what: What) -> Reply {
    let profile = device.profile.clone();
    let post = request.method == "POST";
    let path = request.path.as_str();
    if profile.generation == Generation::D {
        return script_generation(device, request);
    }
    if path.starts_with("/common/js/") {
        let body = script(device).into_bytes();
        return Reply { status: 200, kind: "application/x-javascript", body, ..Reply::default() };
    }
    if what == What::Login {
        return login(device, request);
    }
    let inside = device.signed_in(request);
    match path {
        "/" => Reply::moved(301, profile.status),
        "/etc/passerror.html" | "/etc/loginerror.html" => please(device, "/etc/loginerror.html"),
        _ if path == profile.status && !post => {
            let ready = "<div id=\"moni_data\"><span class=\"moni moniSleep\">Sleep</span></div>";
            page(device, inside, request, "", ready)
        }
        _ if path == profile.status && what == What::Logout => {
            if !device.passes(request, path, false) {
                return note(device, inside, request, "postError", profile.words.rejected);
            }
            device.session = None;
            page(device, false, request, "", "")
        }
        "/etc/mnt_info.csv" if profile.csv => {
            let body = format!(
                "\"Node Name\",\"Model Name\",\"Location\",\"Contact\",\"IP Address\",\"Serial No.\",\"Main Firmware Version\",\"Memory Size\",\"Page Counter\",\r\n\"BRN30055C1A2B3C\",\"{}\",\"\",\"\",\"10.1.2.3\",\"{}\",\"{}\",\"64\",\"5120\",\r\n",
                profile.model, profile.serial, profile.firmware
            );
            Reply {
                status: 200,
                kind: "application/octet-stream",
                body: body.into_bytes(),
                ..Reply::default()
            }
        }
        "/general/information.html" if inside || profile.identity_open => {
            let w = profile.words;
            let mut body = String::from(
                "<form method=\"post\" action=\"/etc/mnt_info.csv\"><input type=\"hidden\" id=\"pageid\" name=\"pageid\" value=\"3\"/><div class=\"contentsGroup\"><dl class=\"items\">",
            );
            for (label, value) in [
                ("Node Name", "BRN30055C1A2B3C"),
                (w.model, profile.model),
                (w.serial, profile.serial),
                (w.firmware, profile.firmware),
                ("Sub1 Firmware Version", "1.08"),
                (w.memory, "512 MB"),
            ] {
                body += &format!("<dt>{}</dt><dd>{}</dd>", ent(device, label), ent(device, value));
            }
            body += "</dl></div></form>";
            page(device, inside, request, w.maintenance, &body)
        }
        "/admin/default.html" => {
            device.complain("the reset page was opened");
            Reply::not_found()
        }
        _ if path.starts_with("/address/") && device.book.is_some() => {
            if inside {
                super::address::route(device, request)
            } else {
                please(device, path)
            }
        }
        _ if !inside && known(device, path) => please(device, path),
        "/net/net/net.html" => {
            let body = "<div class=\"contentsGroup\"><dl class=\"items\"><dt>Node&#32;Name</dt><dd>BRN30055C1A2B3C</dd></dl></div>";
            page(device, inside, request, profile.words.status, body)
        }
        "/admin/password.html" => {
            let body = "<form method=\"post\" action=\"/admin/password.html\"><input type=\"hidden\" name=\"pageid\" value=\"147\"/><dl class=\"items\"><dt>Enter&#32;New&#32;Password</dt><dd><input type=\"password\" name=\"B7f1\" value=\"\" maxlength=\"32\"/></dd><dt>Confirm&#32;New&#32;Password</dt><dd><input type=\"password\" name=\"B7f2\" value=\"\" maxlength=\"32\"/></dd></dl><input type=\"submit\" value=\"Submit\"/></form>";
            page(device, inside, request, "Login Password", body)
        }
        _ if path == path_of(profile.protocol) && !post => protocol(device, request),
        _ if path == path_of(profile.smtp) && what == What::Mail => mail(device, request),
        _ if path == path_of(profile.smtp) && !post => {
            if device.polls > 0 {
                device.polls -= 1;
                return poll(device, request);
            }
            smtp(device, request, "")
        }
        _ if path == path_of(profile.smtp) => save(device, request),
        _ if post => {
            device.complain(format!("a post to {path}"));
            Reply::not_found()
        }
        _ => Reply::not_found(),
    }
}

fn known(device: &Device, path: &str) -> bool {
    let profile = &device.profile;
    let own = [path_of(profile.protocol), path_of(profile.smtp)];
    own.contains(&path)
        || ["/net/net/net.html", "/admin/password.html", "/general/information.html"].contains(&path)
}

fn login(device: &mut Device, request: &Request) -> Reply {
    let profile = device.profile.clone();
    if !device.passes(request, &request.path, false) {
        return note(device, false, request, "errorMessage", profile.words.rejected);
    }
    let (right, cookie) = device.login(request);
    let to = pairs(request).into_iter().find(|(n, _)| n == "loginurl").map(|(_, v)| v);
    let mut reply = match (right, profile.passerror) {
        (true, _) if profile.login_status == 200 => {
            Reply::page("<html><head><title></title></head><body></body></html>")
        }
        (true, _) => Reply::moved(profile.login_status, &to.unwrap_or_else(|| profile.status.to_owned())),
        (false, true) => Reply::moved(302, "/etc/passerror.html"),
        (false, false) => please(device, profile.status),
    };
    reply.headers.push(("Set-Cookie", format!("AuthCookie={cookie}; path=/; HttpOnly")));
    reply
}

/// The page for whoever is not logged in. It says "failure" although nobody tried.
fn please(device: &mut Device, path: &str) -> Reply {
    let w = device.profile.words;
    let body = format!(
        "<p class=\"warningMessage\">{}</p><p>{}</p>",
        ent(device, w.failure),
        ent(device, w.required)
    );
    let request = Request { path: path.to_owned(), ..Request::default() };
    let loginurl = format!("/etc/loginerror.html?url={path}");
    frame(device, false, &request, w.please, &body, &loginurl)
}

pub fn note(device: &mut Device, inside: bool, request: &Request, class: &str, text: &str) -> Reply {
    let body = format!("<div class=\"{class}\">{}</div>", ent(device, text));
    page(device, inside, request, "", &body)
}

pub fn page(device: &mut Device, inside: bool, request: &Request, title: &str, body: &str) -> Reply {
    let loginurl = request.path.clone();
    frame(device, inside, request, title, body, &loginurl)
}

/// A list of links in which the chosen one is plain text.
fn menu(device: &Device, id: &str, path: &str, items: &[(&str, &str)]) -> String {
    let mut out = format!("<div id=\"{id}\"><ul>");
    for (text, target) in items {
        let text = ent(device, text);
        if path_of(target) == path {
            out += &format!("<li class=\"selected\"><p>{text}</p></li>");
        } else {
            out += &format!("<li><a href=\"{target}\"><span>{text}</span></a></li>");
        }
    }
    out + "</ul></div>"
}

fn frame(
    device: &mut Device,
    inside: bool,
    request: &Request,
    title: &str,
    body: &str,
    loginurl: &str,
) -> Reply {
    // A body made before may already hold the main form's token: it is put in here.
    device.new_tokens();
    let profile = device.profile.clone();
    let w = profile.words;
    let path = request.path.as_str();
    let token = |id: &str, value: &str| {
        format!(
            "<div class=\"CSRFTokenBox\"><input type=\"hidden\" id=\"{id}\" name=\"CSRFToken\" value=\"{value}\"/></div>"
        )
    };
    let header = device.tokens.0.clone();
    let form = match profile.admin {
        None => String::new(),
        Some(_) if inside => format!(
            "<form method=\"post\" action=\"{}\"><div>{}<input type=\"hidden\" id=\"{l}\" name=\"{l}\" value=\"\"/><input type=\"submit\" value=\"{}\"/></div></form>",
            profile.status,
            if profile.csrf { token("CSRFToken", &header) } else { String::new() },
            ent(device, w.logout),
            l = profile.logout
        ),
        Some(_) => format!(
            "<form method=\"post\" action=\"{path}\"><div>{}<input type=\"password\" id=\"LogBox\" name=\"{}\" value=\"\" maxlength=\"32\"/><input type=\"hidden\" name=\"loginurl\" value=\"{}\"/><input id=\"login\" type=\"submit\" value=\"{}\"/></div></form>",
            if profile.token_at_login { token("CSRFToken", &header) } else { String::new() },
            profile.login,
            ent(device, loginurl),
            ent(device, w.login)
        ),
    };
    let boxed = match (profile.generation, profile.admin) {
        (_, None) => format!(
            "<div class=\"SetBox\" id=\"SetBoxNoAuthRight\"><div id=\"SetBoxNoAuthLeft\"><a href=\"/admin/password.html\">{}&#32;&#62;&#62;</a></div></div>",
            ent(device, w.no_password)
        ),
        (Generation::C2, _) => format!("<div id=\"LogInOutBox\">{form}</div>"),
        _ => format!(
            "<div class=\"SetBox\" id=\"SetBoxAuthRight\"><div id=\"SetBoxAuthLeft\">{form}</div></div>"
        ),
    };
    let network = "/net/net/net.html?pageid=81";
    let in_network = path.starts_with("/net/");
    let tabs = menu(
        device,
        "tabMenu",
        path,
        &[
            (w.general, profile.status),
            (w.address, "/address/speeddial.html?start=1&amp;pageid=16"),
            (w.administrator, "/admin/password.html?pageid=147"),
            (w.network, network),
        ],
    );
    let (sub, left) = if in_network {
        let sub = menu(
            device,
            "subTabMenu",
            path,
            &[
                (w.network, network),
                (w.wired, "/net/wired/tcpip.html"),
                (w.security, "/net/security/ipfilter.html"),
            ],
        );
        let mut items = vec![(w.status, network), (w.protocol, profile.protocol)];
        if profile.in_menu {
            items.push((w.notification, profile.smtp));
        }
        (sub, menu(device, "subMenu", path, &items))
    } else if path.starts_with("/admin/") {
        (
            String::new(),
            menu(
                device,
                "subMenu",
                path,
                &[
                    ("Login Password", "/admin/password.html"),
                    ("Reset Menu", "/admin/default.html?pageid=149"),
                ],
            ),
        )
    } else {
        (
            String::new(),
            menu(device, "subMenu", path, &[(w.maintenance, "/general/information.html?kind=item")]),
        )
    };
    let model = ent(device, profile.model);
    let main = if profile.csrf { token("CSRFToken1", &device.tokens.1) } else { String::new() };
    let body = body.replace("@TOKEN@", &main);
    Reply::page(&format!(
        "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\r\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\r\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"{lang}\" xml:lang=\"{lang}\"><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\"/><title>Brother&#32;{model}</title><script type=\"text/javascript\" src=\"/common/js/setting.js\"></script></head><body><div id=\"baseFrame\"><div id=\"frameContainer\"><div id=\"headerFrameContainerLeft\"><div id=\"headerFrameContainerRight\"><div id=\"headerFrame\"><div id=\"modelName\"><h1>{model}</h1></div>{boxed}</div></div></div>{tabs}{sub}{left}<div class=\"rightFrameContainer\"><div id=\"mainContent\"><div id=\"pageTitle\"><h2>{title}</h2></div><div id=\"pageContents\">{body}</div></div></div><div id=\"footer\">Copyright(C) 2000-2021 Brother Industries, Ltd. All Rights Reserved.</div></div></div></body></html>",
        lang = w.lang,
        title = ent(device, title)
    ))
}

fn protocol(device: &mut Device, request: &Request) -> Reply {
    let p = device.profile.clone();
    let link = |to: &str, text: &str| format!("<a href=\"{to}\">{}</a>", ent(device, text));
    let rows = [
        (
            "Web Based Management",
            "B2a0",
            link("/net/net/certificate/http.html?pageid=326", "HTTP Server Settings"),
        ),
        ("SNMP", "B2a1", link("/net/net/snmp.html?pageid=90", p.smtp_link)),
        ("IPP", "B2a2", link("../certificate/ipp.html", "HTTP Server Settings")),
        ("POP3/IMAP4", "B2a3", link("/net/net/q17.html?pageid=93", p.smtp_link)),
        (p.smtp_row, "B2a4", link(p.smtp, p.smtp_link)),
        ("SNTP", "B2a5", link("/net/net/sntp.html?pageid=97", p.smtp_link)),
    ];
    let mut body = format!(
        "<form method=\"post\" action=\"{}\">@TOKEN@<input type=\"hidden\" name=\"pageid\" value=\"87\"/>",
        path_of(p.protocol)
    );
    let show = |name: &str| !p.in_menu || name != p.smtp_row;
    if p.layout == Layout::List {
        body += "<div class=\"contentsGroup\"><dl class=\"items\">";
        for (label, name, link) in rows.iter().filter(|r| show(r.0)) {
            body += &format!(
                "<dt><input type=\"checkbox\" id=\"{name}\" name=\"{name}\" value=\"1\" checked=\"checked\"/><label for=\"{name}\">{}</label></dt><dd>{link}</dd>",
                ent(device, label)
            );
        }
        body += "</dl></div>";
    } else {
        body += "<table class=\"protocolTable\">";
        for (label, name, link) in rows.iter().filter(|r| show(r.0)) {
            body += &format!(
                "<tr><td><input type=\"checkbox\" id=\"{name}\" name=\"{name}\" value=\"1\"/></td><td>{}</td><td><div class=\"link\">{link}</div></td></tr>",
                ent(device, label)
            );
        }
        body += "</table>";
    }
    body += &format!(
        "<div class=\"contentsButtons\"><input type=\"submit\" value=\"{}\"/></div></form>",
        ent(device, p.words.submit)
    );
    page(device, true, request, p.words.protocol, &body)
}

fn stars(row: &Row) -> String {
    match row.kind {
        Kind::Secret | Kind::Again(_) if !row.value.is_empty() => "***".to_owned(),
        _ => row.value.clone(),
    }
}

fn control(device: &Device, row: &Row, on: bool) -> String {
    let off = if on { "" } else { " disabled=\"disabled\"" };
    let name = row.name;
    let boxed = device.profile.layout == Layout::Boxed;
    let choice = |kind: &str, at: usize, value: &str, text: &str, checked: bool| {
        let checked = if checked { " checked=\"checked\"" } else { "" };
        let input = |id: &str| {
            format!(
                "<input type=\"{kind}\" id=\"{id}\" name=\"{name}\" value=\"{value}\" onclick=\"CtrlMail();\"{checked}{off}/>"
            )
        };
        let text = ent(device, text);
        if boxed {
            format!(
                "<div class=\"choice\"><label>{}<span>{text}</span></label></div>",
                input(&format!("{name}-{at}"))
            )
        } else {
            let id = format!("{name}_{at}");
            format!("{}<label for=\"{id}\">{text}</label><br/>", input(&id))
        }
    };
    match &row.kind {
        Kind::Text | Kind::Number(..) => format!(
            "<input type=\"text\" id=\"{name}\" name=\"{name}\" size=\"32\" maxlength=\"{}\" value=\"{}\"{off}/>",
            row.max,
            ent(device, &row.value)
        ),
        Kind::Secret | Kind::Again(_) => format!(
            "<input type=\"password\" id=\"{name}\" name=\"{name}\" size=\"32\" maxlength=\"{}\" value=\"{}\"{off}/>",
            row.max,
            stars(row)
        ),
        Kind::Radio(choices) => choices
            .iter()
            .enumerate()
            .map(|(at, (v, t))| choice("radio", at, v, t, row.value == *v))
            .collect(),
        Kind::Select(choices) => {
            let options: String = choices
                .iter()
                .map(|(v, t)| {
                    let chosen = if row.value == *v { " selected=\"selected\"" } else { "" };
                    format!("<option value=\"{v}\"{chosen}>{}</option>", ent(device, t))
                })
                .collect();
            format!("<select id=\"{name}\" name=\"{name}\" onchange=\"CtrlMail();\"{off}>{options}</select>")
        }
        Kind::Check(value) => choice("checkbox", 0, value, row.label, row.value == *value),
        Kind::Note => ent(device, &row.value),
    }
}

fn smtp(device: &mut Device, request: &Request, message: &str) -> Reply {
    let p = device.profile.clone();
    let mut shown: Vec<Row> = Vec::new();
    for row in &device.rows {
        if row.role != super::device::Role::Other && device.faults.missing == Some(row.role) {
            continue;
        }
        shown.push(row.clone());
        if row.role != super::device::Role::Other && device.faults.doubled == Some(row.role) {
            shown.push(Row { name: "Bfff", ..row.clone() });
        }
    }
    let value = |name: &str| device.rows.iter().find(|r| r.name == name).map(|r| r.value.clone());
    let action = path_of(p.smtp);
    // Both ways of naming the page itself are in use.
    let action = if p.layout == Layout::Boxed { action.rsplit('/').next().unwrap() } else { action };
    let mut body = format!(
        "{message}<form method=\"post\" action=\"{action}\" id=\"mail_setting\">@TOKEN@<div><input type=\"hidden\" id=\"pageid\" name=\"pageid\" value=\"{}\"/><input type=\"hidden\" name=\"postif_registration_reject\" value=\"1\"/></div><div class=\"contentsGroup\"><dl class=\"items\">",
        p.pageid
    );
    let mut group = "";
    for row in &shown {
        if row.group != group {
            group = row.group;
            if p.layout == Layout::Boxed {
                body += &format!(
                    "</dl></div><div class=\"contentsGroup\"><dl class=\"items\"><dt class=\"subhead\"><span>{}</span></dt><dd></dd>",
                    ent(device, group)
                );
            } else {
                body += &format!("<dt class=\"head\">{}</dt><dd class=\"head\"></dd>", ent(device, group));
            }
        }
        let control = control(device, row, Device::enabled(row, &value));
        let label = ent(device, row.label);
        if matches!(row.kind, Kind::Check(_)) {
            body += &format!("<dt></dt><dd>{control}</dd>");
        } else if p.layout == Layout::Boxed {
            body += &format!(
                "<dt><span class=\"item\">{label}</span></dt><dd><div class=\"control\">{control}</div></dd>"
            );
        } else {
            body += &format!("<dt>{label}</dt><dd>{control}</dd>");
        }
    }
    body += &format!(
        "</dl></div><div class=\"contentsButtons\"><input type=\"button\" value=\"{}\" onclick=\"location.href=location.pathname+'?pageid={}'\"/><input type=\"submit\" value=\"{}\"/></div></form>",
        ent(device, p.words.cancel),
        p.pageid,
        ent(device, p.words.submit)
    );
    page(device, true, request, p.smtp_row, &body)
}

fn save(device: &mut Device, request: &Request) -> Reply {
    let p = device.profile.clone();
    if !device.passes(request, path_of(p.smtp), true) {
        let body = format!("<div class=\"errorMessage\">{}</div>", ent(device, p.words.rejected));
        return smtp(device, request, &body);
    }
    if pairs(request).iter().any(|(n, _)| n == p.logout) {
        // Taken as a log-out: no error, and nothing is stored.
        device.complain("the log-out field was posted with the settings");
        device.session = None;
        return smtp(device, request, "");
    }
    match device.take(request) {
        Err(text) => {
            let body = format!(
                "<div class=\"postError\">{}<br/>{}</div>",
                ent(device, p.words.error),
                ent(device, text)
            );
            smtp(device, request, &body)
        }
        Ok(()) if p.test_mail => {
            // The question that follows a save; the settings are stored already.
            let body = format!(
                "<div class=\"postSuccess\">{}</div><form method=\"post\" action=\"{}\" id=\"mail_test\">@TOKEN@<div><input type=\"hidden\" name=\"pageid\" value=\"{}\"/><input type=\"hidden\" name=\"hidden_mail_test_control\" value=\"1\"/></div><dl class=\"items\"><dt>Destination&#32;E&#45;mail&#32;Address</dt><dd><input type=\"text\" name=\"Be01\" value=\"\" maxlength=\"60\"/></dd></dl><div class=\"contentsButtons\"><input type=\"button\" value=\"Cancel\" onclick=\"location.href=location.pathname+'?pageid={}'\"/><input type=\"submit\" value=\"Send&#32;Test&#32;E&#45;mail\"/></div></form>",
                ent(device, p.words.accepted),
                path_of(p.smtp),
                p.pageid,
                p.pageid
            );
            page(device, true, request, "Test Send E-mail Configuration", &body)
        }
        Ok(()) => {
            let body = format!("<div class=\"postSuccess\">{}</div>", ent(device, p.words.accepted));
            smtp(device, request, if p.marker { &body } else { "" })
        }
    }
}

fn mail(device: &mut Device, request: &Request) -> Reply {
    let p = device.profile.clone();
    if !device.passes(request, path_of(p.smtp), true) {
        return note(device, true, request, "errorMessage", p.words.rejected);
    }
    let to = pairs(request).into_iter().find(|(n, _)| n == "Be01").map(|(_, v)| v);
    device.mails.push(to.unwrap_or_default());
    device.polls = 3;
    poll(device, request)
}

/// "Please wait" for a while, then the outcome.
fn poll(device: &mut Device, request: &Request) -> Reply {
    let p = device.profile.clone();
    match device.polls {
        0 if device.faults.mail_fails => {
            note(device, true, request, "postError", "Server Authentication Failed.")
        }
        0 => note(device, true, request, "postSuccess", "The test E-mail was sent successfully."),
        _ => {
            let body = format!(
                "<p>Please&#32;wait</p><script type=\"text/javascript\">setTimeout(\"location.href='{}'\",1000);</script>",
                p.smtp
            );
            page(device, true, request, "Test Send E-mail Configuration", &body)
        }
    }
}

/// The rules of the coupled controls, which stand here and nowhere else.
fn script(device: &Device) -> String {
    let mut out = String::from("function CtrlMail(){\r\n");
    for row in &device.rows {
        if let Some((master, values)) = row.needs {
            let test: Vec<String> = values.iter().map(|v| format!("GetVal('{master}')=='{v}'")).collect();
            out += &format!("  SetDisabled('{}',!({}));\r\n", row.name, test.join("||"));
        }
    }
    out + "}\r\n"
}

fn script_generation(device: &mut Device, request: &Request) -> Reply {
    let p = device.profile.clone();
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/") => Reply::moved(302, p.status),
        ("GET", path) if path == p.status => {
            let mut reply = Reply::page(&format!(
                "<!DOCTYPE html><html><head><meta charset=\"utf-8\"/><title>Brother {m}</title><script src=\"/EWS/js/app.js\"></script></head><body><div id=\"modelName\"><h1>{m}</h1></div><div id=\"app\"></div><noscript>JavaScript is required.</noscript></body></html>",
                m = p.model
            ));
            reply.headers.push(("Set-Cookie", "SessionID=a8f%2B; path=/; HttpOnly".to_owned()));
            reply
        }
        ("POST", "/auth/login") => {
            let right =
                format!("PASS={}&&Admin_Password_Save", p.admin.unwrap_or_default().replace('&', "&amp;"));
            let given = encoding_rs::UTF_8.decode(&request.body).0.into_owned();
            Reply { status: if given == right { 200 } else { 401 }, ..Reply::page("") }
        }
        ("POST", path) => {
            device.complain(format!("a post to {path}"));
            Reply::not_found()
        }
        _ => Reply::not_found(),
    }
}
