//! A copy of an embedded database while it is in use.
//!
//! *Invariant:* the copy is of one instant, whole, readable by its owner only, and durable before it is called done;
//! no file is written over.

use std::fs::{File, OpenOptions, remove_file};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

use super::connection::{Opener, StoreSettings};
use super::dialect::{Copied, copy_into};

/// Why a database was not copied.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The database is a server, which has its own way.
    #[error("a PostgreSQL database is not copied by this program")]
    Server,
    /// There is no database yet.
    #[error("there is no database {}", .0.display())]
    Missing(PathBuf),
    /// A file of that name stands.
    #[error("the file {} stands already", .0.display())]
    Taken(PathBuf),
    /// The file cannot be written.
    #[error("the file {} cannot be written", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database failed.
    #[error("the database could not be copied")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Copies the database of the settings into a new file; writers go on meanwhile. Returns the size of the copy in bytes.
///
/// # Errors
/// [`BackupError`]; then no file is left.
pub fn backup(settings: &StoreSettings, to: &Path) -> Result<u64, BackupError> {
    let path = settings.url.strip_prefix("sqlite:").map(Path::new).ok_or(BackupError::Server)?;
    if !path.exists() {
        return Err(BackupError::Missing(path.to_path_buf()));
    }
    let mut db = Opener::new(&settings.url).open().map_err(|error| BackupError::Database(Box::new(error)))?;
    // The file is made first, so that the copy is never readable by others; an empty one is taken as a new database.
    let disk = |source| BackupError::Disk { path: to.to_path_buf(), source };
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists { BackupError::Taken(to.to_path_buf()) } else { disk(error) }
    })?;
    let copied = match copy_into(&mut db, &to.to_string_lossy()) {
        Ok(Copied::Whole) => sync(&file, to).map_err(disk),
        Ok(Copied::NotHere) => Err(BackupError::Server),
        Err(error) => Err(BackupError::Database(Box::new(error))),
    };
    if copied.is_err() {
        // The failure is told; what is left of the file is of no use.
        let _ = remove_file(to);
    }
    copied
}

fn sync(file: &File, path: &Path) -> io::Result<u64> {
    file.sync_all()?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(directory.unwrap_or_else(|| Path::new(".")))?.sync_all()?;
    Ok(file.metadata()?.len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;
    use crate::storage::{Store, idempotency, migrate};
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    fn settings(path: &Path) -> StoreSettings {
        StoreSettings { url: format!("sqlite:{}", path.display()), connections: 2, wait: Duration::from_secs(5) }
    }

    #[test]
    fn a_copy_holds_what_was_committed_and_is_its_owners_alone() {
        use crate::model::{AccountId, Moment};
        let directory = tempfile::tempdir().unwrap();
        let original = settings(&directory.path().join("registry.db"));
        migrate(&original.url).unwrap();
        let account_id = AccountId::from_text("somebody");
        let call = idempotency::Keyed {
            account_id: account_id.clone(),
            key: "kept".to_owned(),
            route: "POST /".to_owned(),
            body_digest: vec![1],
        };
        let store = Store::open(&original).unwrap();
        store.write(|tx| idempotency::take(tx, &call, Moment::from_millis(1))).unwrap();

        let copy = directory.path().join("copy.db");
        assert!(backup(&original, &copy).unwrap() > 0);
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        let found = Store::open(&settings(&copy)).unwrap().read(|db| idempotency::find(db, &account_id, "kept"));
        assert_eq!(found.unwrap().unwrap().route, "POST /");
    }

    #[test]
    fn a_server_is_not_even_called() {
        let url = "postgres://registry@database.invalid/registry".to_owned();
        let settings = StoreSettings { url, connections: 1, wait: Duration::from_secs(1) };
        assert!(matches!(backup(&settings, Path::new("copy.db")), Err(BackupError::Server)));
    }

    #[test]
    fn no_file_is_written_over_and_no_database_made() {
        let directory = tempfile::tempdir().unwrap();
        let original = settings(&directory.path().join("registry.db"));
        let copy = directory.path().join("copy.db");
        assert!(matches!(backup(&original, &copy), Err(BackupError::Missing(_))));
        assert!(!directory.path().join("registry.db").exists());
        migrate(&original.url).unwrap();
        std::fs::write(&copy, "somebody's").unwrap();
        assert!(matches!(backup(&original, &copy), Err(BackupError::Taken(_))));
        assert_eq!(std::fs::read(&copy).unwrap(), b"somebody's");
    }
}
