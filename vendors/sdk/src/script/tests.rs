use proptest::prelude::*;

use super::*;
use crate::form::Document;

fn form() -> Form {
    let page = "<form name=form1 id=f method=post><input type=hidden name=passwdKind><input type=hidden name=paramControl value=A>
        <input name=server value=mail.example.test><input type=radio name=ssl value=true><input type=radio name=ssl value=false>
        <input type=password name=pw1wk><input type=hidden name=pw1></form>";
    let url = Url::parse("http://192.0.2.1/web/entry/en/websys/mail/mailConfGet.cgi").unwrap();
    Document::parse(page, Some(&url), "UTF-8").forms().remove(0)
}

fn press(source: &str, code: &str) -> Vec<Outcome> {
    let url = Url::parse("http://192.0.2.1/web/entry/en/websys/mail/mailConfGet.cgi").unwrap();
    let (sources, forms) = ([source.to_owned()], [form()]);
    let trigger = Trigger { code: Some(code.into()), ..Trigger::default() };
    Scripts { sources: &sources, url: &url, forms: &forms }.press(&trigger, &[(0, 5)])
}

fn submitted(source: &str, code: &str) -> Sent {
    let outcomes = press(source, code);
    let mut sent =
        outcomes.iter().filter_map(|o| if let Outcome::Submit(s) = o { Some((**s).clone()) } else { None });
    let first = sent.next().unwrap_or_else(|| panic!("nothing submitted: {outcomes:?}"));
    assert!(sent.all(|s| s.action == first.action), "{outcomes:?}");
    first
}

fn value<'a>(sent: &'a Sent, name: &str) -> &'a str {
    &sent.form.named(name)[0].value
}

#[test]
fn nested_calls_and_plain_assignments() {
    let sent = submitted(
        "function clickOK(){ if(!check()){ return false; } applyButton(); }
         function check(){ if (document.form1.server.value == '') { alert('x'); return false; } return true; }
         function applyButton(){ document.form1.paramControl.value = 'SET'; document.form1.action = 'mailConfSet.cgi'; document.form1.submit(); }",
        "javascript:clickOK();",
    );
    assert_eq!(sent.action.as_deref(), Some("mailConfSet.cgi"));
    assert_eq!(value(&sent, "paramControl"), "SET");
}

#[test]
fn every_way_of_writing_an_address() {
    for body in [
        "var f = document.forms['form1']; f.setAttribute('action', 'a.cgi'); f.submit();",
        "var f = document.forms[0]; f.action = \"a.cgi\"; f.submit();",
        "with (document.form1) { action = 'a.cgi'; submit(); }",
        "$('form[name=form1]').attr('action', 'a.cgi').submit();",
        "$('#f').attr({ action: 'a.cgi' }); $('#f').trigger('submit');",
        "var u = 'a'; u += '.cgi'; document.getElementById('f').action = u; document.getElementById('f').submit();",
        "var base = ['a']; var e = eval('document.form1'); e.action = 'a' + '.c' + 'gi'; setTimeout('document.form1.submit()', 10);",
        "document.querySelector('form').action = `a.${'cgi'}`; document.form1.submit();",
        "var X = { go: function(a) { this.f = document.form1; this.f.action = a; this.f.submit(); } }; X.go('a.cgi');",
        "const go = (a) => { document.form1.action = a; document.form1.submit(); }; go('a.cgi');",
        "switch ('x') { case 'y': document.form1.action = 'b.cgi'; break; case 'x': document.form1.action = 'a.cgi'; } document.form1.submit();",
    ] {
        let sent = submitted(&format!("function go1() {{ {body} }}"), "return go1()");
        assert_eq!(sent.action.as_deref(), Some("a.cgi"), "{body}");
    }
}

#[test]
fn what_a_page_does_when_it_has_loaded_can_be_asked_for() {
    for body in [
        "window.onload = skip;",
        "onload = skip;",
        "window.onload = function () { skip(); };",
        "window.addEventListener('load', skip, false);",
        "window.attachEvent('onload', skip);",
        "document.addEventListener('DOMContentLoaded', function () { skip(); });",
    ] {
        let source =
            format!("function skip() {{ document.form1.action = 'a.cgi'; document.form1.submit(); }} {body}");
        let sent = submitted(&source, "window.onload();");
        assert_eq!(sent.action.as_deref(), Some("a.cgi"), "{body}");
    }
}

#[test]
fn parameters_choose_the_way() {
    let source = "function pw(kind){ var a; if (kind == 'SMTP') { document.form1.passwdKind.value = kind; a = 'smtp.cgi'; }
        else { a = 'pop.cgi'; } document.form1.action = a; document.form1.submit(); }";
    let sent = submitted(source, "pw('SMTP')");
    assert_eq!((sent.action.as_deref(), value(&sent, "passwdKind")), (Some("smtp.cgi"), "SMTP"));
    assert_eq!(submitted(source, "pw('POP')").action.as_deref(), Some("pop.cgi"));
}

#[test]
fn an_unknown_condition_gives_each_end_once() {
    let outcomes = press(
        "function go(){ if (vendorCheck()) { document.form1.action='a.cgi'; } else { document.form1.action='b.cgi'; } document.form1.submit(); }",
        "go()",
    );
    let actions: Vec<_> =
        outcomes.iter().map(|o| if let Outcome::Submit(s) = o { s.action.clone() } else { None }).collect();
    assert_eq!(actions, [Some("a.cgi".to_owned()), Some("b.cgi".to_owned())]);
}

#[test]
fn an_address_that_cannot_be_told_is_not_guessed() {
    let outcomes =
        press("function go(){ document.form1.action = root() + 'x.cgi'; document.form1.submit(); }", "go()");
    assert!(outcomes.iter().all(|o| matches!(o, Outcome::Nothing { .. })), "{outcomes:?}");
}

