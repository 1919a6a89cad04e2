//! The real program as a process of its own, to be killed.
//!
//! *Invariant:* only processes that a test started are ended.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A server in a process of its own.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts `scooter-registry serve` on a free port and waits until it says where it listens.
    pub(crate) fn start(database: &str, secrets: &Path) -> Self {
        Self::start_with(database, secrets, &[])
    }

    /// The same with more settings, each `SECTION__KEY` and its value.
    pub(crate) fn start_with(database: &str, secrets: &Path, more: &[(&str, &str)]) -> Self {
        let more = more.iter().map(|(key, value)| (format!("SCOOTER_REGISTRY__{key}"), *value));
        let mut child = Command::new(env!("CARGO_BIN_EXE_scooter-registry"))
            .arg("serve")
            .env("SCOOTER_REGISTRY__DATABASE__URL", database)
            .env("SCOOTER_REGISTRY__SECRETS__DIRECTORY", secrets)
            .env("SCOOTER_REGISTRY__SERVER__LISTEN", "127.0.0.1:0")
            .env("SCOOTER_REGISTRY__SERVER__LOOKUPS_PER_MINUTE", "0")
            .env("SCOOTER_REGISTRY__JOBS__POLL_MS", "20")
            .env("SCOOTER_REGISTRY__JOBS__LEASE_S", "2")
            .envs(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_whitespace().find(|word| word.starts_with("http://")).map(ToOwned::to_owned))
            .expect("the program says where it listens");
        // Somebody must go on reading, or the program would wait for room in the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    /// Returns the most memory it has held at once since its peak was forgotten, in bytes (Linux, proc(5): `VmHWM`).
    pub(crate) fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells it");
        line.trim().trim_end_matches("kB").trim().parse::<u64>().expect("a number") * 1024
    }

    /// Lets the peak begin anew with what it holds now.
    pub(crate) fn forget_peak(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").expect("its own user may");
    }

    /// Returns the niceness of its threads of this name (Linux, proc(5): `/proc/[pid]/task/[tid]/stat`).
    pub(crate) fn niceness(&self, name: &str) -> Vec<i64> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("it runs");
        let stats = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("stat")).ok());
        let of_thread = |stat: String| {
            let (before, after) = stat.rsplit_once(')')?;
            let is_named = before.split_once('(').is_some_and(|(_, found)| found == name);
            // The state behind the name is the third field, the niceness the nineteenth.
            if is_named { after.split_whitespace().nth(16)?.parse().ok() } else { None }
        };
        stats.filter_map(of_thread).collect()
    }

    /// Kills it: SIGKILL, no farewell.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the program can be killed");
        self.child.wait().expect("the program ended");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
