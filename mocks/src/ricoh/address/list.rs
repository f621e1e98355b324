//! The list page and its data.

use super::super::device::{Device, Inner, Visit};
use super::super::pages::Page;
use super::super::texts::Word;
use super::pages::hidden;
use super::profile::{AddressPages, Batch, Column, Counters};
use super::rows;
use crate::book::Book;
use crate::http::{Response, escape};

/// The most that one call of the data gives; scripts are known to ask for 200.
const MOST: usize = 200;

/// Hidden texts beside those of the table of codes.
const OTHER_TEXTS: [&str; 10] = [
    "LOADSTATUS_LOADING_T",
    "LOADSTATUS_PAUSE_T",
    "LOADSTATUS_COMP_T",
    "LOAD_CANCEL_B",
    "LOAD_RELOAD_B",
    "WIZARD_NOSTEP_E",
    "NECESSARY_NOINPUT_E",
    "CONNECTION_ERROR_E",
    "DELETE_DIALOG_G",
    "NO_ENTRY_E",
];

impl Device {
    /// `adrsList.cgi`. Calling it leaves whatever the session was editing.
    pub(in super::super) fn book_list(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let session = visit.session.as_deref();
        inner.sessions.leave(session);
        if let Some(book) = inner.sessions.book(session) {
            book.loaded = 0;
        }
        let by_page = visit.form.text("modeIn") == "LIST";
        let book = &inner.book;
        self.html(visit, |page| if by_page { list_by_page(page) } else { list(page, book) })
    }

    /// `adrsListLoadEntry.cgi`.
    pub(in super::super) fn book_data(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        // Some clients post with the words in the address.
        let query = visit.request.query_form();
        let form = if visit.form.get("getCountIn").is_some() { &visit.form } else { &query };
        let asked = form.text("listCountIn").parse().unwrap_or(50_usize);
        let size = match self.profile.address.batch {
            Batch::AsAsked => asked.clamp(1, MOST),
            Batch::Always(size) => size.max(1),
        };
        let batch = form.text("getCountIn").parse().unwrap_or(1_usize).max(1);
        let start = (batch - 1).saturating_mul(size).min(inner.book.entries().len());
        let end = (start + size).min(inner.book.entries().len());
        let rows: Vec<String> = inner.book.entries()[start..end]
            .iter()
            .map(|entry| rows::row(&self.profile, &visit.route.language, entry))
            .collect();
        if let Some(book) = inner.sessions.book(visit.session.as_deref()) {
            book.loaded = book.loaded.max(end);
        }
        // Blanks and line breaks between rows as captured.
        Response::plain(200, "text/plain", format!("[{}]", rows.join(",\n ")))
    }
}

/// The page-wise view. Only that it exists is known.
fn list_by_page(page: &Page<'_>) -> String {
    let body = format!(
        "<form name=\"listForm\" onSubmit=\"return false;\">{}</form>\n\
         <a href=\"adrsList.cgi?modeIn=LIST_ALL\" class=\"commandLabel\">{}</a>\n",
        page.token_field(),
        page.book_html("LIST")
    );
    page.document(page.book("BOOK"), "", "", &body)
}

fn list(page: &Page<'_>, book: &Book) -> String {
    let pages = &page.profile.address;
    let values: Vec<String> = pages.text_table().iter().map(|id| format!("$(\"#{id}\").val()")).collect();
    let mut script = format!(
        "var g_textResArray;\nfunction adrsListInit()\n{{\n  g_textResArray = [\n  {}];\n  adrsInit();\n}}\n",
        values.join(",")
    );
    script.push_str(&columns(pages));
    let texts: String = pages
        .text_table()
        .into_iter()
        .chain(OTHER_TEXTS)
        .map(|id| format!("<input type=\"hidden\" id=\"{id}\" value=\"{}\">\n", escape(page.book(id))))
        .collect();
    let link = |function: &str, id: &str| {
        format!(
            "<li><a class=\"commandLabel\" href=\"javascript:{function}\">{}</a></li>\n",
            page.book_html(id)
        )
    };
    let (delete, maintenance) = if pages.is_newer() {
        ("Delete()", "Maintenance('BACKUP')")
    } else {
        ("ConfDelete()", "Download('BACKUP')")
    };
    if pages.counters == Counters::Variables {
        script.push_str(&format!("var g_NumOfUser={};\nvar g_NumOfGroup={};\n", book.users(), book.groups()));
    }
    let body = format!(
        "<h4 class=\"title\">{title}</h4>\n{texts}<form name=\"listAllForm\" onSubmit=\"return false;\">\
         {token}</form>\n<ul id=\"settinglist\">\n\
         <li><a class=\"a_editMode\" editmode=\"EDITMODE_QUICK_RB\" href=\"javascript:adrsListEditModeChg(0);\" \
         id=\"current\">{quick}</a></li>\n<li><a class=\"a_editMode\" editmode=\"EDITMODE_NORMAL_RB\" \
         href=\"javascript:adrsListEditModeChg(1);\">{detail}</a></li>\n</ul>\n<ul>\n{buttons}</ul>\n\
         <p><a href=\"adrsList.cgi?modeIn=LIST\" class=\"commandLabel\">&gt;&gt;</a></p>\n{counters}\
         <table id=\"ReportListArea_Table\"><tbody></tbody></table>\n\
         <div id=\"additional\" class=\"modalDialog\" style=\"display: none;\"></div>\n",
        title = page.book_html("LIST"),
        token = page.token_field(),
        quick = page.book_html("QUICK"),
        detail = page.book_html("DETAIL"),
        buttons = [
            link("AddUser()", "ADD_USER"),
            link("Edit()", "CHANGE"),
            link(delete, "DELETE"),
            link("AddGroup()", "ADD_GROUP"),
            link(maintenance, "MAINTENANCE"),
        ]
        .concat(),
        counters = counters(page, book),
    );
    let files = ["adrsBase.xjs", "adrsListAll.xjs", "adrsUserWizard.xjs"]
        .map(|name| format!("<script src=\"{name}\" type=\"text/javascript\"></script>\n"))
        .concat();
    page.document(page.book("LIST"), &script, " onLoad=\"javascript:adrsListInit();\"", &(files + &body))
}

