//! The words of the address book's pages.
//!
//! English and Spanish texts whose ids end in `_LB`, `_E`, `_G`, `_T`, `_B` are evidence, and so are the English words
//! of the buttons; the French ones and all labels in Spanish and French are the lab's own. INVENTED in all languages:
//! `FULL`, `MEMBERS`.

use super::super::texts::Wording;

/// A text by its id, in a language (English where the language is none of the lab's); empty for an unknown id.
pub(crate) fn book_text(language: &str, wording: Wording, id: &str) -> &'static str {
    let id = match (id, wording) {
        ("QUICK", Wording::Newer) => "QUICK_NEWER",
        ("DETAIL", Wording::Newer) => "DETAIL_NEWER",
        ("MAIL", Wording::Newer) => "MAIL_NEWER",
        (id, _) => id,
    };
    let place = match language {
        "fr" => 1,
        "es" => 2,
        _ => 0,
    };
    TEXTS.iter().find(|(known, _)| *known == id).map_or("", |(_, texts)| texts[place])
}

/// Id, then English, French, Spanish.
const TEXTS: [(&str, [&str; 3]); 67] = [
    ("FREQ_OFF_LB", ["Off", "Désactivé", "Desactivado"]),
    ("FREQ_ON_LB", ["On", "Activé", "Activado"]),
    ("LOCK_UNLOCK_OFF", ["Access Permitted", "Accès autorisé", "Acceso permitido"]),
    ("LOCK_UNLOCK_ON", ["Locked Out", "Verrouillé", "Bloqueado"]),
    ("NO_INTRODUCE_G", ["None", "Aucun", "Ninguno"]),
    ("OUT_EXPIRED_INTRODUCE_G", ["Installed (Expired)", "Installé (expiré)", "Instalado (Caducado)"]),
    ("INTRODUCE_G", ["Installed", "Installé", "Instalado"]),
    (
        "INDEX_E",
        [
            "This Registration No. already exists.",
            "Ce N° d'enregistrement existe déjà.",
            "Este número de registro ya existe.",
        ],
    ),
    (
        "PWD_POLICY_E",
        [
            "The entered password does not comply with the password policy.<br />Contact the administrator for details of the current policy.",
            "Le mot de passe saisi n'est pas conforme à la politique de mot de passe.<br />Contacter l'administrateur.",
            "La contraseña introducida no coincide con la política de contraseña.<br />Contacte con el administrador para obtener detalles sobre la política actual.",
        ],
    ),
    (
        "ACCOUNTPWD_E",
        [
            "Confirmation password does not match the login password you first entered.",
            "Le mot de passe de confirmation ne correspond pas au mot de passe saisi.",
            "La contraseña de confirmación no coincide con la contraseña de inicio de sesión introducida primero.",
        ],
    ),
    (
        "USERCODE_E",
        [
            "This user code already exists.",
            "Ce code utilisateur existe déjà.",
            "Este código de usuario ya existe.",
        ],
    ),
    (
        "USERNAME_E",
        [
            "This user name already exists.",
            "Ce nom d'utilisateur existe déjà.",
            "Este nombre de usuario ya existe.",
        ],
    ),
    (
        "TAGSET_E",
        [
            "Set at least one Title or set [Add to Freq.] to [On].",
            "Définir au moins un titre ou régler [Ajouter à Fréq.] sur [Activé].",
            "Configure al menos un título o configure [Añadir a Frecuente] en [Activado].",
        ],
    ),
    (
        "NGPARAM_WIZARD_E",
        [
            "There is an error with the entry. Check the item(s).",
            "L'entrée contient une erreur. Vérifier le ou les éléments.",
            "Se ha producido un error en la entrada. Compruebe los elementos.",
        ],
    ),
    (
        "LOADSTATUS_LOADING_T",
        ["Reading... (Can be Edited)", "Lecture... (modifiable)", "Leyendo... (Se puede editar)"],
    ),
    ("LOADSTATUS_PAUSE_T", ["Suspended", "Suspendu", "Suspendido"]),
    ("LOADSTATUS_COMP_T", ["Completed", "Terminé", "Completado"]),
    ("LOAD_CANCEL_B", ["Suspend", "Suspendre", "Suspender"]),
    ("LOAD_RELOAD_B", ["Resume", "Reprendre", "Reanudar"]),
    ("WIZARD_NOSTEP_E", ["Select item(s).", "Sélectionner un ou des éléments.", "Seleccionar elemento(s)."]),
    (
        "NECESSARY_NOINPUT_E",
        ["Enter required item(s).", "Saisir les éléments requis.", "Itroduzca elemento(s) necesario(s)."],
    ),
    (
        "CONNECTION_ERROR_E",
        [
            "Communication error has occurred. Press [Resume] to resume reading data.",
            "Une erreur de communication s'est produite. Appuyer sur [Reprendre].",
            "Se ha producido un error de comunicación. Pulse [Reanudar] para reanudar los datos de lectura.",
        ],
    ),
    (
        "DELETE_DIALOG_G",
        [
            "Are you sure you want to delete the selected user(s) or group(s)?",
            "Supprimer le ou les utilisateurs ou groupes sélectionnés ?",
            "¿Seguro que quiere eliminar usuario(s) o grupo(s) selecc.?",
        ],
    ),
    (
        "NO_ENTRY_E",
        [
            "No user or group was selected.",
            "Aucun utilisateur ni groupe n'est sélectionné.",
            "No se ha seleccionado ningún usuario ni grupo.",
        ],
    ),
    (
        "CONFIRM_FOLDER_PASSWORD_G",
        [
            "The folder authentication password will be deleted because [Protocol], [Port No.], [Server Name] or [Path] was changed.",
            "Le mot de passe du dossier sera supprimé car [Protocole], [N° de port], [Nom du serveur] ou [Chemin] a été modifié.",
            "La contraseña de acceso previamente establecida para la autenticación de la carpeta se eliminará porque se cambió [Protocolo], [N.º de puerto], [Nombre de servidor] o [Ruta]. ¿Seguro que quiere que se elimine?",
        ],
    ),
    ("BOOK", ["Address Book", "Carnet d'adresses", "Libreta de direcciones"]),
    (
        "LIST",
        [
            "Address List (Display All Items)",
            "Liste d'adresses (tous les éléments)",
            "Lista de direcciones (Mostrar todos los ítems)",
        ],
    ),
    ("ADD_USER", ["Add User", "Ajouter utilisateur", "Añadir usuario"]),
    ("CHANGE_USER", ["Change User", "Modifier utilisateur", "Cambiar usuario"]),
    ("ADD_GROUP", ["Add Group", "Ajouter groupe", "Añadir grupo"]),
    ("CHANGE_GROUP", ["Change Group", "Modifier groupe", "Cambiar grupo"]),
    ("CHANGE", ["Change", "Modifier", "Cambiar"]),
    ("DELETE", ["Delete", "Supprimer", "Eliminar"]),
    ("MAINTENANCE", ["Maintenance", "Maintenance", "Mantenimiento"]),
    ("QUICK", ["Quick Input", "Saisie rapide", "Introducción rápida"]),
    ("DETAIL", ["Manual Input", "Saisie manuelle", "Introducción manual"]),
    ("QUICK_NEWER", ["Easy Input", "Saisie facile", "Introducción fácil"]),
    ("DETAIL_NEWER", ["Detail Input", "Saisie détaillée", "Introducción detallada"]),
    ("USERS", ["User(s)", "Utilisateur(s)", "Usuario(s)"]),
    ("GROUPS", ["Group(s)", "Groupe(s)", "Grupo(s)"]),
    ("USER_CODES", ["Programmed User Code", "Code utilisateur programmé", "Código de usuario programado"]),
    ("TYPE", ["Type", "Type", "Tipo"]),
    ("INDEX", ["Registration No.", "N° d'enregistrement", "Nº de registro"]),
    ("NAME", ["Name", "Nom", "Nombre"]),
    ("READING", ["Phonetic Name", "Nom phonétique", "Nombre fonético"]),
    ("KEY", ["Key Display", "Affichage touche", "Visualización tecla"]),
    ("PRIORITY", ["Display Priority", "Priorité d'affichage", "Prioridad de visualización"]),
    ("TITLE", ["Title", "Titre", "Título"]),
    ("FREQ", ["Add to Freq.", "Ajouter à Fréq.", "Añadir a Frecuente"]),
    ("NONE", ["None", "Aucun", "Ninguno"]),
    ("CODE", ["User Code", "Code utilisateur", "Código de usuario"]),
    ("LAST_USED", ["Date Last Used", "Date de dernière utilisation", "Fecha último uso"]),
    ("FAX", ["Fax Destination", "Destinataire fax", "Destino de fax"]),
    ("MAIL", ["E-mail Address", "Adresse e-mail", "Dirección de e-mail"]),
    ("MAIL_NEWER", ["Email Address", "Adresse e-mail", "Dirección de e-mail"]),
    (
        "SENDER",
        [
            "Register as both a destination and a sender",
            "Enregistrer comme destinataire et expéditeur",
            "Registrar como destino y remitente",
        ],
    ),
    ("FOLDER", ["Folder", "Dossier", "Carpeta"]),
    ("PROTOCOL", ["Protocol", "Protocole", "Protocolo"]),
    ("PORT", ["Port No.", "N° de port", "N.º de puerto"]),
    ("SERVER", ["Server Name", "Nom du serveur", "Nombre de servidor"]),
    ("PATH", ["Path", "Chemin", "Ruta"]),
    ("LOGIN", ["Login User Name", "Nom utilisateur connexion", "Nombre de usuario de inicio de sesión"]),
    ("PASSWORD", ["Login Password", "Mot de passe connexion", "Contraseña de inicio de sesión"]),
    (
        "CHANGE_PASSWORD",
        [
            "Change Folder Authentication Password",
            "Modifier le mot de passe d'authentification de dossier",
            "Cambiar contraseña de autenticación de carpeta",
        ],
    ),
    ("MEMBERS", ["Members", "Membres", "Miembros"]),
    ("INVALID", ["Invalid parameters", "Paramètres incorrects", "Parámetros incorrectos"]),
    (
        "FULL",
        [
            "The Address Book is full. No more entries can be registered.",
            "Le carnet d'adresses est plein. Impossible d'enregistrer d'autres éléments.",
            "La libreta de direcciones está llena. No se pueden registrar más elementos.",
        ],
    ),
];
