//! Redaction of a table (an exported address book, a list of accounts): whole columns by their heads.

use super::{MARK, looks_secret};
use crate::delimited::{bare, delimiter, rows};

/// Lines that may stand before the heads, such as the remarks at the top of some exports.
const BEFORE_HEADS: usize = 12;

/// A copy of a table with the cells of every column replaced whose head looks like a password, a token or a session;
/// `None` where the text is no table or has no such column. Where quotes never end nobody knows which cell is which, and no
/// row is shown.
pub(super) fn redact_table(text: &str) -> Option<String> {
    let heads = text.lines().take(BEFORE_HEADS).find(|line| is_heads(line))?;
    let sign = delimiter(heads);
    let (rows, open) = rows(text, sign);
    let secret = |cell: &String| looks_secret(cell);
    let at = rows.iter().position(|row| row.cells.len() > 2 && row.cells.iter().any(secret))?;
    let columns: Vec<bool> = rows[at].cells.iter().map(secret).collect();
    let mut out = String::with_capacity(text.len());
    for (number, row) in rows.iter().enumerate() {
        if number > at && open.is_some() {
            out.push_str(MARK);
            out.push('\n');
            break;
        }
        let cells: Vec<String> = row
            .cells
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                // A row with more cells than heads has slipped: what stands behind the last head may be anything.
                let hidden = number > at && columns.get(column).copied().unwrap_or(true);
                if hidden && !cell.trim().is_empty() { MARK.to_owned() } else { bare(cell, sign) }
            })
            .collect();
        out.push_str(&cells.join(&sign.to_string()));
        out.push('\n');
    }
    Some(out)
}

/// Whether a line is the heads of a table with a secret column: plain words, and nothing of a page or a script.
fn is_heads(line: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}');
    let cells: Vec<&str> = line.split(delimiter(line)).map(|cell| cell.trim().trim_matches('"')).collect();
    let plain = |cell: &&str| {
        cell.chars().count() <= 60 && cell.chars().all(|c| c.is_alphanumeric() || " _-.[]()/#*:'".contains(c))
    };
    cells.len() > 2 && cells.iter().all(plain) && cells.iter().any(|cell| looks_secret(cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_passwords_is_hidden_whatever_its_delimiter() {
        for sign in [",", ";", "\t"] {
            let text = ["DisplayName", "ScanLoginName", "ScanLoginPassword"].join(sign)
                + "\r\n"
                + &["\"Ann, the \"\"A\"\"\"", "scanner", "\"pla,nted;p\tw\""].join(sign)
                + "\r\n"
                + &["Bert", "", ""].join(sign);
            let shown = redact_table(&text).unwrap();
            assert!(
                !shown.contains("nted") && shown.contains("scanner") && shown.contains("Bert"),
                "{shown}"
            );
        }
        let ricoh =
            "# Format Version: 5.1.1.0\n# x\nName,Device Login Password,Folder\n[Ann],[planted],[x]\n";
        let shown = redact_table(ricoh).unwrap();
        assert!(!shown.contains("planted") && shown.contains("[Ann]"), "{shown}");
    }

    #[test]
    fn slipped_rows_and_open_quotes_show_nothing_more() {
        let slipped = "a,Password,b\n1,2,3,planted\n";
        assert!(!redact_table(slipped).unwrap().contains("planted"));
        let open = "a,Password,b\n1,\"2,3\nx,planted,y\n";
        assert!(!redact_table(open).unwrap().contains("planted"));
    }

    #[test]
    fn pages_scripts_and_other_tables_are_left_to_others() {
        for text in
            ["", "a,b,c\n1,2,3\n", "<p>a,password,c</p>", "var a = 1, password = 2, c = 3;", "password\nx"]
        {
            assert!(redact_table(text).is_none(), "{text}");
        }
    }
}
