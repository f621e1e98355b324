//! The rules of the merge, one by one and for anything at all.

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;
use scanfleet_sdk::{Book, BookCapabilities, BookEntry, BookTold, EntryKind, Support};

use super::model::{ALL, Model, able, contact, folder, group, list, user};
use super::{
    Base, BaseEntry, BaseGroup, Merge, MergeMode, MergeOptions, OnConflict, UserChange, merge, without,
};
use crate::book::{Contact, ContactList, Who};

const MERGE: MergeOptions =
    MergeOptions { mode: MergeMode::Merge, on_conflict: OnConflict::Fail, shorten: false };
const EXACT: MergeOptions = MergeOptions { mode: MergeMode::Exact, ..MERGE };

fn fields(merge: &Merge) -> Vec<String> {
    merge.fields.iter().map(|c| format!("{} {} -> {}", c.field, c.before, c.after)).collect()
}

fn run(model: &mut Model, base: &mut Base, list: &ContactList, options: &MergeOptions) -> Merge {
    let (plan, said) = model.run(base, list, options, &able()).expect("the plan is fine");
    assert!(said.is_good(), "{said:?}");
    plan
}

fn names(model: &Model) -> Vec<&str> {
    model.truth.iter().map(|entry| entry.name.as_str()).collect()
}

#[test]
fn a_list_comes_in_and_the_panel_stays() {
    let mut model = Model::new(vec![user("Panel", "panel@x.example"), folder("Scans")], ALL);
    let mut base = Base::default();
    let ours = list(vec![contact(2, "Ann", "ann@x.example"), contact(3, "Bob", "bob@x.example")]);
    let plan = run(&mut model, &mut base, &ours, &MERGE);
    assert_eq!(
        fields(&plan),
        [
            "address_book[ann@x.example].name null -> \"Ann\"",
            "address_book[ann@x.example].email null -> \"ann@x.example\"",
            "address_book[bob@x.example].name null -> \"Bob\"",
            "address_book[bob@x.example].email null -> \"bob@x.example\"",
        ]
    );
    assert!(run(&mut model, &mut base, &ours, &MERGE).is_empty());
    // Bob leaves; the two of the panel stay.
    let ours = list(vec![contact(2, "Ann", "ann@x.example")]);
    let plan = run(&mut model, &mut base, &ours, &MERGE);
    assert_eq!(fields(&plan), ["address_book[bob@x.example].name \"Bob\" -> null"]);
    assert_eq!(names(&model), ["Panel", "Scans", "Ann"]);
}

#[test]
fn somebody_found_there_is_never_ours() {
    let mut model = Model::new(vec![user("Ann", "Ann@X.example")], ALL);
    let mut base = Base::default();
    assert!(run(&mut model, &mut base, &list(vec![contact(2, "Ann", "ann@x.example")]), &MERGE).is_empty());
    assert!(base.is_empty());
    let others = list(vec![contact(2, "Bob", "bob@x.example")]);
    run(&mut model, &mut base, &others, &MERGE);
    assert_eq!(names(&model), ["Ann", "Bob"]);
}

