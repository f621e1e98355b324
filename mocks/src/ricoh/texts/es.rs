//! Spanish. The time-out, too-many-users and "Machine ID" texts are evidence; the rest is the lab's own.

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
            PasswordKind::Smtp => "Contraseña de autenticación SMTP",
            PasswordKind::Pop => "Contraseña de POP",
            PasswordKind::Fax => "Contraseña de e-mail de fax",
            PasswordKind::Notify => "Contraseña de notificación por e-mail",
        },
        Word::ChangePassword(kind) => match kind {
            PasswordKind::Smtp => "Cambiar contraseña de autenticación SMTP",
            PasswordKind::Pop => "Cambiar contraseña de POP",
            PasswordKind::Fax => "Cambiar contraseña de e-mail de fax",
            PasswordKind::Notify => "Cambiar contraseña de notificación por e-mail",
        },
        Word::Choice(choice) => match choice {
            "auto" => "Selección automática",
            "active" => "Activo",
            "inactive" => "Inactivo",
            "pop3" => "POP3",
            "imap4" => "IMAP4",
            "smtp" => "SMTP",
            "off" => "Desactivado",
            "all" => "Todos",
            "errors" => "Solo errores",
            other => other,
        },
        Word::Menu(entry) => menu(entry, &by),
        Word::Heading(heading) => match heading {
            Heading::Reception => "Recepción",
            Heading::Smtp => "SMTP",
            Heading::PopBeforeSmtp => "POP antes de SMTP",
            Heading::PopImap => "POP3/IMAP4",
            Heading::Ports => "Puerto de comunicación de e-mail",
            Heading::Fax => "Cuenta de e-mail de fax",
            Heading::Notification => "Cuenta de notificación por e-mail",
        },
        Word::On => "Activado",
        Word::Off => "Desactivado",
        Word::Active => "Activo",
        Word::Inactive => "Inactivo",
        Word::Ok => "Aceptar",
        Word::Cancel => "Cancelar",
        Word::Change => "Cambiar",
        Word::LogIn => "Inicio de sesión",
        Word::LogOut => "Cierre de sesión",
        Word::LoginUserName => "Nombre de usuario de inicio de sesión",
        Word::LoginPassword => "Contraseña de inicio de sesión",
        Word::AuthFailed => "La autenticación ha fallado.",
        Word::CookieTitle => "Error de cookie",
        Word::CookieText => "Active las cookies en el navegador.",
        Word::TooManySessions => {
            "El número de usuarios que accede al servidor supera el límite máximo permitido. Inténtelo más tarde."
        }
        Word::Busy => "El dispositivo está siendo utilizado por otras funciones. Inténtelo más tarde.",
        Word::Error => "Error",
        Word::SessionTimedOut => {
            "Tiempo de sesión agotado.<br />Los ajustes se restablecerán.<br />Vuelva a intentarlo desde la página \
             principal."
        }
        Word::BadEntry => "Hay un error en la entrada. Compruebe los elementos.",
        Word::PasswordMismatch => "La contraseña de confirmación no coincide con la contraseña introducida.",
        Word::NoPermission => "No tiene privilegios para utilizar esta función.",
        Word::NewPassword => "Contraseña nueva",
        Word::ConfirmPassword => "Confirmar contraseña",
        Word::NoSslNote => {
            "[Nota] La comunicación SSL no está disponible actualmente. Los siguientes elementos se transmitirán sin \
             cifrar."
        }
        Word::DeviceInfo => "Información del dispositivo",
        Word::ModelName => "Nombre de modelo",
        Word::MachineId => "ID máquina",
        Word::TotalMemory => "Memoria total",
        Word::SystemVersion => "Sistema",
        Word::NibVersion => "NIB",
        Word::WimVersion => "Web Image Monitor",
        Word::DeviceName => "Nombre del dispositivo",
        Word::Location => "Ubicación",
        Word::HostName => "Nombre de host",
        Word::Status => "Estado",
        Word::Ready => "Estado OK",
        Word::Configuration => "Configuración",
        Word::DeviceSettings => "Ajustes del dispositivo",
        Word::EasySecurity => "Configuración fácil de seguridad",
        Word::Skip => "Omitir",
    }
}

