//! Ready-made address books. All people are made up, and the same for the same numbers each time.

use super::entry::BookEntry;
use super::store::{Book, BookLimits};

/// First names, and how an address writes those that it cannot.
const FIRST: [&str; 40] = [
    "Alice",
    "Bruno",
    "Chloé",
    "David",
    "Émilie",
    "Farid",
    "Grace",
    "Hugo",
    "Inès",
    "James",
    "Karin",
    "Liam",
    "Maria",
    "Noémie",
    "Olga",
    "Pedro",
    "Quinn",
    "Rania",
    "Søren",
    "Tania",
    "Ulrich",
    "Vera",
    "Wendy",
    "Xavier",
    "Yusuf",
    "Zoë",
    "Amélie",
    "Björn",
    "Carmen",
    "Dmitri",
    "Elif",
    "François",
    "Gita",
    "Hanna",
    "Ivan",
    "Jürgen",
    "Kenji",
    "Lucía",
    "Mehmet",
    "Nadia",
];

/// Last names; with any of the first names and a blank they have at most 20 characters.
const LAST: [&str; 52] = [
    "Abbott",
    "Bergström",
    "Côté",
    "Dubois",
    "Ellis",
    "Fraser",
    "Gagnon",
    "Hassan",
    "Ibáñez",
    "Jansen",
    "Kowalski",
    "Lavoie",
    "MacLeod",
    "Nguyen",
    "O'Brien",
    "Peña",
    "Qureshi",
    "Roy",
    "Sørensen",
    "Tremblay",
    "Ueda",
    "Vogel",
    "Walsh",
    "Xu",
    "Yilmaz",
    "Zhang",
    "Andersson",
    "Bouchard",
    "Campbell",
    "D'Angelo",
    "Estévez",
    "Fournier",
    "Grünwald",
    "Hébert",
    "Ivanova",
    "Jones",
    "Keller",
    "Lévesque",
    "Müller",
    "Novák",
    "Okafor",
    "Petrov",
    "Quinn",
    "Rossi",
    "Singh",
    "Thériault",
    "Urban",
    "Vargas",
    "Wójcik",
    "Young",
    "Zimmermann",
    "St. John",
];

/// The plain letters of a name, as an address has them.
fn plain(name: &str) -> String {
    let letter = |c: char| match c.to_lowercase().next().unwrap_or(c) {
        'à' | 'á' | 'ä' | 'å' => "a",
        'ç' => "c",
        'é' | 'è' | 'ë' | 'ê' => "e",
        'í' | 'ï' => "i",
        'ñ' => "n",
        'ó' | 'ô' | 'ö' | 'ø' => "o",
        'ú' | 'ü' => "u",
        'ł' => "l",
        _ => "",
    };
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            text.push(c.to_ascii_lowercase());
        } else {
            text.push_str(letter(c));
        }
    }
    text
}

/// The person of this number; the first 2080 are all different.
fn person(number: usize, domain: &str) -> BookEntry {
    let (turn, place) = (number / FIRST.len(), number % FIRST.len());
    let (first, last) = (FIRST[place], LAST[(turn + place * 7) % LAST.len()]);
    let email = format!("{}.{}@{domain}", plain(first), plain(last));
    let mut entry = BookEntry::person(&format!("{first} {last}"), &email);
    entry.first_name = first.to_owned();
    entry.last_name = last.to_owned();
    entry
}

impl Book {
    /// A book of so many entries for a test, the same each time: mostly people at `example.test` (the first 2080 names
    /// and addresses are all different), every 17th entry a folder only, every 41st a group of the people before it;
    /// some have a user code, a fax number, a title instead of the frequent list, or a folder beside the address. Some
    /// names have accents, apostrophes or the full 20 characters.
    pub fn sample(entries: usize, limits: BookLimits) -> Self {
        let mut book = Self::new(limits);
        for number in 0..entries {
            let entry = sample_entry(number, &book);
            // What a small book does not take is left out.
            let _ = book.add(entry);
        }
        book
    }
}

