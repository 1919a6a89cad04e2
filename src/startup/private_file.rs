//! Files that only the account of the program may read: made whole, or replaced whole, or not at all.
//!
//! *Invariant:* at no instant does a reader, or a power cut, find half a file under its name.

use rand::Rng as _;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::clock;

/// Readable and writable by its owner.
const FILE_MODE: u32 = 0o600;
/// The same, for a directory.
const DIRECTORY_MODE: u32 = 0o700;

/// Makes a file (0600) with these bytes, and its directory (0700) if there is none.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] where a file of that name stands; it is left as it was.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = write_beside(path, bytes)?;
    // Unlike a rename, a link never takes the place of a file that another process made meanwhile.
    let linked = fs::hard_link(&fresh, path);
    fs::remove_file(&fresh)?;
    linked?;
    sync_directory(path)
}

/// Puts these bytes in the place of a file, or makes it (0600).
///
/// # Errors
/// Those of the disk; the file is then as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = write_beside(path, bytes)?;
    fs::rename(&fresh, path).inspect_err(|_| discard(&fresh))?;
    sync_directory(path)
}

/// Makes an empty file (0600) if there is none, in a directory that stands: so that a program which fills it cannot make
/// it readable by others.
///
/// # Errors
/// Those of the disk.
pub(super) fn reserve(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(directory_of(path))?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // By chance, not by the number of the process: programs in two containers have the same one, and one directory.
    name.push(format!(".{:016x}.new", clock::chance().next_u64()));
    let fresh = path.with_file_name(name);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(&fresh)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).inspect_err(|_| discard(&fresh))?;
    Ok(fresh)
}

/// Removes what was begun; on a disk that failed this may fail too, and the first failure is the one to tell.
fn discard(fresh: &Path) {
    let _ = fs::remove_file(fresh);
}

fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(directory_of(path))?.sync_all()
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_its_owners_alone_and_is_made_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secrets").join("one.key");
        create(&path, b"first").unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(create(&path, b"second").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
    }

    #[test]
    fn a_reserved_file_is_its_owners_alone_and_one_that_stands_is_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("registry.db");
        reserve(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        fs::write(&path, "filled").unwrap();
        reserve(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"filled");
        assert!(reserve(&directory.path().join("none").join("registry.db")).is_err());
    }

    #[test]
    fn replacing_leaves_one_file_with_the_new_bytes() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state");
        replace(&path, b"first").unwrap();
        replace(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn one_process_writes_beside_a_file_under_a_new_name_each_time() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state");
        let (one, other) = (write_beside(&path, b"one").unwrap(), write_beside(&path, b"other").unwrap());
        assert_eq!((fs::read(one).unwrap(), fs::read(other).unwrap()), (b"one".to_vec(), b"other".to_vec()));
    }

    #[test]
    fn a_file_that_cannot_be_put_in_its_place_leaves_nothing_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state");
        fs::create_dir(&path).unwrap();
        assert!(replace(&path, b"new").is_err(), "a directory stands in the place");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
