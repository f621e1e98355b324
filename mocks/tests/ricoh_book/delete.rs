//! Deleting, in both generations.

use crate::browser::{desk, form_fields, result};
use crate::common::set;

#[tokio::test]
async fn the_newer_generation_deletes_by_the_machines_own_numbers() {
    let mut desk = desk("mp-c4504ex", 6).await;
    desk.device.panel_book(|book| book.remove(2)).unwrap();
    desk.add("Sixth", "s@example.test").await;
    let id = desk.book().named("Sixth").unwrap().id;
    let reply = desk.delete_entries(&format!("1,{id},")).await;
    assert_eq!(result(&reply), "SUCCESS");
    assert!(reply.body.contains(&format!("adrsListDelete(&#39;1,{id}&#39;,0)")), "{}", reply.body);
    let left: Vec<u64> = desk.book().entries().iter().map(|entry| entry.id).collect();
    assert_eq!(left, [3, 4, 5, 6]);
    // Registration numbers look fine and delete nothing.
    let writes = desk.device.state().book_writes;
    assert_eq!(result(&desk.delete_entries("00003,00004,").await), "SUCCESS");
    assert_eq!((desk.book().entries().len(), desk.device.state().book_writes), (4, writes));
    // Any other kind of form is no delete.
    let reply = desk.say("adrsDeleteEntries.cgi", &[("entryIndex", "3,")]).await;
    assert_eq!(result(&reply), "BADFLOW");
    assert_eq!(desk.book().entries().len(), 4);
    // The other generation's way does not exist.
    assert_eq!(desk.say("adrsConfDeleteEntry.cgi", &[("entryIndexIn", "00003")]).await.status, 404);
}

#[tokio::test]
async fn the_older_generation_asks_and_deletes_one() {
    for name in ["mp-c3003", "aficio-mp-301"] {
        let mut desk = desk(name, 4).await;
        // Without the question.
        let fields = [("entryIndexIn", "00002"), ("inputSpecifyModeIn", "WRITE"), ("mode", "DELETE")];
        assert_eq!(result(&desk.say("adrsDeleteEntry.cgi", &fields).await), "TIMEOUT");
        let path = desk.path("adrsConfDeleteEntry.cgi");
        assert_eq!(result(&desk.client.get(&path).await.unwrap()), "TIMEOUT");
        let page = desk.say("adrsConfDeleteEntry.cgi", &[("entryIndexIn", "00002")]).await;
        assert_eq!(result(&page), "SUCCESS");
        // About another one.
        let other = [("entryIndexIn", "00003"), ("inputSpecifyModeIn", "WRITE"), ("mode", "DELETE")];
        assert_eq!(result(&desk.say("adrsDeleteEntry.cgi", &other).await), "BADFLOW");
        let mut form = form_fields(&page.body);
        set(&mut form, "inputSpecifyModeIn", "WRITE");
        set(&mut form, "listUpdateIn", "UPDATE");
        let path = desk.path("adrsDeleteEntry.cgi");
        let reply = desk.client.post(&path, &form).await.unwrap();
        assert!(reply.body.contains("g_NumOfUser=3;"), "{}", reply.body);
        assert!(desk.book().numbered(2).is_none() && desk.book().entries().len() == 3);
        assert_eq!(desk.delete_entries("1,").await.status, 404);
        // A number that is not there: the list page.
        let page = desk.say("adrsConfDeleteEntry.cgi", &[("entryIndexIn", "00002")]).await;
        assert!(page.body.contains("g_columnInfoHash"));
    }
}
