//! The form engine by its public face: labels, filling, facts, links, and pages that mean no good.

use proptest::prelude::*;
use scanfleet_sdk::form::{Control, Document, Form, FormError, LabelSource, json};
use url::Url;

fn url() -> Url {
    Url::parse("http://copier.test/web/entry/en/page.cgi?x=1").unwrap()
}

fn document(html: &str) -> Document {
    Document::parse(html, Some(&url()), "utf-8")
}

fn form(html: &str) -> Form {
    document(&format!("<form action=take method=post>{html}</form>")).forms().remove(0)
}

fn control(html: &str, name: &str) -> Control {
    form(html).named(name)[0].clone()
}

/// Labels of control `x`, with their sources.
fn labels(html: &str) -> Vec<(String, LabelSource)> {
    control(html, "x").labels.into_iter().map(|l| (l.text, l.source)).collect()
}

fn one(html: &str) -> (String, LabelSource) {
    labels(html).into_iter().next().unwrap_or_else(|| panic!("no label: {html}"))
}

#[test]
fn each_source_of_a_label() {
    let cases = [
        ("<label for=i>SMTP&nbsp; server :</label><br><input id=i name=x>", "SMTP server", LabelSource::For),
        ("<label>Port <input name=x> (1-65535)</label>", "Port (1-65535)", LabelSource::Wrapping),
        ("<label>Enc <select name=x><option>Auto</select></label>", "Enc", LabelSource::Wrapping),
        (
            "<b id=a>Host</b> <i id=b>name</i><p><input name=x aria-labelledby='a b'>",
            "Host name",
            LabelSource::Aria,
        ),
        ("<input name=x aria-label=Host>", "Host", LabelSource::Aria),
        ("<table><tr><td>Server<td>:<td><input name=x></table>", "Server", LabelSource::Cell),
        ("<table><tr><th>サーバー：<td>&nbsp;<td><input name=x></table>", "サーバー", LabelSource::Cell),
        (
            "<table><tr><td>Server<td><table><tr><td><input name=x></table></table>",
            "Server",
            LabelSource::Cell,
        ),
        (
            "<table><tr><td><input type=hidden name=h>Server<td><input name=x></table>",
            "Server",
            LabelSource::Cell,
        ),
        (
            "<table><tr><td rowspan=2>Both<td><input name=y><tr><td><input name=x></table>",
            "Both",
            LabelSource::Cell,
        ),
        ("<dl><dt>Server</dt><dd>: <input name=x></dd></dl>", "Server", LabelSource::Term),
        ("<p>Other</p><p>Server: <input name=x>", "Server", LabelSource::Before),
        ("Server:<br><input name=x>", "Server", LabelSource::Before),
        ("<div>Server</div><div><input name=x></div>", "Server", LabelSource::Before),
        ("Host <input name=y> Port <input name=x>", "Port", LabelSource::Before),
        ("<input type=checkbox name=x> Use <b>SSL</b><br>other", "Use SSL", LabelSource::Behind),
        ("<fieldset><legend>Mail</legend><p><input name=x></fieldset>", "Mail", LabelSource::Legend),
        ("<input name=x title=Server placeholder=host>", "Server", LabelSource::Title),
        ("<button name=x> Apply <b>now</b></button>", "Apply now", LabelSource::Own),
        ("<input type=submit name=x value=OK>", "OK", LabelSource::Own),
        ("<input type=image name=x alt=OK>", "OK", LabelSource::Own),
    ];
    for (html, text, source) in cases {
        assert_eq!(one(html), (text.to_owned(), source), "{html}");
    }
}

#[test]
fn no_label_takes_what_belongs_to_another() {
    assert!(labels("<input type=radio name=r>Off <input name=x>").is_empty());
    assert!(labels("<label for=z>Z</label><input id=z name=y><input name=x>").is_empty());
    assert!(labels("<script>var a = 'text';</script><input name=x>").is_empty());
    assert!(labels("<select name=y><option>Auto</select><input name=x>").is_empty());
    assert!(labels("<label>A <input name=y> </label><input name=x>").is_empty());
    assert!(labels(&format!("<table><tr><td>{}<td><input name=x></table>", "menu ".repeat(100))).is_empty());
    let two = form("<label>A <input type=radio name=x value=1> B <input type=radio name=x value=2></label>");
    assert!(two.controls.iter().all(|c| !c.label().contains("B") || !c.label().contains("A")));
}

