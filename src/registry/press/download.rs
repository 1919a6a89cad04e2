//! A file on its way out: read and packed piece by piece, as fast as it is taken.
//!
//! *Invariant:* one file of the job is in memory at a time, however large the batch; the same job gives the same bytes.

use std::collections::VecDeque;
use std::io::{self, Cursor, Write};
use std::sync::{Arc, Mutex, PoisonError};
use zip::write::StreamWriter;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::draw::packed;
use super::error::PrintJobError;
use crate::model::PrintJobId;
use crate::storage::{Store, print_jobs};

/// Something that is done for the next piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A file of the archive begins under this name; compressed or as it is.
    Begin(String, bool),
    /// These bytes.
    Bytes(Vec<u8>),
    /// The bytes of the file at this place.
    Content(i32),
    /// What the file at this place brings to the list.
    Listed(i32),
    /// What is packed in the file at this place, as files of the archive.
    Unpacked(i32),
    /// The archive ends.
    Finish,
}

/// What is packed lands here, and is taken from here.
#[derive(Debug, Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file that is given out.
pub struct Download {
    /// Under which name it is to be saved.
    pub name: String,
    /// What the log calls it.
    pub(super) recorded_as: String,
    /// How many bytes it has, where that is known beforehand.
    pub size: Option<u64>,
    /// Their SHA-256, hexadecimal, where it is known.
    pub sha256: Option<String>,
    store: Store,
    id: PrintJobId,
    steps: VecDeque<Step>,
    archive: Option<(ZipWriter<StreamWriter<Sink>>, Sink)>,
}

impl Download {
    pub(super) const fn new(store: Store, id: PrintJobId, steps: VecDeque<Step>) -> Self {
        Self {
            name: String::new(),
            recorded_as: String::new(),
            size: None,
            sha256: None,
            store,
            id,
            steps,
            archive: None,
        }
    }

    pub(super) fn packed(store: Store, id: PrintJobId, steps: VecDeque<Step>) -> Self {
        let sink = Sink::default();
        Self { archive: Some((ZipWriter::new_stream(sink.clone()), sink)), ..Self::new(store, id, steps) }
    }

    /// Returns the next piece; `None` after the last one. To be called on a thread that may wait for the database.
    ///
    /// # Errors
    /// [`PrintJobError::Erased`] where the bytes went meanwhile; those of the database.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>, PrintJobError> {
        while let Some(step) = self.steps.pop_front() {
            let piece = self.step(step)?;
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    fn step(&mut self, step: Step) -> Result<Vec<u8>, PrintJobError> {
        let bytes = match &step {
            Step::Bytes(bytes) => bytes.clone(),
            Step::Content(place) | Step::Unpacked(place) => {
                let kept = self.store.read(|db| print_jobs::content(db, &self.id, *place))?;
                kept.ok_or(PrintJobError::Erased)?
            }
            Step::Listed(place) => {
                let kept = self.store.read(|db| print_jobs::listed(db, &self.id, *place))?;
                kept.ok_or(PrintJobError::Erased)?
            }
            Step::Begin(..) | Step::Finish => Vec::new(),
        };
        let Some((archive, sink)) = &mut self.archive else { return Ok(bytes) };
        match step {
            Step::Begin(name, compressed) => {
                let method = if compressed { CompressionMethod::Deflated } else { CompressionMethod::Stored };
                archive.start_file(name, packed(method))?;
            }
            Step::Bytes(_) | Step::Content(_) | Step::Listed(_) => {
                archive.write_all(&bytes).map_err(zip::result::ZipError::Io)?;
            }
            Step::Unpacked(_) => {
                let mut inner = ZipArchive::new(Cursor::new(bytes))?;
                for place in 0..inner.len() {
                    archive.raw_copy_file(inner.by_index_raw(place)?)?;
                }
            }
            Step::Finish => {
                let piece = sink.clone();
                if let Some((archive, _)) = self.archive.take() {
                    archive.finish()?;
                }
                return Ok(piece.take());
            }
        }
        Ok(sink.take())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn what_is_packed_piece_by_piece_is_an_archive_with_its_names_and_bytes() {
        let sink = Sink::default();
        let mut archive = ZipWriter::new_stream(sink.clone());
        let mut whole = Vec::new();
        for (name, method) in [("a.csv", CompressionMethod::Deflated), ("b.pdf", CompressionMethod::Stored)] {
            archive.start_file(name, packed(method)).unwrap();
            archive.write_all(name.as_bytes()).unwrap();
            archive.write_all(b"more").unwrap();
            whole.extend(sink.take());
        }
        archive.finish().unwrap();
        whole.extend(sink.take());
        let mut read = ZipArchive::new(Cursor::new(whole)).unwrap();
        let mut text = String::new();
        read.by_name("b.pdf").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!((read.len(), text.as_str()), (2, "b.pdfmore"));
    }
}
