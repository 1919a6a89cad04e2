//! `doctor`: looks whether everything is in order, without changing anything.
//!
//! *Invariant:* a missing database or key is told, not made.

use clap::Args;
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::time::Duration;

use super::failure::with_causes;
use super::settings::SettingsFrom;
use super::{Exit, Failure, paper};
use crate::audit::SignedCheckpoint;
use crate::clock;
use crate::config::{SecretSettings, Settings};
use crate::registry::{Secrets, attest};
use crate::render::press::{Ordered, Press, PressWarning, Stock};
use crate::render::{CodeUse, CodeVersion, Faces};
use crate::startup::{NumberingNeeds, SecretFiles, SecretsError, StartError, TagKeyNeeds, store_settings};
use crate::storage::{self, Store, log_reading, tag_keys};

/// A running server signs each second.
const SIGNS_WITHIN: Duration = Duration::from_secs(3);
const CONNECT_WITHIN: Duration = Duration::from_secs(1);

/// Looks whether everything is in order.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    settings: SettingsFrom,
}

/// What was looked at: it is so, or it is wrong and this is to be done.
type Look = Result<String, (String, String)>;

impl Doctor {
    /// Does it.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let settings = self.settings.for_a_command()?;
        let mut looks = vec![Ok("settings: every key is known and every value can be meant".to_owned())];
        // The clock cannot be judged from inside; a person can, if it is told in the zone of the place.
        let time = settings.registry.zone.for_people(clock::now());
        looks.push(Ok(format!("clock: it is {time} here; compare with a watch")));
        plates(&settings, &mut looks);
        let taken = secrets(&settings, &mut looks);
        let reached = database(&settings);
        let is_reached = reached.is_ok();
        looks.push(reached);
        if is_reached {
            looks.extend(signer(&settings));
            looks.push(log(&settings, taken.as_ref()));
        }
        let mut exit = Exit::Done;
        for look in looks {
            match look {
                Ok(text) => paper::say(&format!("ok     {text}"))?,
                Err((wrong, remedy)) => {
                    exit = Exit::Wrong;
                    paper::say(&format!("WRONG  {wrong}\n       what to do: {remedy}"))?;
                }
            }
        }
        Ok(exit)
    }
}

/// Tells what the geometry of the plates comes to: a printer is asked with these figures.
fn plates(settings: &Settings, looks: &mut Vec<Look>) {
    let faces = match Faces::new(settings.registry.scheme, &settings.plates, &settings.registry.qr_host) {
        Ok(faces) => faces,
        Err(problem) => {
            let remedy =
                "change the length that is too small, or number_mm, or the host; config/base.toml explains them, and \
                          config/sparse-19.toml has lengths for numbers of seven symbols"
                    .to_owned();
            looks.push(Err((format!("plates: {}", with_causes(&problem, ": ")), remedy)));
            return;
        }
    };
    if settings.plates.qr != CodeUse::Omit {
        let host = &settings.registry.qr_host;
        let longer = if faces.version() > CodeVersion::SMALLEST {
            "; a host of at most 8 characters would make it version 2, whose modules can be larger"
        } else {
            ""
        };
        looks.push(Ok(format!("plates: the QR code leads to {host} and is {}{longer}", faces.version())));
    }
    looks.extend(faces.measured().iter().map(|measured| {
        let [width, height] = measured.size;
        let number = measured.widest.map_or_else(String::new, |(number, width)| {
            let [left, right] = [measured.left_of_number, measured.right_of_number];
            format!("the widest number, {number}, has {width} and leaves {left} at the left and {right} at the right")
        });
        let code = measured.code.map_or_else(String::new, |(module, side)| {
            format!("; the QR code has modules of {module} and {side} with its quiet zone")
        });
        Ok(format!("plates: {}: {width} × {height}; {number}{code}", measured.kind.section()))
    }));
    press(&faces, settings, looks);
}