/// `g_columnInfoHash`. The keys of the columns that no capture had (frequent, titles, fax) are INVENTED, and so are
/// the ends of the older functions' names.
fn columns(pages: &AddressPages) -> String {
    let lines: Vec<String> = pages
        .columns
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let (key, newer, older) = match column {
                Column::EntryId | Column::Blank => ("entrySelected", "selectCell", "Select"),
                Column::Type => ("entryType", "imageCell", "Image"),
                Column::Index => ("entryIndex", "textCell", "Text"),
                Column::Name => ("entryName", "textCell", "Text"),
                Column::Frequent => ("freq", "resourceCell", "Resource"),
                Column::Title1 => ("title1", "textCell", "Text"),
                Column::Title2 => ("title2", "textCell", "Text"),
                Column::Title3 => ("title3", "textCell", "Text"),
                Column::UserCode => ("userCode", "textCell", "Text"),
                Column::LastUsed => ("lastLoginTime", "dateCell", "Date"),
                Column::Fax => ("faxDest", "textCell", "Text"),
                Column::Mail => ("mailAddress", "textCell", "Text"),
                Column::Folder => ("folder", "textCell", "Text"),
            };
            let function = if pages.is_newer() {
                format!("g_objAdrsCellCreate.{newer}")
            } else {
                format!("adrsListCreateCell{older}")
            };
            format!("{key}:{{func:{function},num:{place}}}")
        })
        .collect();
    format!(
        "var g_machineDest=1;\nvar g_timeZone = -300;\nvar g_columnInfoHash = {{\n{}\n}};\n\
         var dataidx_entry_index = g_columnInfoHash[\"entryIndex\"][\"num\"];\n",
        lines.join("\n  ,")
    )
}

fn counters(page: &Page<'_>, book: &Book) -> String {
    let span = |id: &str, value: usize| format!("<span id=\"span_{id}\">{value}</span>");
    let entries = book.entries().len();
    let (users, groups) = (span("numOfUsers", book.users()), span("numOfGroups", book.groups()));
    let loaded =
        format!("<p><span id=\"span_numOfLoadedEntrys\">0</span>\n/\n{}</p>\n", span("numOfEntrys", entries));
    let (word_users, word_groups) = (page.book_html("USERS"), page.book_html("GROUPS"));
    match page.profile.address.counters {
        Counters::Variables => String::new(),
        Counters::Spans => format!("{loaded}<p>{word_users}{users}&nbsp;{word_groups}{groups}</p>\n"),
        Counters::SpansWithLimits => format!(
            "{loaded}<p>{word_users}\n:\n{users}\n/\n{}</p>\n<p>{word_groups}\n:\n{groups}\n/\n{}</p>\n\
             <p>{}\n:\n{}\n/\n{}</p>\n",
            span("maxOfUsers", book.limits.users),
            span("maxOfGroups", book.limits.groups),
            page.book_html("USER_CODES"),
            span("numOfUserCode", book.user_codes()),
            span("maxOfUserCode", book.limits.user_codes),
        ),
    }
}

/// A page "select an entry", for a number that the book does not have: the list page itself.
pub(super) fn unknown_entry(page: &Page<'_>, book: &Book) -> String {
    list(page, book)
}

/// The page "Invalid parameters". Its markup is INVENTED.
pub(super) fn invalid(page: &Page<'_>) -> String {
    let body = format!(
        "<form name=\"form1\" onSubmit=\"return false;\">\n{}\n{}</form>\n<table>\n<tr class=\"responseMessage\">\
         <td><img src=\"/images/messageIconE.gif\" alt=\"\"></td><td>{}</td></tr>\n</table>\n",
        page.token_field(),
        hidden("methodName", "adrsSetUser"),
        page.book_html("INVALID"),
    );
    page.document(page.t(Word::Error), "", " class=\"errorMessage\"", &body)
}
