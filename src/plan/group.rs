//! Devices that would change alike, gathered: "21 devices: this; 3: that".

use scanfleet_sdk::FieldChange;

/// Devices with the same changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeGroup {
    /// Their names, in the order given.
    pub devices: Vec<String>,
    /// What changes on each of them.
    pub changes: Vec<FieldChange>,
}

/// Gathers devices by identical changes, the largest group first; devices without changes are left out.
pub fn group<'a>(devices: impl IntoIterator<Item = (&'a str, &'a [FieldChange])>) -> Vec<ChangeGroup> {
    let mut groups: Vec<ChangeGroup> = Vec::new();
    for (name, changes) in devices {
        if changes.is_empty() {
            continue;
        }
        match groups.iter_mut().find(|g| g.changes == changes) {
            Some(group) => group.devices.push(name.to_owned()),
            None => groups.push(ChangeGroup { devices: vec![name.to_owned()], changes: changes.to_vec() }),
        }
    }
    groups.sort_by_key(|g| std::cmp::Reverse(g.devices.len()));
    groups
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn identical_changes_share_a_group_and_the_largest_comes_first() {
        let change = |after: &str| {
            vec![FieldChange { field: "smtp.server".into(), before: json!("old"), after: json!(after) }]
        };
        let (x, y, none) = (change("x"), change("y"), Vec::new());
        let groups = group([("a", x.as_slice()), ("b", &y), ("c", &none), ("d", &y)]);
        assert_eq!(groups.iter().map(|g| g.devices.join(" ")).collect::<Vec<_>>(), ["b d", "a"]);
    }
}
