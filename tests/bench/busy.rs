//! How long this thread has been at work: what a neighbour on the same core takes away does not count.
//!
//! *Invariant:* only differences mean something.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Returns the time that the first thread of the process has had a core (Linux, proc(5): `schedstat`); where the system does
/// not tell, the time since this was first asked. Python's `time.process_time` is the same for a process of one thread.
pub(crate) fn busy() -> Duration {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(|| BEGAN.elapsed(), Duration::from_nanos)
}