/// Tells how many plates lie on a sheet of each stock, and what a printer should look at.
fn press(faces: &Faces, settings: &Settings, looks: &mut Vec<Look>) {
    for stock in Stock::ALL {
        let press = match Press::new(faces, &settings.press, stock) {
            Ok(press) => press,
            Err(problem) => {
                let remedy = "change the key that is named; config/base.toml explains it".to_owned();
                looks.push(Err((format!("press: {stock}: {problem}"), remedy)));
                continue;
            }
        };
        let ordered: Vec<_> = press.dies().map(|die| Ordered { die, items: 1 }).collect();
        let report = press.preflight(&ordered);
        let dies = report.dies.iter().map(|die| format!("{} {}", die.plates_a_sheet, die.die));
        looks.push(Ok(format!("press: {stock}: a sheet holds {}", dies.collect::<Vec<_>>().join(", or "))));
        if stock == Stock::Single {
            // The version of the code was told with the plates.
            let others = report.warnings.iter().filter(|it| !matches!(it, PressWarning::LargeCode { .. }));
            looks.extend(others.map(|warning| Ok(format!("press: to be looked at: {warning}"))));
        }
    }
}

fn secrets(settings: &Settings, looks: &mut Vec<Look>) -> Option<Secrets> {
    let only_look = SecretSettings { create: false, ..settings.secrets.clone() };
    let tags = TagKeyNeeds { current: settings.tags.key.get(), create: false, known: known_tag_keys(settings) };
    let numbers = match numbering(settings) {
        Ok(numbers) => numbers,
        Err(problem) => {
            looks.push(Err((format!("plate numbers: {}", with_causes(&problem, ": ")), problem.remedy().to_owned())));
            return None;
        }
    };
    match SecretFiles::take(&only_look, &settings.registry.origin, &tags, &numbers, &mut clock::chance()) {
        Err(problem) => {
            looks.push(Err((format!("secrets: {}", with_causes(&problem, ": ")), problem.remedy().to_owned())));
            None
        }
        Ok((files, secrets)) => {
            let findings = files.findings();
            if findings.is_empty() {
                looks.push(Ok(format!("secrets: all keys stand in {}", settings.secrets.directory.display())));
            }
            looks.extend(findings.into_iter().map(|finding| {
                let remedy = "chmod 700 the directory and 600 its files".to_owned();
                Err((format!("secrets: {}: {}", finding.path.display(), finding.wrong), remedy))
            }));
            Some(secrets)
        }
    }
}

/// Returns what the database knows of the scheme; nothing, where it cannot be asked, which is told elsewhere.
fn numbering(settings: &Settings) -> Result<NumberingNeeds, StartError> {
    let scheme = settings.registry.scheme;
    let blank = NumberingNeeds { scheme, create: false, known: None };
    if database(settings).is_err() {
        return Ok(blank);
    }
    let founded = !is_new(settings);
    match Store::open(&store_settings(&settings.database)) {
        Ok(store) => NumberingNeeds::find(&store, scheme, founded),
        Err(_) => Ok(blank),
    }
}

/// Returns which keys of tags the database knows; none, where it cannot be asked, which is told elsewhere. A database
/// that is not there is not made.
fn known_tag_keys(settings: &Settings) -> Vec<tag_keys::KnownTagKey> {
    if database(settings).is_err() {
        return Vec::new();
    }
    let known = Store::open(&store_settings(&settings.database)).and_then(|store| store.read(tag_keys::list));
    known.unwrap_or_default()
}

/// Looks at what the signer of the log keeps outside the database. Before the log is founded nothing needs be there.
fn signer(settings: &Settings) -> Option<Look> {
    let accepts = settings.secrets.accept_lost_signer_state;
    match SecretFiles::at(&settings.secrets.directory).signer_state() {
        Ok(_) if accepts => {
            let wrong = "secrets: the loss of what vouches for the audit log is accepted, although nothing is lost";
            Some(Err((wrong.to_owned(), "set secrets.accept_lost_signer_state to false".to_owned())))
        }
        Ok(state) => Some(Ok(format!("secrets: the signer vouches for entries of the audit log: {}", state.size()))),
        Err(SecretsError::SignerStateLost { .. }) if is_new(settings) => None,
        Err(problem) => Some(Err((format!("secrets: {}", with_causes(&problem, ": ")), problem.remedy().to_owned()))),
    }
}