#[test]
fn a_password_is_followed_and_never_read() {
    let sent = submitted(
        "function setPwd(){ var f = document.form1;
           if (f.pw1wk.value == '') { alert('empty'); return; }
           f.pw1.value = base64encode(utf16to8(f.pw1wk.value)); f.pw1wk.value = '';
           f.action = 'set.cgi'; f.submit(); }",
        "setPwd()",
    );
    assert_eq!(
        sent.typed,
        [Typed { into: 6, from: (0, 5), via: vec!["utf16to8".into(), "base64encode".into()] }]
    );
}

#[test]
fn an_encoder_of_the_page_keeps_its_name() {
    let sent = submitted(
        "function enc(s){ var o=''; for (var i=0;i<s.length;i++){ o += K.charAt(s.charCodeAt(i) >> 2); } return o; }
         function setPwd(){ document.form1.pw1.value = enc(document.form1.pw1wk.value); document.form1.action='s.cgi'; document.form1.submit(); }",
        "setPwd()",
    );
    assert_eq!(sent.typed.len(), 1);
    assert!(sent.typed[0].via.iter().any(|v| v == "enc"), "{:?}", sent.typed);
}

#[test]
fn navigation_and_attached_handlers() {
    assert_eq!(
        press("function p(){ location.href = 'pw.cgi?k=1'; }", "p()"),
        [Outcome::Navigate("pw.cgi?k=1".into())]
    );
    let url = Url::parse("http://192.0.2.1/x").unwrap();
    let sources =
        ["$(function(){ $('#ok').click(function(){ document.form1.action='z.cgi'; document.form1.submit(); return false; }); });"
            .to_owned()];
    let forms = [form()];
    let trigger = Trigger { id: Some("ok".into()), ..Trigger::default() };
    let outcomes = Scripts { sources: &sources, url: &url, forms: &forms }.press(&trigger, &[]);
    assert!(
        matches!(&outcomes[..], [Outcome::Submit(s)] if s.action.as_deref() == Some("z.cgi")),
        "{outcomes:?}"
    );
}

#[test]
fn a_made_field_is_added() {
    let sent = submitted(
        "function go(){ var e = document.createElement('input'); e.type='hidden'; e.name='extra'; e.value='1';
         document.form1.appendChild(e); document.form1.action='a.cgi'; document.form1.submit(); }",
        "go()",
    );
    assert_eq!(value(&sent, "extra"), "1");
}

#[test]
fn hooks_of_a_page() {
    let hooks = PageHooks::read(
        "<body onLoad='init()'><form onsubmit='return false'><table><tr><td>SMTP Auth. Password</td><td>:</td>
         <td><input type=button value=Change onclick='smtpPwd()'></td></tr></table></form>
         <table><tr><td class=b><a href='javascript:clickOK()'>OK</a></td></tr></table><script>var a=1;</script>",
    );
    assert_eq!(hooks.onload.as_deref(), Some("init()"));
    assert_eq!(hooks.clickables[0].row_label, "SMTP Auth. Password");
    assert_eq!(
        (hooks.clickables[1].text.as_str(), hooks.clickables[1].code.as_deref()),
        ("OK", Some("clickOK()"))
    );
    assert_eq!(hooks.onsubmit, [Some("return false".to_owned())]);
}

#[test]
fn hostile_scripts_end() {
    for source in [
        "function go(){ go(); }".to_owned(),
        "function go(){ while(true){ x = x + x; } }".to_owned(),
        format!("function go(){{ {} }}", "if(u()){".repeat(5000)),
        format!("x = {}1", "(".repeat(20000)),
        format!("x = 1{}", "+1".repeat(50000)),
        format!("x = a{}", ".b".repeat(50000)),
        format!("x = {}1", "`${".repeat(5000)),
        "var f = function(){ return f; }; function go(){ f()()()(); }".to_owned(),
    ] {
        press(&source, "go()");
    }
}

proptest! {
    #[test]
    fn no_script_panics(source in "[a-z(){}\\[\\];,.='\"+!&|?:/*$` \n]{0,200}", code in "[a-z().'=; ]{0,30}") {
        press(&source, &code);
    }

    #[test]
    fn no_page_panics(html in ".{0,200}") {
        PageHooks::read(&html);
    }
}

#[test]
fn what_the_scripts_put_into_the_fields_when_the_page_loads() {
    let html = "<form name=f><input name='connectivity.smtp.server'><select name=e><option value=none>No<option value=tls>TLS</select><input name=x value=kept><input name=y></form>";
    let page = Document::parse(html, None, "UTF-8");
    let forms = page.forms();
    let sources = [
        "var valHst_1 = []; valHst_1[2] = 'mail.example.test'; var valPrt_1 = []; valPrt_1[2] = 587; var attr = {'e': 'tls'};".to_owned(),
        "function init() { var f = document.forms['f']; f['connectivity.smtp.server'].value = valHst_1[2] + ':' + valPrt_1[2]; f['e'].value = attr['e']; var o = '10.1.2.3'.split('.'); f.y.value = [o[0], o[1], o[2], 9].join('.'); f.x.value = elsewhere(); }".to_owned(),
    ];
    let url = Url::parse("http://192.0.2.1/").unwrap();
    let scripts = Scripts { sources: &sources, url: &url, forms: &forms };
    let (after, dark) = scripts.load(Some("init()"));
    assert_eq!(after[0].controls[0].value, "mail.example.test:587");
    assert_eq!(after[0].controls[1].value, "tls");
    assert_eq!(after[0].controls[3].value, "10.1.2.9");
    assert_eq!((after[0].controls[2].value.as_str(), dark), ("kept", vec![(0, 2)]));
}