#[test]
fn radio_groups_have_a_label_of_their_own_and_one_for_the_group() {
    let pages = [
        "<table><tr><td>Use SSL<td>:<td><input type=radio name=x value=1>On <input type=radio name=x value=0>Off</table>",
        "<table><tr><td>Use SSL<td><input type=radio name=x><td>On<td><input type=radio name=x><td>Off</table>",
        "Use SSL: <input type=radio name=x>On <input type=radio name=x>Off",
        "<fieldset><legend>Use SSL</legend><input type=radio name=x>On<br><input type=radio name=x>Off</fieldset>",
        "<dl><dt>Use SSL<dd><label><input type=radio name=x> On</label> <label><input type=radio name=x>Off</label></dl>",
        "<table><tr><td>Use SSL<td><input type=radio name=x id=a><label for=a>On</label><input type=radio name=x id=b><label for=b>Off</label></table>",
    ];
    for html in pages {
        let form = form(html);
        let seen: Vec<(&str, Option<&str>)> =
            form.controls.iter().map(|c| (c.label(), c.group_label.as_deref())).collect();
        assert_eq!(seen, [("On", Some("Use SSL")), ("Off", Some("Use SSL"))], "{html}");
    }
    let bare = control("<table><tr><td>Use SSL<td><input type=checkbox name=x></table>", "x");
    assert_eq!(bare.label(), "Use SSL");
    let two =
        form("<table><tr><td>A<td><input type=checkbox name=x><td>B<td><input type=checkbox name=x></table>");
    assert_eq!(two.controls.iter().map(Control::label).collect::<Vec<_>>(), ["A", "B"]);
}

#[test]
fn setting_text_refuses_every_doubt() {
    let page = "<input name=a maxlength=3><input name=d><input name=d><input type=radio name=r value=1>\
                <input type=number name=n><textarea name=t></textarea><input name=off disabled><input type=submit name=s>";
    let mut f = form(page);
    f.set_text("a", "abc").unwrap();
    assert_eq!(f.set_text("a", "abcd"), Err(FormError::TooLong { name: "a".into(), limit: 3, length: 4 }));
    assert_eq!(f.set_text("gone", "x"), Err(FormError::Missing("gone".into())));
    assert_eq!(f.set_text("", "x"), Err(FormError::Missing(String::new())));
    assert_eq!(f.set_text("d", "x"), Err(FormError::Doubled { name: "d".into(), count: 2 }));
    assert!(matches!(f.set_text("r", "1"), Err(FormError::WrongType { .. })));
    assert!(matches!(f.set_text("s", "1"), Err(FormError::WrongType { .. })));
    assert!(matches!(f.set_text("n", "12a"), Err(FormError::Unfit { .. })));
    assert!(matches!(f.set_text("a", "x\ny"), Err(FormError::Unfit { .. })));
    f.set_text("n", "587").unwrap();
    f.set_text("t", "a\r\nb").unwrap();
    f.set_text("off", "on").unwrap();
    let sent = f.submission(None, None).unwrap();
    assert_eq!(String::from_utf8(sent.body).unwrap(), "a=abc&d=&d=&n=587&t=a%0D%0Ab&off=on");
    assert_eq!(sent.url.as_str(), "http://copier.test/web/entry/en/take");
}

#[test]
fn what_the_charset_lacks_is_an_error_and_no_error_tells_the_value() {
    let page = "<form accept-charset=windows-1252><input name=p type=password maxlength=9></form>";
    let mut f = document(page).forms().remove(0);
    let errors = [
        f.set_text("p", "geheim日").unwrap_err(),
        f.set_text("p", "geheim geheim").unwrap_err(),
        f.set_text("q", "geheim").unwrap_err(),
        f.set_text("p", "geheim\n").unwrap_err(),
        f.assign("p", "geheim日").unwrap_err(),
    ];
    for error in errors {
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error}");
    }
    f.set_text("p", "geheim").unwrap();
    let sent = f.submission(None, None).unwrap();
    assert!(sent.url.as_str().contains("geheim"));
    assert!(!format!("{sent:?} {f:?}").contains("geheim"));
}