#[test]
fn values_are_merged_three_ways() {
    let mut model = Model::new(vec![], ALL);
    let mut base = Base::default();
    let row = |name: &str, key: &str| {
        list(vec![Contact { key: Some(key.into()), ..contact(2, name, "ann@x.example") }])
    };
    run(&mut model, &mut base, &row("Ann", "A"), &MERGE);
    // Edited at the panel, the list as it was: stays, noted.
    model.truth[0].key = Some("Panel".into());
    let plan = run(&mut model, &mut base, &row("Ann", "A"), &MERGE);
    assert!(plan.is_empty() && plan.notes[0].contains("stays `Panel`"), "{:?}", plan.notes);
    // The list changes another value: only that one is written.
    let plan = run(&mut model, &mut base, &row("Anne", "A"), &MERGE);
    assert_eq!(fields(&plan), ["address_book[ann@x.example].name \"Ann\" -> \"Anne\""]);
    assert_eq!(model.truth[0].key.as_deref(), Some("Panel"));
    // Both changed: a conflict, decided as asked.
    let ours = row("Anne", "B");
    let said = model.run(&mut base, &ours, &MERGE, &able()).unwrap_err();
    assert!(said[0].contains("was `A`") && said[0].contains("has `Panel`") && said[0].contains("list `B`"));
    let keep = MergeOptions { on_conflict: OnConflict::KeepDevice, ..MERGE };
    let plan = run(&mut model, &mut base, &ours, &keep);
    assert!(plan.is_empty() && plan.conflicts[0].decided == Some(OnConflict::KeepDevice));
    let ours_wins = MergeOptions { on_conflict: OnConflict::UseList, ..MERGE };
    run(&mut model, &mut base, &ours, &ours_wins);
    assert_eq!(model.truth[0].key.as_deref(), Some("B"));
    assert!(run(&mut model, &mut base, &ours, &MERGE).conflicts.is_empty());
}

#[test]
fn a_leaver_whom_somebody_edited_is_a_conflict() {
    let mut model = Model::new(vec![], ALL);
    let mut base = Base::default();
    run(&mut model, &mut base, &list(vec![contact(2, "Ann", "ann@x.example")]), &MERGE);
    model.truth[0].name = "Ann (do not delete)".into();
    let nobody = list(vec![]);
    let said = model.run(&mut base, &nobody, &MERGE, &able()).unwrap_err();
    assert!(said[0].contains("no longer has this entry") && said[0].contains("(name)"), "{said:?}");
    // Gone already: nothing to do, and a later namesake of the panel is not ours.
    model.truth.clear();
    assert!(run(&mut model, &mut base, &nobody, &MERGE).is_empty());
    assert!(base.is_empty());
    // Deleted at the panel although the list has it: comes back.
    let ours = list(vec![contact(2, "Ann", "ann@x.example")]);
    run(&mut model, &mut base, &ours, &MERGE);
    model.truth.clear();
    assert_eq!(run(&mut model, &mut base, &ours, &MERGE).users.len(), 1);
}

#[test]
fn who_is_who() {
    // Two people of one name are two entries; an entry without an address takes the one of its name.
    let mut model = Model::new(vec![user("Ann", "ann.b@x.example"), user("Bob", "")], ALL);
    let mut base = Base::default();
    let ours = list(vec![contact(2, "Ann", "ann.a@x.example"), contact(3, "Bob", "bob@x.example")]);
    let plan = run(&mut model, &mut base, &ours, &MERGE);
    assert_eq!(names(&model), ["Ann", "Bob", "Ann"]);
    assert!(fields(&plan).contains(&"address_book[bob@x.example].email null -> \"bob@x.example\"".into()));
    // A new address of somebody whom we put there is a change, not a second entry.
    let ours = list(vec![contact(2, "Ann", "ann.c@x.example"), contact(3, "Bob", "bob@x.example")]);
    let plan = run(&mut model, &mut base, &ours, &MERGE);
    assert_eq!(
        fields(&plan),
        ["address_book[ann.a@x.example].email \"ann.a@x.example\" -> \"ann.c@x.example\""]
    );
    assert!(run(&mut model, &mut base, &ours, &MERGE).is_empty());
}

#[test]
fn one_address_under_several_names() {
    let twice = || vec![user("Front desk", "d@x.example"), user("Desk", "d@x.example")];
    let mut model = Model::new(twice(), ALL);
    let mut base = Base::default();
    assert!(run(&mut model, &mut base, &list(vec![contact(2, "Desk", "d@x.example")]), &MERGE).is_empty());
    let other = list(vec![contact(2, "Reception", "d@x.example")]);
    let said = model.run(&mut base, &other, &MERGE, &able()).unwrap_err();
    assert!(said[0].contains("under 2 names (`Desk` and `Front desk`)"), "{said:?}");
    let keep = MergeOptions { on_conflict: OnConflict::KeepDevice, ..MERGE };
    assert!(run(&mut model, &mut base, &other, &keep).is_empty());
    let plan = run(&mut model, &mut base, &other, &EXACT);
    assert_eq!((names(&model), plan.foreign_removed), (vec!["Reception"], 1));
}

