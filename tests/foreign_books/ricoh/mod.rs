//! Two copiers of one maker with an address book: an older one (layout A, a radio button for each entry, removal one at a
//! time by registration number, ten entries to a batch whatever is asked for) and a newer one (the other columns in
//! another order, fax, tokens that change with each page). Written from what is publicly known alone.

pub mod book;
mod form;
mod pages;
mod steps;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::foreign::device::{Device, Manner, Profile, What};
use crate::strangers::program::{Setup, Workspace};
use crate::strangers::wire::{self, Reply, Request, Wire};
use book::{Book, Entry};

pub const ADMIN: &str = "Pass+wort 42&ü=7";
/// The password of every folder; no page shows it, and nobody may write it down.
pub const FOLDER: &str = "Ordner<7>&'geheim\"";

/// The words of one copier.
pub struct Words {
    pub older: bool,
    pub lang: &'static str,
    pub model: [&'static str; 2],
    pub serial: [&'static str; 2],
    pub system: &'static str,
    pub login: &'static str,
    pub title: &'static str,
    pub busy: &'static str,
    pub timeout: &'static str,
    pub texts: &'static [(&'static str, &'static str)],
    /// The order of the columns after the first.
    pub columns: &'static [&'static str],
    pub labels: &'static [(&'static str, &'static str)],
    pub refused: &'static str,
    pub full: &'static str,
}

pub const OLDER: Words = Words {
    older: true,
    lang: "es",
    model: ["Nombre del modelo", "Aficio MP C3003"],
    serial: ["ID máquina", "W493L600215"],
    system: "Sistema",
    login: "Inicio de sesión",
    title: "Lista de direcciones",
    busy: "La libreta de direcciones está siendo utilizado por otras funciones.",
    timeout: "Tiempo de sesión agotado.<br />Se restablecerán los ajustes.<br />Vuelva a intentarlo desde la página principal.",
    texts: &[
        ("FREQ_OFF_LB", "Desact."),
        ("FREQ_ON_LB", "Activado"),
        ("LOCK_UNLOCK_OFF", "Acceso permitido"),
        ("LOCK_UNLOCK_ON", "Bloqueado"),
        ("INDEX_E", "Este Nº registro ya existe."),
        ("PWD_POLICY_E", "La contraseña no cumple la política."),
        ("ACCOUNTPWD_E", "La contraseña de confirmación no coincide."),
        ("USERCODE_E", "Este código de usuario ya existe."),
        ("USERNAME_E", "Este nombre de usuario ya existe."),
        ("TAGSET_E", "Defina al menos un título o ajuste [Añadir a Frec.] en [Activado]."),
        ("NGPARAM_WIZARD_E", "Hay un error en la entrada. Compruebe el elemento o elementos."),
    ],
    columns: &[
        "entryType",
        "entryIndex",
        "entryName",
        "freq",
        "title1",
        "title2",
        "title3",
        "userCode",
        "mailAddress",
        "folder",
    ],
    labels: &[
        ("entryIndexIn", "Nº registro"),
        ("entryNameIn", "Nombre"),
        ("entryDisplayNameIn", "Visualización teclas"),
        ("entryTagInfoIn", "Título"),
        ("mailAddressIn", "Dirección de e-mail"),
        ("folderPathNameIn", "Ruta"),
        ("faxDestIn", "Destino de fax"),
    ],
    refused: "Error de autenticación.",
    full: "El número de usuarios que accede al servidor supera el límite máximo permitido",
};

pub const NEWER: Words = Words {
    older: false,
    lang: "fr",
    model: ["Nom du modèle", "RICOH IM C3010"],
    serial: ["ID machine", "3062R910333"],
    system: "Système",
    login: "Connexion",
    title: "Liste d'adresses",
    busy: "Le carnet d'adresses est en cours d'utilisation par d'autres fonctions.",
    timeout: "La session a expiré.<br />Les paramètres vont être réinitialisés.<br />Réessayez depuis la page principale.",
    texts: &[
        ("FREQ_OFF_LB", "Désactivé"),
        ("FREQ_ON_LB", "Activé"),
        ("LOCK_UNLOCK_OFF", "Accès autorisé"),
        ("LOCK_UNLOCK_ON", "Verrouillé"),
        ("NO_INTRODUCE_G", "Aucun"),
        ("OUT_EXPIRED_INTRODUCE_G", "Installé (expiré)"),
        ("INTRODUCE_G", "Installé"),
        ("INDEX_E", "Ce n° d'enregistrement existe déjà."),
        ("PWD_POLICY_E", "Le mot de passe ne respecte pas la politique."),
        ("ACCOUNTPWD_E", "Le mot de passe de confirmation ne correspond pas."),
        ("USERCODE_E", "Ce code utilisateur existe déjà."),
        ("USERNAME_E", "Ce nom d'utilisateur existe déjà."),
        ("TAGSET_E", "Définissez au moins un titre ou réglez [Ajouter à Fréq.] sur [Activé]."),
        ("NGPARAM_WIZARD_E", "Il y a une erreur dans la saisie. Vérifiez les éléments."),
    ],
    columns: &[
        "entryType",
        "entryIndex",
        "entryMail",
        "entryFax",
        "entryName",
        "entryFolder",
        "entryUserCode",
        "entryLastUsed",
    ],
    labels: &[
        ("entryIndexIn", "N° d'enregistrement"),
        ("entryNameIn", "Nom"),
        ("entryDisplayNameIn", "Affichage touche"),
        ("entryTagInfoIn", "Titre"),
        ("mailAddressIn", "Adresse e-mail"),
        ("folderPathNameIn", "Chemin"),
        ("faxDestIn", "Destinataire fax"),
    ],
    refused: "Échec de l'authentification.",
    full: "Le nombre d'utilisateurs accédant au serveur dépasse le maximum autorisé.",
};

pub struct Pages {
    pub words: &'static Words,
    pub book: Arc<Mutex<Book>>,
}

impl Manner for Pages {
    fn guest(&self, device: &Device, path: &str) -> Option<Reply> {
        self.open_pages(device, path)
    }

