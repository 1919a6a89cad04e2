//! A plate drawn: values in, bytes out, the same bytes every time.
//!
//! [`Faces`] are measured once from the settings; [`Faces::draw`] puts a number, its pair, a QR code and lines of text on a
//! [`Face`]; [`svg`], [`pdf`] and a [`Plotter`] make files of it.
//!
//! *Invariant:* no clock, no storage, no files; nothing here knows whether a number was issued or a code is genuine.

mod length;
mod outline;
mod settings;
mod typeface;

mod code_table;
mod penalty;
mod symbol;

mod grid;
mod layout;
mod text;

mod face;
mod measured;
mod specimen;

mod bitmap;
mod pdf;
mod png;
mod svg;

pub mod press;

mod drawing;

#[cfg(test)]
mod face_tests;

pub use drawing::DRAWING;
pub use face::{Face, FaceProblem, Faces, Ink, Inscription, Mark, Validity};
pub use grid::{narrowest_number, widest_number};
pub use layout::{Area, LayoutProblem};
pub use length::{Length, Ratio};
pub use measured::Measured;
pub use outline::Step;
pub use pdf::pdf;
pub use png::{Dpi, Plotter, PngProblem};
pub use settings::{CodeUse, FaceKind, FaceSettings, PairUse, Part, PlateSettings};
pub use svg::svg;
pub use symbol::{CodeProblem, CodeVersion, Symbol};
