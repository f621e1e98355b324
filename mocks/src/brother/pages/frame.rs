//! What all pages share: skeleton, tabs, the log-in box, notes above a form, tokens.

use super::super::profile::{BrotherProfile, Generation, TokenBreaks, field};
use super::super::texts::Texts;
use super::super::wire::entities;

/// What the header says about the visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// No password is set; everything is open.
    NoPassword,
    /// Nobody is logged in.
    Outside,
    /// An administrator.
    Inside,
}

/// A note above a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Note {
    /// `postSuccess`.
    Success(&'static str),
    /// `postError`.
    Error(&'static str),
    /// `errorMessage`.
    Refused(&'static str),
}

/// What every page needs to know. No `Debug`: it holds tokens.
pub(crate) struct View<'a> {
    pub(crate) profile: &'a BrotherProfile,
    pub(crate) texts: &'static Texts,
    pub(crate) model: &'a str,
    pub(crate) serial: &'a str,
    pub(crate) firmware: &'a str,
    pub(crate) location: &'a str,
    pub(crate) node: &'a str,
    pub(crate) door: Door,
    /// The token of the header's form and that of the page's, where there are any.
    pub(crate) tokens: Option<[String; 2]>,
    /// The page that was asked for.
    pub(crate) path: &'a str,
    /// Where the log-in form leads.
    pub(crate) login_url: String,
}

/// Part of the tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    General,
    AddressBook,
    Administrator,
    Network,
}

impl View<'_> {
    /// The hidden field with the token of the page's own form.
    pub(crate) fn form_token(&self) -> String {
        // The header's form has the id without a number, where it has a token at all.
        let id = if self.profile.door.token { "CSRFToken1" } else { "CSRFToken" };
        self.tokens.as_ref().map_or_else(String::new, |[_, token]| self.token_field(id, token))
    }

    fn header_token(&self) -> String {
        match &self.tokens {
            Some([token, _]) if self.profile.door.token => self.token_field("CSRFToken", token),
            _ => String::new(),
        }
    }

    fn token_field(&self, id: &str, token: &str) -> String {
        let plain = self.profile.token.is_none_or(|manners| manners.breaks == TokenBreaks::Plain);
        let value = if plain { token.to_owned() } else { entities(token) };
        format!(
            "<div class=\"hidden {id}\"><input type=\"hidden\" id=\"{id}\" name=\"CSRFToken\" value=\"{value}\"/></div>"
        )
    }

    /// The opening of a page's own form: its action, its number and its token.
    pub(crate) fn open_form(&self, id: &str, page_id: u32) -> String {
        // Newer models name their forms and have whole paths; older ones the file's name.
        let last = self.path.rsplit('/').next().unwrap_or_default();
        let (id, action) = match self.profile.generation {
            Generation::B => (String::new(), last),
            _ => (format!(" id=\"{id}\""), self.path),
        };
        format!(
            "<form{id} method=\"post\" action=\"{action}\">\n\
             <div class=\"hidden\"><input type=\"hidden\" name=\"pageid\" value=\"{page_id}\"/></div>\n{}\n",
            self.form_token()
        )
    }

    /// The buttons below a form, and its end.
    pub(crate) fn close_form(&self, page_id: u32, submit: &str) -> String {
        format!(
            "<div class=\"contentsButtons\"><input type=\"button\" value=\"{}\" \
             onclick=\"location.href=location.pathname+'?pageid={page_id}'\"/>\
             <input type=\"submit\" value=\"{}\"/></div>\n</form>\n",
            entities(self.texts.cancel),
            entities(submit)
        )
    }

    fn door(&self) -> String {
        let box_id = |inner: String| match self.profile.generation {
            Generation::C2 => format!("<div id=\"LogInOutBox\">{inner}</div>\n"),
            _ => format!(
                "<div class=\"SetBox\" id=\"SetBoxAuthRight\"><div id=\"SetBoxAuthLeft\">{inner}</div></div>\n"
            ),
        };
        let fields = &self.profile.field_ids;
        match self.door {
            Door::NoPassword => format!(
                "<div class=\"SetBox\" id=\"SetBoxNoAuthRight\"><div id=\"SetBoxNoAuthLeft\">\
                 <a href=\"/admin/password.html\">{}&#32;&#62;&#62;</a></div></div>\n",
                entities(self.texts.configure_password)
            ),
            Door::Outside => box_id(format!(
                "<form method=\"post\" action=\"{path}\">{token}<div><label for=\"LogBox\">{login}</label>\
                 <input type=\"password\" id=\"LogBox\" name=\"{name}\" value=\"\" maxlength=\"32\"/>\
                 <input type=\"hidden\" name=\"loginurl\" value=\"{url}\"/>\
                 <input id=\"login\" type=\"submit\" value=\"&#32;\"/></div></form>",
                path = self.path,
                token = self.header_token(),
                login = entities(self.texts.login),
                name = field(fields.login),
                url = entities(&self.login_url),
            )),
            Door::Inside => box_id(format!(
                "<form method=\"post\" action=\"{path}\">{token}<div>\
                 <input type=\"hidden\" id=\"{name}\" name=\"{name}\" value=\"\"/>\
                 <input id=\"logout\" type=\"submit\" value=\"{logout}\"/></div></form>",
                path = self.profile.paths.status,
                token = self.header_token(),
                name = field(fields.login + 1),
                logout = entities(self.texts.logout),
            )),
        }
    }
}