/// Returns whether the log was not founded yet, as far as the database tells.
fn is_new(settings: &Settings) -> bool {
    let founded = Store::open(&store_settings(&settings.database)).and_then(|store| store.read(attest::is_founded));
    founded.is_ok_and(|founded| !founded)
}

fn database(settings: &Settings) -> Look {
    let url = &settings.database.url;
    if let Some(path) = url.strip_prefix("sqlite:").filter(|path| !Path::new(path).exists()) {
        let remedy = "check database.url; `scooter-registry migrate` makes a new database".to_owned();
        return Err((format!("database: there is no file {path}"), remedy));
    }
    match storage::pending(url) {
        Ok(steps) if steps.is_empty() => Ok("database: it can be reached and has this program's shape".to_owned()),
        Ok(steps) => {
            let wrong = format!("database: it lacks {}", steps.join(", "));
            Err((wrong, "make a backup, then run `scooter-registry migrate`".to_owned()))
        }
        Err(problem) => {
            let remedy = "check database.url, that the database runs, and that this account may use it".to_owned();
            Err((format!("database: {}", with_causes(&problem, ": ")), remedy))
        }
    }
}

/// What the database says about the log.
struct LogState {
    key: String,
    size: u64,
    signed: u64,
}

fn log_state(settings: &Settings) -> storage::Result<Option<LogState>> {
    Store::open(&store_settings(&settings.database))?.read(|db| {
        let Some(key) = log_reading::verifier_key(db)? else {
            return Ok(None);
        };
        let size = log_reading::log_size(db)?;
        let newest = SignedCheckpoint::parse(&log_reading::newest_checkpoint(db)?);
        let signed = newest.map_or(0, |signed| signed.claimed().size);
        Ok(Some(LogState { key, size, signed }))
    })
}

fn log(settings: &Settings, secrets: Option<&Secrets>) -> Look {
    let failed = |error: &storage::Error| {
        let wrong = format!("audit log: {}", with_causes(error, ": "));
        (wrong, "see the database above".to_owned())
    };
    let Some(found) = log_state(settings).map_err(|error| failed(&error))? else {
        return Ok("audit log: none yet; the first start founds it".to_owned());
    };
    if secrets.is_some_and(|secrets| secrets.verifier_key().to_string() != found.key) {
        let wrong = format!("audit log: it was founded with another key, {}", found.key);
        let remedy = "restore audit-log-signing.key from its backup, and check registry.origin and database.url";
        return Err((wrong, remedy.to_owned()));
    }
    if found.signed == found.size {
        return Ok(format!("audit log: all entries are under a signed checkpoint: {}", found.size));
    }
    let unsigned = format!(
        "audit log: entries not yet under a signed checkpoint: {} of {}",
        found.size.saturating_sub(found.signed),
        found.size
    );
    if !somebody_listens(settings) {
        return Ok(format!("{unsigned}; the server signs them when it runs"));
    }
    std::thread::park_timeout(SIGNS_WITHIN);
    match log_state(settings).map_err(|error| failed(&error))? {
        Some(later) if later.signed > found.signed => Ok("audit log: the server signs what is recorded".to_owned()),
        _ => {
            let remedy = "read the server's log for the reason, and run `scooter-registry log verify`";
            Err((format!("{unsigned}, although a server runs"), remedy.to_owned()))
        }
    }
}

fn somebody_listens(settings: &Settings) -> bool {
    let addresses = settings.server.listen.to_socket_addrs().into_iter().flatten();
    addresses.into_iter().any(|address| TcpStream::connect_timeout(&address, CONNECT_WITHIN).is_ok())
}