fn label(item: Item, by: &dyn Fn(&'static str, &'static str) -> &'static str) -> &'static str {
    match item {
        Item::AdminAddress => "Dirección de e-mail del administrador",
        Item::AutoSender => "Especificar automáticamente nombre de remitente",
        Item::Signature => "Firma",
        Item::ReceptionProtocol => "Protocolo de recepción",
        Item::ReceptionIntervalOn => "Intervalo de recepción de e-mail",
        Item::ReceptionInterval => "Intervalo de recepción de e-mail (minutos)",
        Item::MaxReceptionSize => "Tamaño máx. de e-mail de recepción",
        Item::StorageInServer => "Almacenamiento de e-mail en el servidor",
        Item::SmtpServer => "Nombre de servidor SMTP",
        Item::SmtpPort => "Nº de puerto SMTP",
        Item::SmtpSsl => by("Usar conexión segura (SSL)", "Usar conexión segura (SSL/TLS)"),
        Item::SmtpAuth => "Autenticación SMTP",
        Item::SmtpAuthAddress => "Dirección de e-mail de autenticación SMTP",
        Item::SmtpUser => "Nombre de usuario de autenticación SMTP",
        Item::SmtpEncryption => "Cifrado de autenticación SMTP",
        Item::PopBeforeSmtp => "POP antes de SMTP",
        Item::PopAddress => "Dirección de e-mail de POP",
        Item::PopUser => "Nombre de usuario de POP",
        Item::PopWait => "Tiempo de espera tras autenticación POP",
        Item::PopServer => "Nombre de servidor POP3/IMAP4",
        Item::PopEncryption => "Cifrado de POP3/IMAP4",
        Item::Pop3Port => "Nº de puerto de recepción POP3",
        Item::ImapPort => "Nº de puerto de recepción IMAP4",
        Item::FaxReceive => "Recibir e-mail de fax",
        Item::FaxAddress => "Dirección de e-mail de fax",
        Item::FaxUser => "Nombre de usuario de e-mail de fax",
        Item::NotifyAddress => "Dirección de e-mail de notificación por e-mail",
        Item::NotifyReceive => "Recibir notificación por e-mail",
        Item::NotifyUser => "Nombre de usuario de notificación por e-mail",
        // Settings of other makers; no page of this one has them.
        _ => "",
    }
}

fn menu(entry: Menu, by: &dyn Fn(&'static str, &'static str) -> &'static str) -> &'static str {
    match entry {
        Menu::System => "Sistema",
        Menu::Paper => "Papel",
        Menu::DateTime => "Fecha/Hora",
        Menu::Timer => "Temporizador",
        Menu::Logs => "Registros",
        Menu::DownloadLogs => "Descargar registros",
        Menu::Email => by("Correo electrónico", "E-mail"),
        Menu::AutoNotification => {
            by("Notificación auto por correo electrónico", "Notificación automática por e-mail")
        }
        Menu::OnDemandNotification => {
            by("Notificación por correo electrónico a petición", "Notificación por e-mail a petición")
        }
        Menu::FileTransfer => "Transferencia de archivos",
        Menu::UserAuthentication => "Gestión de autenticación de usuario",
        Menu::AdministratorAuthentication => "Gestión de autenticación de administrador",
        Menu::ProgramAdministrator => "Programar/Cambiar administrador",
        Menu::PrintVolume => "Limitación de volumen de impresión",
        Menu::LdapServer => "Servidor LDAP",
        Menu::FirmwareUpdate => "Actualización de firmware",
        Menu::Kerberos => "Autenticación Kerberos",
        Menu::ImportTest => "Información de ajustes del dispositivo: prueba de importación",
        Menu::ImportExport => "Importar/Exportar información de ajustes del dispositivo",
        Menu::Interface => "Ajustes de interfaz",
    }
}