fn sample_entry(number: usize, book: &Book) -> BookEntry {
    let place = number + 1;
    if place.is_multiple_of(41) && book.groups() < book.limits.groups {
        let mut people: Vec<u64> = book
            .entries()
            .iter()
            .rev()
            .filter(|entry| !entry.email.is_empty())
            .take(5)
            .map(|e| e.id)
            .collect();
        people.reverse();
        return BookEntry::group(&format!("Team {}", place / 41), people);
    }
    if place.is_multiple_of(17) {
        let share = place / 17;
        return BookEntry::folder(
            &format!("Scans {share}"),
            &format!(r"\\files.example.test\scan{share}"),
            "scanner",
            &format!("lab-folder-{share}-not-a-secret"),
        );
    }
    let mut entry = person(number, "example.test");
    if place.is_multiple_of(29) {
        entry.user_code = format!("{}", 70_000 + place);
    }
    if place.is_multiple_of(5) {
        entry.frequent = false;
        // AB, CD, … by the wire: 1 is none.
        entry.titles = [u8::try_from(place % 10).unwrap_or(0) + 2, 1, 1];
    }
    if place.is_multiple_of(7) {
        entry.last_used = 1_771_411_032 + place as u64 * 3600;
    }
    if place.is_multiple_of(19) {
        entry.fax = format!("555{place:04}");
    }
    if place.is_multiple_of(23) {
        entry.sender = true;
    }
    if place.is_multiple_of(31) {
        let folder = BookEntry::folder("", r"\\files.example.test\home", "home", "lab-home-not-a-secret");
        entry.folder = folder.folder;
    }
    entry
}

/// The small book of one copier of a ready-made fleet: people that all copiers know, some who left long ago, some
/// that only this copier knows, one group, one folder. `salt` tells copiers apart.
pub(crate) fn demo(salt: usize, domain: &str, limits: BookLimits) -> Book {
    /// Everywhere.
    const CORE: usize = 4;
    /// They left; not every copier still lists all of them.
    const LEAVERS: [usize; 3] = [1500, 1501, 1502];
    let mut book = Book::new(limits);
    let mut everyone = Vec::new();
    let leavers =
        LEAVERS.iter().enumerate().filter(|(place, _)| *place != salt % 4).map(|(_, number)| *number);
    let local = (0..salt * 5 % 11).map(|place| 40 + (salt * 13 + place) % 800);
    for number in (0..CORE).chain(leavers).chain(local) {
        let mut entry = person(number, domain);
        if number % 6 == 1 {
            entry.frequent = false;
            entry.titles = [2, 1, 1];
        }
        // A book of the demo is never full.
        if let Ok(id) = book.add(entry) {
            everyone.push(id);
        }
    }
    everyone.truncate(CORE);
    let _ = book.add(BookEntry::group("Office", everyone));
    let folder = format!(r"\\files.{domain}\scan{salt}");
    let password = format!("lab-folder-{salt}-not-a-secret");
    let _ = book.add(BookEntry::folder("Scan folder", &folder, "scanner", &password));
    book
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_full_book_has_2000_different_people_and_fits_the_narrowest_fields() {
        let people: Vec<BookEntry> = (0..2080).map(|number| person(number, "example.test")).collect();
        let unique = |key: fn(&BookEntry) -> &str| people.iter().map(key).collect::<HashSet<_>>().len();
        assert_eq!((unique(|entry| &entry.name), unique(|entry| &entry.email)), (2080, 2080));
        for entry in &people {
            assert!(entry.name.chars().count() <= 20, "{}", entry.name);
            assert!(
                entry.email.bytes().all(|b| b.is_ascii_lowercase() || b".@".contains(&b)),
                "{}",
                entry.email
            );
        }
        assert!(people.iter().any(|entry| entry.name.chars().count() >= 17));
        let book = Book::sample(2000, BookLimits::default());
        assert_eq!(book.entries().len(), 2000);
        assert!(book.groups() > 40 && book.user_codes() > 50);
        assert_eq!(book, Book::sample(2000, BookLimits::default()));
    }

    #[test]
    fn demo_books_are_small_and_share_people() {
        let books: Vec<Book> = (0..26).map(|salt| demo(salt, "x.example", BookLimits::default())).collect();
        for book in &books {
            assert!((6..=20).contains(&book.entries().len()), "{}", book.entries().len());
            assert!(book.groups() == 1 && book.named("Scan folder").is_some());
            assert_eq!(book.entries()[0], books[0].entries()[0]);
        }
        let leaver = person(1501, "x.example").email;
        let listed = books.iter().filter(|book| book.with_email(&leaver).next().is_some()).count();
        assert!(listed > 0 && listed < 26);
    }
}