#[test]
fn exact_makes_equal_and_preserves_folders() {
    let mut model = Model::new(
        vec![
            user("Old", "old@x.example"),
            folder("Scans"),
            user("Ann B", "ann@x.example"),
            group("Team", &["e0", "e1"]),
        ],
        ALL,
    );
    let mut base = Base::default();
    let ours = list(vec![Contact { groups: vec!["New".into()], ..contact(2, "Ann", "ann@x.example") }]);
    let plan = run(&mut model, &mut base, &ours, &EXACT);
    assert_eq!((plan.foreign_removed, plan.preserved), (2, 1));
    assert_eq!(names(&model), ["Scans", "Ann", "New"]);
    assert!(run(&mut model, &mut base, &ours, &EXACT).is_empty());
}

#[test]
fn an_address_leaves_and_its_folder_stays() {
    let mut both = folder("Both");
    both.email = Some("b@x.example".into());
    let mut model = Model::new(vec![both, user("Plain", "B@x.example"), user("Else", "c@x.example")], ALL);
    let plan = without(&model.read(), "b@X.example", &able()).unwrap();
    assert_eq!(
        fields(&plan),
        [
            "address_book[b@x.example].email \"b@x.example\" -> null",
            "address_book[b@x.example].name \"Plain\" -> null"
        ]
    );
    plan.users.iter().for_each(|user| model.carry_out(&user.to_change(None)));
    assert_eq!(names(&model), ["Both", "Else"]);
    assert!(without(&model.read(), "b@x.example", &able()).unwrap().is_empty());
}

#[test]
fn groups_hold_our_members_and_the_panels() {
    let member = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    for told in [ALL, BookTold { members: false, ..ALL }] {
        let mut model = Model::new(vec![user("Panel", "p@x.example"), group("Team", &["e0"])], told);
        let mut base = Base::default();
        let row = |groups: &[&str]| Contact { groups: member(groups), ..contact(2, "Ann", "ann@x.example") };
        let ours = list(vec![row(&["Team", "Mine"])]);
        run(&mut model, &mut base, &ours, &MERGE);
        assert_eq!(names(&model), ["Panel", "Team", "Ann", "Mine"]);
        assert_eq!(model.truth[1].members, Some(member(&["e0", "e2"])));
        assert!(run(&mut model, &mut base, &ours, &MERGE).is_empty());
        // Out of both: the group that we made goes, the other one keeps its own member.
        let mut ours = list(vec![row(&[])]);
        ours.has_groups = true;
        run(&mut model, &mut base, &ours, &MERGE);
        assert_eq!(names(&model), ["Panel", "Team", "Ann"]);
        assert_eq!(model.truth[1].members, Some(member(&["e0"])));
        // A list without a column of groups says nothing about groups.
        assert!(run(&mut model, &mut base, &list(vec![row(&[])]), &MERGE).is_empty());
    }
}

#[test]
fn untold_values_ride_along_and_are_remembered() {
    let told = BookTold { key: false, favourite: false, ..ALL };
    let mut model = Model::new(vec![user("Ann", "ann@x.example")], told);
    let mut base = Base::default();
    let row = |name: &str, key: &str| {
        list(vec![Contact { key: Some(key.into()), ..contact(2, name, "ann@x.example") }])
    };
    let plan = run(&mut model, &mut base, &row("Ann", "A"), &MERGE);
    assert!(plan.is_empty() && plan.notes[0].contains("does not tell 1 of the values"), "{:?}", plan.notes);
    run(&mut model, &mut base, &row("Anne", "A"), &MERGE);
    assert_eq!(model.truth[0].key.as_deref(), Some("A"));
    assert!(run(&mut model, &mut base, &row("Anne", "A"), &MERGE).notes.is_empty());
    let plan = run(&mut model, &mut base, &row("Anne", "B"), &MERGE);
    assert_eq!(fields(&plan), ["address_book[ann@x.example].key null -> \"B\""]);
}

