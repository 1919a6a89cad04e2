//! `print`: plates fetched from a server, one as a picture, many as a job of print files.
//!
//! *Invariant:* what the server drew is written as it came: the program that prints decides nothing.

mod arguments;
mod batch;
mod saved;
mod single;

pub(super) use arguments::Print;
