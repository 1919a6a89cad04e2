//! What every print file must hold.
//!
//! *Invariant:* files are judged by what stands in them.