#[test]
fn what_a_device_cannot_hold_is_told_before_anything_is_written() {
    let book = Book {
        entries: vec![BookEntry { number: Some(7), ..user("Ann", "a@x.example") }],
        told: ALL,
        ..Book::default()
    };
    let said = |contacts: Vec<Contact>, options: &MergeOptions, can: BookCapabilities| {
        merge(&Base::default(), &book, &list(contacts), options, &can).map(|_| ()).unwrap_err().join("\n")
    };
    let long = "Maximiliane von und zu Hohenstein";
    let text = said(vec![contact(4, long, "m@x.example")], &MERGE, able());
    assert!(
        text.contains("(line 4)") && text.contains("33 characters") && text.contains("takes 20"),
        "{text}"
    );
    let latin = BookCapabilities { encoding: Some("iso-8859-1"), ..able() };
    let text = said(vec![contact(2, "Łukasz Żak", "l@x.example")], &MERGE, latin);
    assert!(text.contains("`Ł` (U+0141), `Ż` (U+017B)") && text.contains("iso-8859-1"), "{text}");
    let small = BookCapabilities { users: Some(2), ..able() };
    let text =
        said(vec![contact(2, "B", "b@x.example"), contact(3, "C", "c@x.example")], &MERGE, small.clone());
    assert_eq!(text, "the address book is full: this copier takes 2 users; it has 1 and 2 would come.");
    let text = said(vec![Contact { number: Some(7), ..contact(2, "B", "b@x.example") }], &MERGE, able());
    assert!(text.contains("the number 7 is taken on this copier by Ann <a@x.example>"), "{text}");
    let text = said(vec![contact(2, "B", "")], &MERGE, able());
    assert!(text.contains("has no e-mail address"), "{text}");
    let no_groups = BookCapabilities { edits_groups: Support::No("the page has none".into()), ..able() };
    let text =
        said(vec![Contact { groups: vec!["G".into()], ..contact(2, "B", "b@x.example") }], &MERGE, no_groups);
    assert!(text.contains("`G`") && text.contains("the page has none"), "{text}");
    // Full, but what goes makes room: the removals come first.
    let ours = list(vec![contact(2, "B", "b@x.example"), contact(3, "C", "c@x.example")]);
    let plan = merge(&Base::default(), &book, &ours, &EXACT, &small).unwrap();
    assert!(plan.removals_first);
    assert!(matches!(plan.user_order()[0].change, UserChange::Remove { .. }));
}

#[test]
fn long_names_are_cut_once_and_for_all() {
    let mut model = Model::new(vec![user("Maximiliane von und ", "panel@x.example")], ALL);
    let mut base = Base::default();
    let short = MergeOptions { shorten: true, ..MERGE };
    let row = |at: usize| contact(at, &format!("Maximiliane von und zu {at}"), &format!("m{at}@x.example"));
    run(&mut model, &mut base, &list(vec![row(2), row(3)]), &short);
    assert_eq!(names(&model), ["Maximiliane von und ", "Maximiliane von un~2", "Maximiliane von un~3"]);
    assert!(run(&mut model, &mut base, &list(vec![row(3), row(2)]), &short).is_empty());
    let plan = run(&mut model, &mut base, &list(vec![row(1), row(3), row(2)]), &short);
    assert_eq!(plan.users.len(), 1);
}

#[test]
fn an_entry_that_changed_since_the_plan_stops_it() {
    let model = Model::new(vec![user("Ann", "a@x.example")], ALL);
    let ours = list(vec![contact(2, "Anne", "a@x.example")]);
    let mut plan = merge(&Base::default(), &model.read(), &ours, &MERGE, &able()).unwrap();
    let now = BookEntry { name: "Anna".into(), ..model.truth[0].clone() };
    assert!(plan.complete(now, &model.read()).unwrap_err().contains("the name has changed since"));
}

