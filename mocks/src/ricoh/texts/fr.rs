//! French. The cookie and "busy" texts are evidence, the menu words of the E-mail page too; the rest is the lab's own.

use super::{Heading, Menu, Word, Wording};
use crate::settings::{Item, PasswordKind};

pub(super) fn text(wording: Wording, word: Word) -> &'static str {
    let by = |older: &'static str, newer: &'static str| match wording {
        Wording::Older => older,
        Wording::Newer => newer,
    };
    match word {
        Word::Label(item) => label(item, &by),
        Word::Password(kind) => match kind {
            PasswordKind::Smtp => "Mot de passe auth. SMTP",
            PasswordKind::Pop => "Mot de passe POP",
            PasswordKind::Fax => "Mot de passe e-mail fax",
            PasswordKind::Notify => "Mot de passe notification par e-mail",
        },
        Word::ChangePassword(kind) => match kind {
            PasswordKind::Smtp => "Modifier le mot de passe auth. SMTP",
            PasswordKind::Pop => "Modifier le mot de passe POP",
            PasswordKind::Fax => "Modifier le mot de passe e-mail fax",
            PasswordKind::Notify => "Modifier le mot de passe notification par e-mail",
        },
        Word::Choice(choice) => match choice {
            "auto" => "Sélection auto",
            "active" => "Actif",
            "inactive" => "Inactif",
            "pop3" => "POP3",
            "imap4" => "IMAP4",
            "smtp" => "SMTP",
            "off" => "Désactivé",
            "all" => "Tous",
            "errors" => "Erreurs uniquement",
            other => other,
        },
        Word::Menu(entry) => menu(entry, &by),
        Word::Heading(heading) => match heading {
            Heading::Reception => "Réception",
            Heading::Smtp => "SMTP",
            Heading::PopBeforeSmtp => "POP avant SMTP",
            Heading::PopImap => "POP3/IMAP4",
            Heading::Ports => "Port de communication e-mail",
            Heading::Fax => "Compte e-mail fax",
            Heading::Notification => "Compte de notification par e-mail",
        },
        Word::On => "Activé",
        Word::Off => "Désactivé",
        Word::Active => "Actif",
        Word::Inactive => "Inactif",
        Word::Ok => "OK",
        Word::Cancel => "Annuler",
        Word::Change => "Modifier",
        Word::LogIn => "Connexion",
        Word::LogOut => "Déconnexion",
        Word::LoginUserName => "Nom d'utilisateur de connexion",
        Word::LoginPassword => "Mot de passe de connexion",
        Word::AuthFailed => "L'authentification a échoué.",
        Word::CookieTitle => "Erreur de cookie",
        Word::CookieText => "Activer les cookies dans le navigateur.",
        Word::TooManySessions => {
            "Le nombre d'utilisateurs accédant au serveur dépasse le maximum autorisé. Réessayer ultérieurement."
        }
        Word::Busy => {
            "Le périphérique est en cours d'utilisation par d'autres fonctions. Réessayer ultérieurement."
        }
        Word::Error => "Erreur",
        Word::SessionTimedOut => {
            "Délai de session expiré.<br />Les paramètres seront réinitialisés.<br />Réessayer depuis la page \
             principale."
        }
        Word::BadEntry => "L'entrée contient une erreur. Vérifier le ou les éléments.",
        Word::PasswordMismatch => "Le mot de passe de confirmation ne correspond pas au mot de passe saisi.",
        Word::NoPermission => "Vous n'avez pas les privilèges pour utiliser cette fonction.",
        Word::NewPassword => "Nouveau mot de passe",
        Word::ConfirmPassword => "Confirmer le mot de passe",
        Word::NoSslNote => {
            "[Remarque] La communication SSL n'est pas disponible actuellement. Les éléments suivants seront transmis \
             sans cryptage."
        }
        Word::DeviceInfo => "Infos périphérique",
        Word::ModelName => "Nom du modèle",
        Word::MachineId => "ID machine",
        Word::TotalMemory => "Mémoire totale",
        Word::SystemVersion => "Système",
        Word::NibVersion => "NIB",
        Word::WimVersion => "Web Image Monitor",
        Word::DeviceName => "Nom du périphérique",
        Word::Location => "Emplacement",
        Word::HostName => "Nom d'hôte",
        Word::Status => "Statut",
        Word::Ready => "Statut OK",
        Word::Configuration => "Configuration",
        Word::DeviceSettings => "Paramètres du périphérique",
        Word::EasySecurity => "Configuration simple de la sécurité",
        Word::Skip => "Ignorer",
    }
}