/// A note as it stands above a form.
pub(crate) fn note(note: Option<Note>) -> String {
    match note {
        None => String::new(),
        Some(Note::Success(text)) => format!("<div class=\"postSuccess\">{text}</div>\n"),
        Some(Note::Error(text)) => format!("<div class=\"postError\">{text}</div>\n"),
        Some(Note::Refused(text)) => format!("<p class=\"errorMessage\">{text}</p>\n"),
    }
}

/// A page with nothing but a note.
pub(crate) fn refusal(view: &View<'_>, said: Note) -> String {
    document(view, Tab::General, "", view.texts.submit_error, &note(Some(said)))
}

/// A menu of links; the chosen entry is plain text of the class `selected`.
pub(crate) fn menu(id: &str, entries: &[(&str, String, bool)]) -> String {
    let entries: String = entries
        .iter()
        .map(|(text, href, selected)| {
            let text = entities(text);
            if *selected {
                format!("<li class=\"selected\"><p>{text}</p></li>")
            } else {
                format!("<li><a href=\"{href}\">{text}</a></li>")
            }
        })
        .collect();
    format!("<div id=\"{id}\"><ul>{entries}</ul></div>\n")
}

/// A whole page. `menus` is what stands between the tabs and the page's own part.
pub(crate) fn document(view: &View<'_>, tab: Tab, menus: &str, title: &str, contents: &str) -> String {
    let t = view.texts;
    let (paths, ids) = (&view.profile.paths, &view.profile.page_ids);
    let model = entities(&format!("{} series", view.model));
    let tabs = menu(
        "tabMenu",
        &[
            (t.general, paths.status.clone(), tab == Tab::General),
            (
                t.address_book,
                format!("{}?start=1&amp;pageid={}", paths.address, ids.address),
                tab == Tab::AddressBook,
            ),
            (
                t.administrator,
                format!("/admin/password.html?pageid={}", ids.password),
                tab == Tab::Administrator,
            ),
            (t.network, format!("/net/net/net.html?pageid={}", ids.network), tab == Tab::Network),
        ],
    );
    // The oldest pages have two wrappers around the header, the later ones one.
    let (open, close) = match view.profile.generation {
        Generation::B => {
            ("<div id=\"headerFrameContainerLeft\"><div id=\"headerFrameContainerRight\">", "</div></div>")
        }
        _ => ("<div id=\"headerFrameContainer\">", "</div>"),
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\r\n\
         <!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \
         \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\r\n\
         <html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"{lang}\" lang=\"{lang}\">\n<head>\n\
         <meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\" />\n\
         <title>Brother {plain} series</title>\n\
         <script type=\"text/javascript\" src=\"/common/js/ews.js\"></script>\n</head>\n<body>\n\
         <div id=\"baseFrame\"><div id=\"frameContainer\">\n{open}<div id=\"headerFrame\">\n\
         <div id=\"modelName\"><h1>{model}</h1></div>\n{door}</div>{close}\n{tabs}{menus}\
         <div id=\"rightFrameContainer\"><div id=\"mainContent\">\n\
         <div id=\"pageTitle\"><h2>{title}</h2></div>\n<div id=\"pageContents\">\n{contents}</div>\n</div></div>\n\
         <div id=\"footer\"><ul><li class=\"contact\">{contact}<span class=\"spacer\">:</span></li>\
         <li class=\"location\">{location}<span class=\"spacer\">:</span>{place}</li></ul>\
         <p id=\"copyright\">Copyright(C) 2000-2020 Brother Industries, Ltd. All Rights Reserved.</p></div>\n\
         </div></div>\n</body>\n</html>\n",
        lang = t.code,
        plain = crate::http::escape(view.model),
        door = view.door(),
        title = entities(title),
        contact = entities(t.contact),
        location = entities(t.location),
        // Not as entities: a client that reads the page in another charset sees it here.
        place = crate::http::escape(view.location),
    )
}