#[test]
fn a_foreign_entry_that_vanished_is_named() {
    let before = Book {
        entries: vec![BookEntry { id: "1".into(), ..user("Ann", "a@x.example") }],
        told: ALL,
        ..Book::default()
    };
    let said =
        super::verdict(&Merge::default(), &before, &Book { told: ALL, ..Book::default() }, &[], &able());
    assert_eq!(
        said.foreign,
        ["Ann <a@x.example> is no longer in the book, although nothing asked to remove it."]
    );
    let mut after = before.clone();
    after.entries[0].key = Some("X".into());
    let said = super::verdict(&Merge::default(), &before, &after, &[], &able());
    assert_eq!(
        said.foreign,
        ["Ann <a@x.example> is no longer as it was, although nothing asked to change it."]
    );
}

#[test]
fn two_thousand_entries() {
    let entries = (0..2000).map(|n| user(&format!("Person {n}"), &format!("p{n}@x.example"))).collect();
    let mut model = Model::new(entries, ALL);
    let mut base = Base::default();
    let mut rows: Vec<Contact> =
        (0..2000).map(|n| contact(n + 2, &format!("Person {n}"), &format!("p{n}@x.example"))).collect();
    rows[7].name = "Somebody else".into();
    let can = BookCapabilities { users: Some(2001), ..able() };
    let plan = merge(&base, &model.read(), &list(rows.clone()), &MERGE, &can).unwrap();
    assert_eq!(plan.users.len(), 1);
    // Kept for a plan: what is touched, not the book.
    assert!(serde_json::to_string(&plan).unwrap().len() < 2000);
    let (_, said) = model.run(&mut base, &list(rows), &MERGE, &can).unwrap();
    assert!(said.is_good());
}

// Anything at all.

const NAMES: [&str; 7] = ["Ann", "Bob", "Cy", "Dora", "Maximilian", "Maximiliane A", "Maximiliane B"];
const EMAILS: [&str; 5] = ["a@x", "b@x", "c@x", "d@x", "e@x"];
const GROUPS: [&str; 3] = ["G", "H", "I"];
const KEYS: [&str; 3] = ["", "K", "L"];

fn any_user() -> impl Strategy<Value = BookEntry> {
    let email = prop::option::weighted(0.8, prop::sample::select(&EMAILS[..]));
    let name = prop::sample::select(&NAMES[..]);
    (name, email, prop::sample::select(&KEYS[..]), any::<bool>(), prop::bool::weighted(0.3)).prop_map(
        |(name, email, key, favourite, to_folder)| BookEntry {
            key: Some(key.into()),
            favourite: Some(favourite),
            folder: to_folder.then(|| folder(name).folder).flatten(),
            ..user(&name.chars().take(10).collect::<String>(), email.unwrap_or(""))
        },
    )
}

fn any_model() -> impl Strategy<Value = Model> {
    let groups = prop::collection::btree_map(
        prop::sample::select(&GROUPS[..]),
        prop::collection::btree_set(0..7usize, 0..4),
        0..3,
    );
    let told = (any::<bool>(), any::<bool>(), any::<bool>());
    (prop::collection::vec(any_user(), 0..7), groups, told).prop_map(|(mut entries, groups, told)| {
        let users = entries.len();
        for (name, members) in groups {
            let members: Vec<String> =
                members.into_iter().filter(|at| *at < users).map(|at| format!("e{at}")).collect();
            entries.push(group(name, &members.iter().map(String::as_str).collect::<Vec<_>>()));
        }
        Model::new(entries, BookTold { key: told.0, favourite: told.1, members: told.2, ..ALL })
    })
}

