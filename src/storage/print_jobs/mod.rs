//! Print jobs: what was ordered, the plates of each in their order, the files and their bytes.
//!
//! *Invariant:* an order stands here as a whole from its first transaction on: what is not recorded by plate yet stands in
//! its parts.
//! *Invariant:* an order is never changed after it was recorded; only its progress is, and bytes that served their time go.

mod files;
mod items;
mod orders;
mod parts;

pub use files::{
    MadeFile, NewFile, StoredFile, content, erase_contents, files, find_file, insert_files, listed, make_file,
    next_to_make, seal_manifest,
};
pub use items::{NewPrint, PrintRow, insert_items, items_of_file, mark_made, printed_before};
pub use orders::{StoredJob, begin, end, find, insert, kept_since, list, mark_erased};
pub use parts::{OrderPart, WantedPlates, insert_parts, next_part, take_part};
