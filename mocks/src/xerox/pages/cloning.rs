//! The page of the clone export.

use super::{Page, quoted};
use crate::http::escape;

/// The groups that can be exported; a list in script where the profile has it so, boxes otherwise.
pub(in crate::xerox) fn cloning(page: &Page<'_>) -> String {
    let Some(cloning) = &page.profile.cloning else { return String::new() };
    let (mut script, mut boxes) = (String::new(), String::new());
    if cloning.in_script {
        let list: Vec<&str> = cloning.groups.iter().map(|(value, _)| *value).collect();
        script = format!("var directoryList = {};\n", quoted(&list.join(",")));
        for (value, words) in &cloning.groups {
            script.push_str(&format!("groupNames[{}] = {};\n", quoted(value), quoted(words)));
        }
        script.insert_str(0, "var groupNames = {};\n");
    } else {
        for (value, words) in &cloning.groups {
            boxes.push_str(&format!(
                "<input type=\"checkbox\" name=\"clone_group\" value=\"{value}\" checked /> {}<br />\n",
                escape(words)
            ));
        }
    }
    let body = format!(
        "<h1>Cloning</h1>\n<form name=\"cloneForm\" method=\"post\" action=\"/dummypost/xerox.set\">\n\
         <input type=\"hidden\" name=\"_fun_function\" value=\"HTTP_Set_Config_Attrib_fn\" />\n\
         <input type=\"hidden\" name=\"_fun_function\" value=\"HTTP_Config_Cloning_fn\" />\n\
         <input type=\"hidden\" name=\"NextPage\" value=\"/properties/cloning_dl.php\" />\n{boxes}{token}\
         <input type=\"button\" value=\"Clone\" onclick=\"document.cloneForm.submit()\" />\n</form>\n\
         <a href=\"{download}\">cloning.dlm</a>\n",
        token = page.token_field(),
        download = escape(&cloning.download),
    );
    page.document("Cloning", &script, &body)
}