fn any_list() -> impl Strategy<Value = ContactList> {
    let row = (
        prop::sample::select(&NAMES[..]),
        prop::option::weighted(0.85, prop::sample::select(&EMAILS[..])),
        prop::option::of(prop::sample::select(&KEYS[1..])),
        prop::option::of(any::<bool>()),
        prop::collection::btree_set(prop::sample::select(&GROUPS[..]), 0..3),
    );
    (prop::collection::vec(row, 0..6), any::<bool>()).prop_map(|(rows, has_groups)| {
        let (mut names, mut emails) = (HashSet::new(), HashSet::new());
        let rows = rows.into_iter().filter(|(name, email, ..)| {
            names.insert(*name) && email.is_none_or(|email| emails.insert(email))
        });
        let contacts = rows.enumerate().map(|(at, (name, email, key, favourite, groups))| Contact {
            key: key.map(str::to_owned),
            favourite,
            groups: if has_groups { groups.into_iter().map(str::to_owned).collect() } else { Vec::new() },
            ..contact(at + 2, name, email.unwrap_or(""))
        });
        ContactList { has_groups, ..list(contacts.collect()) }
    })
}

fn any_base() -> impl Strategy<Value = Base> {
    let user = (
        prop::sample::select(&NAMES[..]),
        prop::option::weighted(0.8, prop::sample::select(&EMAILS[..])),
        prop::option::of(prop::sample::select(&KEYS[..])),
        prop::option::of(any::<bool>()),
    );
    let members = prop::collection::btree_map(prop::sample::select(&EMAILS[..]), any::<bool>(), 0..3);
    let group = (prop::sample::select(&GROUPS[..]), any::<bool>(), members);
    (prop::collection::vec(user, 0..4), prop::collection::vec(group, 0..3)).prop_map(|(users, groups)| {
        // A list has every name once.
        let mut names = HashSet::new();
        let users = users.into_iter().filter(|(name, ..)| names.insert(&name[..2]));
        let users = users.enumerate().map(|(at, (name, email, key, favourite))| {
            let handle = format!("e{at}");
            let name: String = name.chars().take(10).collect();
            let word = Who::new(&name, email).word().to_owned();
            let (email, key) = (email.map(str::to_owned), key.map(str::to_owned));
            (word, BaseEntry { name, email, handle, key, favourite, ..BaseEntry::default() })
        });
        let groups = groups.into_iter().map(|(name, made, members)| {
            let members = members.into_iter().map(|(word, ours)| (word.to_owned(), ours)).collect();
            (name.to_owned(), BaseGroup { made, members })
        });
        Base { users: users.collect(), groups: groups.collect::<BTreeMap<_, _>>() }
    })
}

fn any_options() -> impl Strategy<Value = MergeOptions> {
    let mode = prop_oneof![3 => Just(MergeMode::Merge), 1 => Just(MergeMode::Exact)];
    let on_conflict = prop_oneof![
        1 => Just(OnConflict::Fail),
        2 => Just(OnConflict::KeepDevice),
        2 => Just(OnConflict::UseList)
    ];
    (mode, on_conflict, prop::bool::weighted(0.8)).prop_map(|(mode, on_conflict, shorten)| MergeOptions {
        mode,
        on_conflict,
        shorten,
    })
}

/// Whether an entry is nobody's but the panel's: neither the list nor what is remembered knows its name or address.
fn is_foreign(entry: &BookEntry, list: &ContactList, base: &Base) -> bool {
    let who = Who::of(entry);
    let same = |name: &str, email: Option<&str>| {
        let other = Who::new(name, email);
        // A cut name is its long one's.
        other.name.chars().take(8).eq(who.name.chars().take(8))
            || other.email.is_some() && other.email == who.email
    };
    !list.contacts.iter().any(|contact| same(&contact.name, contact.email.as_deref()))
        && !base.users.values().any(|base| same(&base.name, base.email.as_deref()))
}