    fn auth_form(&self, _: &Device, token: &str, open: &str, message: &str) -> String {
        self.log_in(token, open, message)
    }

    fn entry(&self, device: &mut Device, at: usize, path: &str, request: &Request) -> Option<Reply> {
        if path == "websys/webArch/configList.cgi" {
            return Some(self.menu());
        }
        let page = path.strip_prefix("address/")?;
        let alive: Vec<String> = device.sessions.iter().map(|s| s.id.clone()).collect();
        let book = self.book.clone();
        let mut book = book.lock().unwrap();
        // A session that has gone holds nothing any more.
        book.flows.retain(|f| alive.contains(&f.session));
        self.route(&mut book, device, at, page, request)
    }
}

pub struct Copier {
    pub device: Arc<Mutex<Device>>,
    pub book: Arc<Mutex<Book>>,
    pub address: SocketAddr,
    pub words: &'static Words,
    _runtime: tokio::runtime::Runtime,
}

impl Copier {
    pub fn start(words: &'static Words) -> Self {
        let entries = if words.older { older_people() } else { newer_people() };
        let next = entries.iter().map(|e| e.id).max().unwrap_or(0) + 1;
        let book = Arc::new(Mutex::new(Book { entries, next, ..Book::default() }));
        let profile = Profile {
            lang: words.lang,
            serial: words.serial[1],
            admin: ("admin", ADMIN.to_owned()),
            auth_failed: words.refused,
            full: words.full,
            after_login: "websys/webArch/mainFrame.cgi",
            dashes: !words.older,
            cookie_everywhere: true,
            token_at_login: true,
            http_only: !words.older,
            save: "none",
        };
        let pages = Pages { words, book: book.clone() };
        let device = Arc::new(Mutex::new(Device::new(profile, Arc::new(pages), Vec::new())));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let wire = Wire { keep_alive: !words.older, chunked: !words.older, ..Wire::default() };
        let address = runtime.block_on(wire::serve(device.clone(), wire));
        Self { device, book, address, words, _runtime: runtime }
    }

    pub fn device(&self) -> MutexGuard<'_, Device> {
        self.device.lock().unwrap()
    }

    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }
}

