//! Threads that stand back: those of whoever needs no key, behind everybody else's.
//!
//! *Invariant:* they get less of a processor than others that want it, and never all processors.

#[cfg(target_os = "linux")]
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// By how much this thread stands back behind the others when processors are short: it then gets about a tenth of what they get
/// (sched(7)). Not the most there is (19): the public is to be served also on a machine that is always busy.
#[cfg(target_os = "linux")]
const STANDS_BACK: i32 = 10;

/// Gives this thread a lower priority, and only half of the processors. Only Linux has either for each thread; elsewhere it would be
/// the whole process's.
#[cfg(target_os = "linux")]
pub fn stand_back() {
    if let Err(error) = rustix::process::nice(STANDS_BACK) {
        tracing::warn!(%error, "the public is served at the same priority as everybody else");
    }
    // Priorities do not hold within the kernel: what it does for an officer's answer, on the processor where that was asked for
    // (the flush of a disk is handed to a thread of its own there), was seen to wait tens of milliseconds behind requests of a crowd.
    if let Err(error) =
        sched_getaffinity(None).and_then(|all| half(&all).map_or(Ok(()), |half| sched_setaffinity(None, &half)))
    {
        tracing::warn!(%error, "the public may take all processors");
    }
}

/// The second half of the processors, the smaller one; `None` where there is only one.
#[cfg(target_os = "linux")]
fn half(all: &CpuSet) -> Option<CpuSet> {
    let mut half = CpuSet::new();
    let set: Vec<_> = (0..CpuSet::MAX_CPU).filter(|cpu| all.is_set(*cpu)).collect();
    let (_, second) = set.split_at(set.len().div_ceil(2));
    for cpu in second {
        half.set(*cpu);
    }
    (!second.is_empty()).then_some(half)
}

/// Does nothing: elsewhere a lower priority would be the whole process's.
#[cfg(not(target_os = "linux"))]
pub fn stand_back() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn set(cpus: &[usize]) -> CpuSet {
        let mut set = CpuSet::new();
        for cpu in cpus {
            set.set(*cpu);
        }
        set
    }

    #[test]
    fn at_least_half_of_the_processors_stay_free_of_the_public() {
        assert!(half(&set(&[3])).is_none());
        assert!(half(&set(&[0, 1])) == Some(set(&[1])));
        assert!(half(&set(&[1, 4, 6])) == Some(set(&[6])));
        assert!(half(&set(&[0, 1, 2, 3])) == Some(set(&[2, 3])));
    }
}