#[test]
fn choosing_and_checking() {
    let page = "<input type=radio name=r value=1 checked><input type=radio name=r value=2 disabled>\
                <select name=s><option value=a>A<option value=b disabled>B</select>\
                <select name=m multiple><option value=a selected>A<option value=b>B</select>\
                <select name=twice><option value=a>A<option value=a>B</select>\
                <input type=hidden name=c value=0><input type=checkbox name=c value=1><input name=t>\
                <input type=checkbox name=k value=1><input type=checkbox name=k value=2>";
    let mut f = form(page);
    f.choose("r", "2").unwrap();
    f.choose("s", "b").unwrap();
    f.choose("m", "b").unwrap();
    f.check("c", None, true).unwrap();
    f.check("k", Some("2"), true).unwrap();
    let sent = f.submission(None, None).unwrap();
    assert_eq!(String::from_utf8(sent.body).unwrap(), "r=2&s=b&m=b&twice=a&c=0&c=1&t=&k=2");
    f.check("k", Some("2"), false).unwrap();
    let error = f.choose("s", "z").unwrap_err();
    assert_eq!(error.to_string(), "`s` does not offer `z`; it offers `a`, `b`");
    assert!(matches!(f.choose("twice", "a"), Err(FormError::Doubled { .. })));
    assert!(matches!(f.choose("t", "a"), Err(FormError::WrongType { .. })));
    assert!(matches!(f.choose("gone", "a"), Err(FormError::Missing(_))));
    assert!(matches!(f.check("k", None, true), Err(FormError::Doubled { .. })));
    assert!(matches!(f.check("k", Some("3"), true), Err(FormError::NoSuchChoice { .. })));
    assert!(matches!(f.check("r", None, true), Err(FormError::WrongType { .. })));
}

#[test]
fn a_field_in_a_datalist_is_never_sent() {
    let f =
        form("<datalist><input name=no value=1><select name=nor><option>x</select></datalist><input name=a>");
    assert_eq!(f.entries(None).unwrap(), [("a".to_owned(), String::new())]);
}

#[test]
fn a_script_assigns_and_sends_elsewhere() {
    let mut f =
        form("<input type=hidden name=methodName value=get><input type=text disabled name=off value=1>");
    f.assign("methodName", "set").unwrap();
    f.assign("off", "2").unwrap();
    assert_eq!(f.assign("gone", "1"), Err(FormError::Missing("gone".into())));
    let sent = f.submission(None, Some("../../set.cgi?a=1")).unwrap();
    assert_eq!(sent.url.as_str(), "http://copier.test/web/set.cgi?a=1");
    assert_eq!(sent.body, b"methodName=set");
    assert_eq!(f.submission(Some("gone"), None).unwrap_err(), FormError::Missing("gone".into()));
    let nowhere = Document::parse("<form action=a.cgi>", None, "utf-8").forms().remove(0);
    assert_eq!(nowhere.submission(None, None).unwrap_err(), FormError::NoTarget("a.cgi".into()));
    let dialog = document("<form method=dialog>").forms().remove(0);
    assert_eq!(dialog.submission(None, None).unwrap_err(), FormError::Dialog);
}

