//! The columns of a list, under the names that people and programs give them.

/// A column with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Column {
    Name,
    First,
    Last,
    Email,
    Key,
    Groups,
    Tags,
    Favourite,
    Number,
}

/// Names as people write them, folded; the best first.
const NAMES: &[(Column, &[&str])] = &[
    (
        Column::Name,
        &[
            "name",
            "displayname",
            "fullname",
            "contactname",
            "contact",
            "person",
            "friendlyname",
            "recipient",
            "anzeigename",
            "vollständigername",
            "nomcomplet",
            "nomcompleto",
            "nombre",
            "nombrecompleto",
            "nom",
            "nome",
            "nomecompleto",
            "naam",
            "weergavenaam",
            "namn",
            "navn",
            "nimi",
            "imięinazwisko",
            "氏名",
            "名前",
            "表示名",
        ],
    ),
    (
        Column::First,
        &[
            "firstname",
            "givenname",
            "forename",
            "vorname",
            "prénom",
            "prenom",
            "nombredepila",
            "voornaam",
            "förnamn",
            "fornavn",
        ],
    ),
    (
        Column::Last,
        &[
            "lastname",
            "surname",
            "familyname",
            "nachname",
            "familienname",
            "nomdefamille",
            "apellido",
            "apellidos",
            "cognome",
            "achternaam",
            "efternamn",
            "etternavn",
        ],
    ),
    (
        Column::Email,
        &[
            "email",
            "emailaddress",
            "emailadress",
            "mail",
            "mailaddress",
            "primarysmtpaddress",
            "smtpaddress",
            "smtp",
            "address",
            "emailadresse",
            "mailadresse",
            "adresse",
            "courriel",
            "adressemail",
            "adresseemail",
            "adresseélectronique",
            "correo",
            "correoelectrónico",
            "correoelectronico",
            "indirizzoemail",
            "postaelettronica",
            "emailadres",
            "epost",
            "epostadress",
            "sähköposti",
            "メールアドレス",
            "メール",
            "電子メール",
            "userprincipalname",
            "upn",
        ],
    ),
    (
        Column::Key,
        &[
            "key",
            "keydisplay",
            "displaykey",
            "keyname",
            "shortname",
            "kurzname",
            "nomcourt",
            "nombrecorto",
            "nickname",
            "alias",
            "キー表示名",
            "見出し",
        ],
    ),
    (
        Column::Groups,
        &[
            "group",
            "groups",
            "memberof",
            "gruppe",
            "gruppen",
            "groupe",
            "groupes",
            "grupo",
            "grupos",
            "gruppo",
            "gruppi",
            "groep",
            "groepen",
            "grupp",
            "distributionlist",
            "distributiongroup",
            "グループ",
        ],
    ),
    (Column::Tags, &["tags", "tag", "labels", "label", "schlagwörter", "étiquettes", "etiquetas", "タグ"]),
    (
        Column::Favourite,
        &[
            "favourite",
            "favorite",
            "favourites",
            "favorites",
            "freq",
            "frequent",
            "addtofreq",
            "favorit",
            "favoriten",
            "favori",
            "favoris",
            "favorito",
            "favoritos",
            "preferito",
            "preferred",
            "よく使う",
        ],
    ),
    (
        Column::Number,
        &[
            "number",
            "no",
            "nr",
            "registrationno",
            "registrationnumber",
            "regno",
            "listnumber",
            "nummer",
            "numéro",
            "numero",
            "número",
            "登録番号",
            "番号",
        ],
    ),
];

impl Column {
    /// The column of a written name, and how well it fits; the lower number wins.
    pub(super) fn of(name: &str) -> Option<(Self, usize)> {
        let folded: String =
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        NAMES
            .iter()
            .find_map(|(column, names)| Some((*column, names.iter().position(|name| *name == folded)?)))
    }

    /// The canonical name.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::First => "first name",
            Self::Last => "last name",
            Self::Email => "email",
            Self::Key => "key",
            Self::Groups => "group",
            Self::Tags => "tags",
            Self::Favourite => "favourite",
            Self::Number => "number",
        }
    }
}

/// Names that are written, for suggestions.
pub(super) const CANONICAL: [&str; 7] = ["name", "email", "key", "group", "tags", "favourite", "number"];

/// A yes or no in several languages.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "on" | "1" | "x" | "ja" | "oui" | "sí" | "si" | "sim" | "はい" | "○" => {
            Some(true)
        }
        "no" | "n" | "false" | "off" | "0" | "nein" | "nee" | "non" | "não" | "nej" | "いいえ" => {
            Some(false)
        }
        _ => None,
    }
}

/// Takes a cell of names apart: `;`, `|`, `,` and line breaks part them, a backslash before one of these does not.
pub(super) fn split(text: &str) -> Vec<String> {
    let (mut all, mut one) = (Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next_if(|next| matches!(next, ';' | '|' | ',' | '\\')) {
                Some(next) => one.push(next),
                None => one.push('\\'),
            },
            ';' | '|' | ',' | '\n' | '\r' => all.push(std::mem::take(&mut one)),
            c => one.push(c),
        }
    }
    all.push(one);
    let mut seen = std::collections::HashSet::new();
    let trimmed = all.into_iter().map(|one| one.trim().to_owned());
    trimmed.filter(|one| !one.is_empty() && seen.insert(one.clone())).collect()
}

/// The opposite of [`split`].
pub(super) fn join(names: &[String]) -> String {
    let escaped = names.iter().map(|name| {
        name.chars().fold(String::new(), |mut text, c| {
            if matches!(c, ';' | '|' | ',' | '\\') {
                text.push('\\');
            }
            text.push(c);
            text
        })
    });
    escaped.collect::<Vec<_>>().join("; ")
}