/// Numbers of entries and registration numbers that are easily taken for each other: the entry 7 is the registration
/// number 12, and another entry is 00007.
fn older_people() -> Vec<Entry> {
    let mut people: Vec<Entry> = (1..=21)
        .map(|n| {
            let index = format!("{n:05}");
            Entry::named(n + 5, &index, &format!("Planta {n}"))
                .with("entryDisplayNameIn", &[&format!("P{n}")])
                .mail(&format!("planta{n}@clinica.example"))
        })
        .collect();
    people[2] = people[2]
        .clone()
        .with("entryTagInfoIn", &["4", "7", "2", "2"])
        .with("userCodeIn", &["7104"])
        .with("availableFuncIn", &["COPY", "SCAN"])
        .with("entryUseIn", &["ENTRYUSE_TO_O", "ENTRYUSE_FROM_O"])
        .folder(r"\\archivo\planta 3\O'Neill", r"CLINICA\escáner");
    people[4] = Entry::named(10, "00005", "Archivo").folder(r"\\archivo\todo", "escaner");
    people.push(Entry {
        group: true,
        ..Entry::named(40, "00101", "Todos").with("members", &["00001", "00007"])
    });
    people
}

fn newer_people() -> Vec<Entry> {
    let mut people: Vec<Entry> = (1..=7)
        .map(|n| {
            let index = format!("{n:05}");
            Entry::named(12 - n, &index, &format!("Service {n}"))
                .with("entryDisplayNameIn", &[&format!("S{n}")])
                .mail(&format!("Service{n}@clinique.example"))
        })
        .collect();
    people[2] = people[2]
        .clone()
        .with("entryTagInfoIn", &["4", "7", "2", "1"])
        .with("priorityIn", &["2"])
        .with("userCodeIn", &["7104"])
        .with("availableFuncIn", &["COPY_BW", "SCAN"])
        .with("entryUseIn", &["ENTRYUSE_TO_O", "ENTRYUSE_FROM_O"])
        .with("faxDestIn", &["+41 44 000 00 01"])
        .with("faxLineIn", &["G3_O"])
        .folder(r"\\archives\étage 3", r"CLINIQUE\scanner");
    people[4] = Entry::named(7, "00005", "Dépôt")
        .with("folderProtocolIn", &["FTP_O"])
        .with("folderPortNoIn", &["2121"])
        .with("folderServerNameIn", &["192.0.2.44"])
        .folder("/entrant/<scan>", "depot");
    people[5] =
        Entry::named(6, "00010", "Fax & Cie").with("faxDestIn", &["0440000002"]).with("faxLineIn", &["G3_O"]);
    people.push(Entry {
        group: true,
        ..Entry::named(40, "00101", "Tous").with("members", &["00002", "00003"])
    });
    people
}

impl crate::books::Stranger for Copier {
    fn workspace(&self) -> Workspace {
        Workspace::new(&Setup {
            vendor: "ricoh",
            url: &format!("http://{}", self.address),
            admin_user: Some("admin"),
            admin: Some(ADMIN),
            mail: FOLDER,
        })
    }

    fn people(&self) -> BTreeMap<String, String> {
        let book = self.book();
        let text = |e: &Entry| format!("{} {} {:?} {:?}", e.group, e.used, e.password, e.fields);
        book.entries.iter().map(|e| (e.get("entryNameIn").to_owned(), text(e))).collect()
    }

    fn known(&self) -> [(&'static str, &'static str); 2] {
        if self.words.older {
            [("Planta 7", "planta7@clinica.example"), ("Planta 3", "planta3@clinica.example")]
        } else {
            [("Service 7", "service7@clinique.example"), ("Service 3", "Service3@clinique.example")]
        }
    }

    fn typed(&self, name: &str, address: &str) {
        let mut book = self.book();
        let (id, index) = (book.next, book.free_index());
        book.next += 1;
        book.entries.push(Entry::named(id, &index, name).mail(address));
    }

    fn complaints(&self) -> Vec<String> {
        self.device().complaints.clone()
    }

    fn logins(&self) -> usize {
        self.device().count(What::Login)
    }

    fn logouts(&self) -> usize {
        self.device().count(What::Logout)
    }

    fn inside(&self) -> usize {
        self.device().sessions.iter().filter(|s| !s.id.is_empty()).count()
    }

    fn half_open(&self) -> usize {
        let alive: Vec<String> = self.device().sessions.iter().map(|s| s.id.clone()).collect();
        self.book().flows.iter().filter(|f| alive.contains(&f.session) && f.edit.is_some()).count()
    }

    fn writes(&self) -> Vec<String> {
        let reads = |line: &str| line.starts_with("list") || line.starts_with("batch");
        self.book().log.iter().filter(|line| !reads(line)).cloned().collect()
    }

    fn log(&self) -> Vec<String> {
        self.book().log.clone()
    }

    fn forget(&self) {
        self.device().seen.clear();
        self.book().log.clear();
    }
}
