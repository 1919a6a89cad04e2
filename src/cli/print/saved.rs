//! A file on its way to the disk: written beside its place, compared, synced, and only then put there.
//!
//! *Invariant:* under its own name a file is whole or not there, whenever the program or the machine stops.

use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use zip::ZipArchive;

use crate::cli::api::Api;
use crate::cli::{Exit, Failure};

/// A file that is wanted.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Its path at the server.
    pub(super) path: String,
    /// Where it is put.
    pub(super) to: PathBuf,
    /// Its SHA-256, where it is known.
    pub(super) sha256: Option<String>,
    /// What is in it, by name and SHA-256.
    pub(super) inside: Vec<(String, String)>,
}

/// How often a download that broke off is begun again.
const ATTEMPTS: u32 = 3;

/// Fetches a file; returns how many bytes it has. A download that broke off is begun again.
pub(super) fn fetch(api: &Api, wanted: &Wanted) -> Result<u64, Failure> {
    let beside = beside(&wanted.to);
    let mut attempt = 1;
    loop {
        match once(api, wanted, &beside) {
            Ok(bytes) => return Ok(bytes),
            Err(failure) if attempt >= ATTEMPTS || failure.exit() != Exit::Failed => {
                // What is left of it is worth nothing.
                let _ = std::fs::remove_file(&beside);
                return Err(failure);
            }
            Err(_) => attempt += 1,
        }
    }
}

fn once(api: &Api, wanted: &Wanted, beside: &Path) -> Result<u64, Failure> {
    let unwritable = |error| self::unwritable(&wanted.to, error);
    let file = OpenOptions::new().write(true).create(true).truncate(true).open(beside).map_err(unwritable)?;
    let mut out = Hashing { out: BufWriter::new(file), hash: Sha256::new() };
    let bytes = api.get_into(&wanted.path, &mut out)?;
    let file = out.out.into_inner().map_err(|error| unwritable(error.into_error()))?;
    file.sync_all().map_err(unwritable)?;
    let found = hex::encode(out.hash.finalize());
    if wanted.sha256.as_ref().is_some_and(|told| *told != found) {
        return Err(differs(&wanted.to));
    }
    compare(beside, wanted)?;
    std::fs::rename(beside, &wanted.to).map_err(unwritable)?;
    // The name is durable only with its directory.
    let folder = wanted.to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(unwritable)?;
    Ok(bytes)
}

/// Compares what an archive holds with what the server told of it.
fn compare(archive: &Path, wanted: &Wanted) -> Result<(), Failure> {
    if wanted.inside.is_empty() {
        return Ok(());
    }
    let file = File::open(archive).map_err(|error| unwritable(archive, error))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_broken| differs(&wanted.to))?;
    for (name, told) in &wanted.inside {
        let mut inner = archive.by_name(name).map_err(|_missing| differs(&wanted.to))?;
        let mut hash = Sha256::new();
        let mut buffer = [0_u8; 8 * 1024];
        loop {
            let count = inner.read(&mut buffer).map_err(|_broken| differs(&wanted.to))?;
            let Some(part) = buffer.get(..count).filter(|part| !part.is_empty()) else { break };
            hash.update(part);
        }
        if hex::encode(hash.finalize()) != *told {
            return Err(differs(&wanted.to));
        }
    }
    Ok(())
}

fn differs(to: &Path) -> Failure {
    let said = format!("{} came otherwise than the server says it is", to.display());
    Failure::new(Exit::Failed, said, "try again; if it stays so, something between here and the server changes files")
}

/// Says that something could not be written.
pub(super) fn unwritable(to: &Path, error: io::Error) -> Failure {
    let remedy = format!("check that {} can be written, or name another place with --output", to.display());
    Failure::new(Exit::Failed, error, remedy)
}

fn beside(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    to.with_file_name(name)
}

/// Hashes what is written.
struct Hashing {
    out: BufWriter<File>,
    hash: Sha256,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
