//! The person at the panel who works with the address book, by the control endpoint.

use serde_json::{Value, json};

use super::entry::BookEntry;
use super::store::Book;

/// Does what an object says: `{"add":{entry}}`, `{"change":{"id":3,"set":{fields}}}`, `{"delete":{"id":3}}` (or
/// `"number"`, `"name"`, `"email"` instead of the id), `{"lock":"who"}`, `{"lock":null}`. Answers what was touched.
///
/// # Errors
/// A sentence, with nothing changed.
pub(crate) fn change(book: &mut Book, wish: &Value) -> Result<Value, String> {
    let object = wish.as_object().ok_or("the book takes an object: add, change, delete or lock")?;
    let [(verb, what)] = object.iter().collect::<Vec<_>>()[..] else {
        return Err("the book takes one of add, change, delete or lock at a time".to_owned());
    };
    match verb.as_str() {
        "add" => {
            let entry: BookEntry =
                serde_json::from_value(what.clone()).map_err(|error| format!("not an entry: {error}"))?;
            let id = book.add(entry).map_err(|refusal| refusal.to_string())?;
            Ok(json!({ "id": id }))
        }
        "change" => {
            let known = find(book, what)?;
            let mut value = serde_json::to_value(known).map_err(|error| error.to_string())?;
            let set = what.get("set").and_then(Value::as_object).ok_or("`change` needs an object `set`")?;
            if let Value::Object(fields) = &mut value {
                for (name, new) in set {
                    if name == "id" || !fields.contains_key(name) {
                        return Err(format!("an entry has no field `{name}` to change"));
                    }
                    fields.insert(name.clone(), new.clone());
                }
            }
            let entry: BookEntry =
                serde_json::from_value(value).map_err(|error| format!("not an entry: {error}"))?;
            let id = entry.id;
            book.change(entry).map_err(|refusal| refusal.to_string())?;
            Ok(json!({ "id": id }))
        }
        "delete" => {
            let id = find(book, what)?.id;
            book.remove(id);
            Ok(json!({ "id": id }))
        }
        "lock" => {
            book.locked_by = match what {
                Value::Null | Value::Bool(false) => None,
                Value::String(who) => Some(who.clone()),
                _ => Some("panel".to_owned()),
            };
            Ok(json!({ "locked_by": book.locked_by }))
        }
        other => Err(format!("the book knows add, change, delete and lock, not `{other}`")),
    }
}

fn find<'a>(book: &'a Book, what: &Value) -> Result<&'a BookEntry, String> {
    let text = |name: &str| what.get(name).and_then(Value::as_str);
    let number = |name: &str| what.get(name).and_then(Value::as_u64);
    let found = if let Some(id) = number("id") {
        book.entry(id)
    } else if let Some(number) = number("number") {
        u32::try_from(number).ok().and_then(|number| book.numbered(number))
    } else if let Some(name) = text("name") {
        book.named(name)
    } else if let Some(email) = text("email") {
        book.with_email(email).next()
    } else {
        return Err("say which entry: id, number, name or email".to_owned());
    };
    found.ok_or_else(|| "the address book has no such entry".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_panel_adds_renames_deletes_and_locks() {
        let mut book = Book::default();
        let added = json!({ "add": { "name": "Panel Person", "email": "p@example.test" } });
        let id = change(&mut book, &added).unwrap()["id"].as_u64().unwrap();
        assert_eq!(book.entry(id).unwrap().number, 1);
        let renamed = json!({ "change": { "email": "P@example.test", "set": { "name": "Other" } } });
        change(&mut book, &renamed).unwrap();
        assert_eq!(book.entry(id).unwrap().name, "Other");
        for bad in [
            json!({ "change": { "id": id, "set": { "nmae": "x" } } }),
            json!({ "delete": { "id": 99 } }),
            json!({ "delete": {} }),
            json!({ "burn": {} }),
            json!(1),
        ] {
            assert!(change(&mut book, &bad).is_err(), "{bad}");
        }
        change(&mut book, &json!({ "lock": "Nurse at the panel" })).unwrap();
        assert_eq!(book.locked_by.as_deref(), Some("Nurse at the panel"));
        change(&mut book, &json!({ "lock": null })).unwrap();
        change(&mut book, &json!({ "delete": { "number": 1 } })).unwrap();
        assert!(book.locked_by.is_none() && book.entries().is_empty());
    }
}