fn label(item: Item, by: &dyn Fn(&'static str, &'static str) -> &'static str) -> &'static str {
    match item {
        Item::AdminAddress => by("Adresse e-mail administrateur", "Adresse e-mail de l'administrateur"),
        Item::AutoSender => "Spécifier auto. le nom de l'expéditeur",
        Item::Signature => "Signature",
        Item::ReceptionProtocol => "Protocole de réception",
        Item::ReceptionIntervalOn => "Intervalle de réception des e-mails",
        Item::ReceptionInterval => "Intervalle de réception des e-mails (minutes)",
        Item::MaxReceptionSize => "Taille max. des e-mails reçus",
        Item::StorageInServer => "Stockage des e-mails sur le serveur",
        Item::SmtpServer => "Nom du serveur SMTP",
        Item::SmtpPort => "N° de port SMTP",
        Item::SmtpSsl => {
            by("Utiliser une connexion sécurisée (SSL)", "Utiliser une connexion sécurisée (SSL/TLS)")
        }
        Item::SmtpAuth => "Authentification SMTP",
        Item::SmtpAuthAddress => "Adresse e-mail auth. SMTP",
        Item::SmtpUser => "Nom d'utilisateur auth. SMTP",
        Item::SmtpEncryption => "Cryptage auth. SMTP",
        Item::PopBeforeSmtp => "POP avant SMTP",
        Item::PopAddress => "Adresse e-mail POP",
        Item::PopUser => "Nom d'utilisateur POP",
        Item::PopWait => "Délai d'attente après auth. POP",
        Item::PopServer => "Nom du serveur POP3/IMAP4",
        Item::PopEncryption => "Cryptage POP3/IMAP4",
        Item::Pop3Port => "N° de port de réception POP3",
        Item::ImapPort => "N° de port de réception IMAP4",
        Item::FaxReceive => "Recevoir les e-mails fax",
        Item::FaxAddress => "Adresse e-mail fax",
        Item::FaxUser => "Nom d'utilisateur e-mail fax",
        Item::NotifyAddress => "Adresse e-mail de notification par e-mail",
        Item::NotifyReceive => "Recevoir la notification par e-mail",
        Item::NotifyUser => "Nom d'utilisateur notification par e-mail",
        // Settings of other makers; no page of this one has them.
        _ => "",
    }
}

fn menu(entry: Menu, by: &dyn Fn(&'static str, &'static str) -> &'static str) -> &'static str {
    match entry {
        Menu::System => "Système",
        Menu::Paper => "Papier",
        Menu::DateTime => "Date/Heure",
        Menu::Timer => "Temporisateur",
        Menu::Logs => "Journaux",
        Menu::DownloadLogs => "Télécharger les journaux",
        Menu::Email => by("Courrier électr.", "E-mail"),
        Menu::AutoNotification => {
            by("Notification auto. par courrier électr.", "Notification automatique par e-mail")
        }
        Menu::OnDemandNotification => {
            by("Notification par courrier électr. à la demande", "Notification par e-mail à la demande")
        }
        Menu::FileTransfer => "Transfert de fichiers",
        Menu::UserAuthentication => "Gestion de l'authentification utilisateur",
        Menu::AdministratorAuthentication => "Gestion de l'authentification administrateur",
        Menu::ProgramAdministrator => "Programmer/Modifier l'administrateur",
        Menu::PrintVolume => "Limitation du volume d'impression",
        Menu::LdapServer => "Serveur LDAP",
        Menu::FirmwareUpdate => "Mise à jour du firmware",
        Menu::Kerberos => "Authentification Kerberos",
        Menu::ImportTest => "Infos de réglage du périphérique : test d'importation",
        Menu::ImportExport => "Importer/Exporter les infos de réglage du périphérique",
        Menu::Interface => "Paramètres d'interface",
    }
}