/// Whether a word stands for two people: twins of one address (or of one name without any), or an address under which
/// another person is remembered than the one who holds it now.
fn a_word_is_ambiguous(truth: &[BookEntry], base: &Base) -> bool {
    let mut seen = HashSet::new();
    let users = truth.iter().filter(|entry| entry.kind == EntryKind::User);
    let words: Vec<(String, &str)> =
        users.map(|entry| (Who::of(entry).word().to_owned(), entry.id.as_str())).collect();
    words.iter().any(|(word, id)| {
        !seen.insert(word) || base.users.get(word).is_some_and(|remembered| remembered.handle != *id)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_foreign_is_lost_and_a_second_plan_is_empty(
        model in any_model(), ours in any_list(), base in any_base(), options in any_options()
    ) {
        let can = BookCapabilities { name_limit: Some(10), ..able() };
        let (mut device, mut base) = (model.clone(), base);
        let first_base = base.clone();
        let Ok((plan, said)) = device.run(&mut base, &ours, &options, &can) else {
            // Said before anything was written.
            prop_assert_eq!(device.truth, model.truth);
            return Ok(());
        };
        // What is remembered stands under people's words: where one stands for two, nobody can promise that one run settles
        // both.
        let unclear =
            a_word_is_ambiguous(&model.truth, &first_base) || a_word_is_ambiguous(&device.truth, &first_base);
        prop_assert!(said.is_good() || unclear, "{:?}\n{:?}", said, plan);

        // Entries of others, and everything of an entry that the plan does not name.
        let touched: HashSet<&str> = plan
            .users
            .iter()
            .filter_map(|user| user.entry())
            .chain(plan.groups.iter().filter_map(|group| group.entry()))
            .map(|entry| entry.id.as_str())
            .collect();
        for entry in model.truth.iter().filter(|entry| entry.kind == EntryKind::User) {
            let now = device.truth.iter().find(|other| other.id == entry.id);
            if !touched.contains(entry.id.as_str()) {
                prop_assert_eq!(now, Some(entry));
            }
            let folder_only = entry.folder.is_some() && entry.email.is_none();
            let merge = options.mode == MergeMode::Merge;
            if is_foreign(entry, &ours, &first_base) && (merge || folder_only) {
                prop_assert_eq!(now, Some(entry), "a foreign entry");
            }
            if folder_only {
                prop_assert_eq!(now.map(|now| &now.folder), Some(&entry.folder), "a folder");
            }
        }
        // Foreign members stay in foreign groups.
        if options.mode == MergeMode::Merge {
            for group in model.truth.iter().filter(|entry| entry.kind == EntryKind::Group) {
                if first_base.groups.get(&group.name).is_some_and(|base| base.made) {
                    continue;
                }
                let now = device.truth.iter().find(|other| other.id == group.id);
                prop_assert!(now.is_some());
                let now = now.and_then(|now| now.members.clone()).unwrap_or_default();
                for id in group.members.iter().flatten() {
                    let member = model.truth.iter().find(|entry| entry.id == *id);
                    let ours_there = |member: &BookEntry| {
                        let base = first_base.groups.get(&group.name);
                        base.is_some_and(|base| base.members.get(Who::of(member).word()) == Some(&true))
                    };
                    if member.is_some_and(|m| is_foreign(m, &ours, &first_base) && !ours_there(m)) {
                        prop_assert!(now.contains(id), "a foreign member");
                    }
                }
            }
        }

        // Everybody of the list is there, or it is said that the device keeps its own.
        let again = merge(&base, &device.read(), &ours, &options, &can);
        let again = again.map_err(|said| TestCaseError::fail(said.join("; ")))?;
        prop_assert!(again.is_empty() || unclear, "a second plan: {:?}\nafter {:?}", again, plan);
        for contact in &ours.contacts {
            let email = contact.email.as_deref();
            let is_there = device.truth.iter().any(|entry| {
                entry.email.as_deref() == email && email.is_some() || entry.name.get(..2) == contact.name.get(..2)
            });
            let told = !again.conflicts.is_empty() || !again.notes.is_empty();
            prop_assert!(is_there || told, "{} is missing", contact.name);
        }

        // What goes into files and into the journal comes back the same.
        let text = serde_json::to_string(&(&plan, &base, &said)).expect("all of it can be written");
        let back: (Merge, Base, super::Verdict) = serde_json::from_str(&text).expect("and read");
        prop_assert_eq!(back, (plan, base, said));
    }
}