#[test]
fn facts_of_both_generations() {
    let facts = document(
        "<table><tr><td nowrap align=''>Model Name</td><td nowrap>:</td><td nowrap>RICOH MP C4504ex</td></tr>\
         <tr><td>Comment<td>:<td></tr><tr><td>A<td>:<td>1<td>B<td>:<td>2</tr><tr><td>Plain:<td>value</tr>\
         <tr><td>x<td>y<td>z</tr><tr><td>Address<td>::1</tr><tr><td>Ask<td><input></tr></table>\
         <dl><dt>Machine ID</dt><dd class=indentColon>:&nbsp;E1234&nbsp;56</dd><dt>none</dt></dl>",
    )
    .facts();
    let expected = [
        ("Model Name", "RICOH MP C4504ex"),
        ("Comment", ""),
        ("A", "1"),
        ("B", "2"),
        ("Plain", "value"),
        ("Address", "::1"),
        ("Machine ID", "E1234 56"),
    ];
    assert_eq!(facts, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn links_and_where_they_lead() {
    let page = document(
        r##"<base href="/web/entry/en/a/"><a href="x.cgi">X</a><area href=y.cgi alt=Y>
        <a href="javascript:wsMenu_jumpUrl('../../websys/status/configuration.cgi')"> Conf <b>ig</b></a>
        <a href="javascript:open('name','/abs/p.cgi')"><img alt="Pic"></a><a href="javascript:clickOK()">OK</a>
        <a href="#" onclick="location.href='z.cgi?q=1'">Z</a><input type=button value=B onclick='go("b\/c.cgi")'>
        <td onclick="hover()">no</td><a href="javascript:j(%27q.cgi%27)">Q</a><a name=anchor>none</a>"##,
    );
    let seen: Vec<(String, Option<String>)> =
        page.links().into_iter().map(|l| (l.text, l.target.map(|t| t.path().to_owned()))).collect();
    let expected = [
        ("X", Some("/web/entry/en/a/x.cgi")),
        ("Y", Some("/web/entry/en/a/y.cgi")),
        ("Conf ig", Some("/web/entry/websys/status/configuration.cgi")),
        ("Pic", Some("/abs/p.cgi")),
        ("OK", None),
        ("Z", Some("/web/entry/en/a/z.cgi")),
        ("B", Some("/web/entry/en/a/b/c.cgi")),
        ("Q", Some("/web/entry/en/a/q.cgi")),
    ];
    assert_eq!(seen, expected.map(|(t, p)| (t.to_owned(), p.map(str::to_owned))));
}

#[test]
fn what_a_page_says() {
    let page = document(
        "<title> E-mail \n settings</title><script src=a.js></script><script>var x = 1 < 2;</script><style>p{}</style>\
         <p>One<p>T<b>w</b>o<p hidden>no<p style='display: none'>no<select><option>no</select><noscript>no</noscript>\
         <div class='a errorMessage'>Device is  busy</div><h2 id=model>MP</h2><iframe name=work src=top.cgi></iframe>",
    );
    assert_eq!(page.title(), "E-mail settings");
    assert_eq!(page.visible_text(), "One Two Device is busy MP");
    assert_eq!(page.scripts(), ["var x = 1 < 2;"]);
    assert_eq!(page.script_sources()[0].as_str(), "http://copier.test/web/entry/en/a.js");
    assert_eq!(page.texts_of_class("errorMessage"), ["Device is busy"]);
    assert_eq!(page.text_of_id("model").as_deref(), Some("MP"));
    assert_eq!(page.frames()[0].0, "work");
    assert!(!page.is_cut());
}

#[test]
fn the_json_of_a_form() {
    let page = "<form action=take method=POST><input name=a value=1><select name=s><option>x</select>\
                <button name=go value=2 formmethod=get formaction=other>Go</button></form><form></form>";
    let forms = document(page).forms();
    let plain = json::describe(&forms, None, None).unwrap();
    assert_eq!(plain[0]["method"], "post");
    assert_eq!(plain[0]["action"], "http://copier.test/web/entry/en/take");
    assert_eq!(plain[0]["body"], "a=1&s=x");
    assert_eq!(plain[0]["controls"][1]["type"], "select-one");
    assert_eq!(plain[0]["controls"][1]["options"][0]["selected"], true);
    let pressed = json::describe(&forms, Some("go"), None).unwrap();
    assert_eq!(pressed[0]["method"], "get");
    assert_eq!(pressed[0]["action"], "http://copier.test/web/entry/en/other");
    assert_eq!(pressed[0]["entries"][2], serde_json::json!(["go", "2"]));
    assert_eq!(pressed[1], plain[1]);
    assert_eq!(json::describe(&forms, Some("no"), None), Err(FormError::Missing("no".into())));
    let file = Url::parse("file:///tmp/page.html").unwrap();
    for from in [None, Some(&file)] {
        let forms = Document::parse(page, from, "utf-8").forms();
        assert_eq!(json::describe(&forms, None, from).unwrap()[0]["action"], "take");
        assert_eq!(json::describe(&forms, None, Some(&url())).unwrap()[0]["action"], plain[0]["action"]);
    }
    let latin = "<form method=post enctype=text/plain accept-charset=latin1><input name=a value=é></form>";
    let shown = json::describe(&document(latin).forms(), None, None).unwrap();
    assert_eq!((&shown[0]["body"], &shown[0]["body_bytes"]), (&"a=é\r\n".into(), &true.into()));
}

/// Parses and reads everything a page offers.
fn read_all(html: &str) -> Vec<Form> {
    let page = document(html);
    let _ = (
        page.title(),
        page.links(),
        page.visible_text(),
        page.scripts(),
        page.facts(),
        page.script_sources(),
    );
    let forms = page.forms();
    let _ = json::describe(&forms, None, None).unwrap();
    forms
}

#[test]
fn pages_that_nest_without_end() {
    for tag in [
        "div",
        "b",
        "table",
        "table><tr><td",
        "fieldset",
        "select",
        "optgroup",
        "template",
        "svg",
        "button",
        "a",
        "dl><dd",
    ] {
        let html = format!(
            "<form><input name=first value=1>{}<input name=last value=2>",
            format!("<{tag}>").repeat(if tag == "div" { 100_000 } else { 20_000 })
        );
        let forms = read_all(&html);
        assert_eq!(forms[0].controls[0].name, "first", "{tag}");
    }
}

#[test]
fn large_pages_of_many_small_parts() {
    let size = 8 * 1024 * 1024;
    let cases =
        ["<p><b><i>x", "<input name=a>", "<td>a", "text ", "<option>x", "</p>", "<!-- x -->", "<a href='x'>"];
    for part in cases {
        let _ = read_all(&format!("<form>{}", part.repeat(size / part.len() / 32)));
    }
    let _ = read_all(&"text <br>".repeat(size / 9));
    let attributes: String = (0..200_000).map(|n| format!(" a{n}")).collect();
    assert!(document(&format!("<form><input name=x{attributes}>")).is_cut());
    let value = "x ".repeat(4096);
    let forms = read_all(&format!("<form method=post><textarea name=a>{}</textarea>", value.repeat(512)));
    assert_eq!(forms[0].submission(None, None).unwrap().entries[0].1.len(), 4 * 1024 * 1024);
}

#[test]
fn many_controls_that_share_one_enormous_label() {
    let text = "menu ".repeat(100_000);
    let inputs = "<input type=checkbox name=a>".repeat(5_000);
    for html in [
        format!("<form><table><tr><td>{text}<td>{inputs}</table>"),
        format!("<form><table><tr><td>{}<td>{inputs}</table>", "<i>x</i>".repeat(50_000)),
        format!("<form><fieldset disabled>{inputs}<legend>{text}"),
        format!("<form><dl><dt>{text}<dd>{inputs}</dl>"),
        format!("<form>{text}{inputs}{text}"),
    ] {
        assert_eq!(read_all(&html)[0].controls.len(), 5_000);
    }
}

proptest! {
    #[test]
    fn any_text_is_a_page(html in any::<String>()) {
        let _ = read_all(&html);
    }

    #[test]
    fn any_soup_is_a_page_and_parses_the_same_twice(parts in proptest::collection::vec(prop::sample::select(vec![
        "<form>", "</form>", "<table>", "</table>", "<tr>", "<td>", "</td>", "<input name=a value=1>", "<input form=f name=b>",
        "<form id=f>", "<select name=s>", "<option selected>", "</select>", "<template>", "</template>", "<fieldset disabled>",
        "<legend>", "</fieldset>", "<textarea name=t>", "</textarea>", "<b>", "</b>", "<a>", "<p>", "<svg>", "<math>", "<label>",
        "</label>", "<input type=radio name=r checked>", "<button name=x>", "text", "<script>", "</script>", "<caption>", "<col>",
        "<frameset>", "<body>", "<html id=q>", "<dl>", "<dd>", "<dt>", "<optgroup>", "<foreignObject>", "<li>", "<!--", "-->",
    ]), 0..60)) {
        let html = parts.concat();
        let forms = read_all(&html);
        prop_assert_eq!(&forms, &read_all(&html));
        for form in &forms {
            prop_assert_eq!(form.entries(None).unwrap(), form.clone().entries(None).unwrap());
        }
    }
}
