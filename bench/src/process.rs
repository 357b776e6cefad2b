//! Process: what Linux says a process has used. Reads `/proc` and nothing else; times nobody.

use std::fs;
use std::io;
use std::time::Duration;

/// Processor time that the living threads of process `pid` have used, exact to the nanosecond while they sleep.
///
/// # Errors
///
/// When there is no such process, or no `/proc`.
pub(crate) fn cpu(pid: u32) -> io::Result<Duration> {
    let mut used = Duration::ZERO;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        used += thread_cpu(&thread?.path());
    }
    Ok(used)
}

/// Processor time of this process's living threads with the name `name`.
///
/// # Errors
///
/// When there is no `/proc`.
pub(crate) fn cpu_of_threads(name: &str) -> io::Result<Duration> {
    let mut used = Duration::ZERO;
    for thread in fs::read_dir("/proc/self/task")? {
        let path = thread?.path();
        if fs::read_to_string(path.join("comm")).is_ok_and(|comm| comm.trim_end() == name) {
            used += thread_cpu(&path);
        }
    }
    Ok(used)
}

/// A thread that ended while it was looked at has used nothing that can still be known.
fn thread_cpu(task: &std::path::Path) -> Duration {
    let said = fs::read_to_string(task.join("schedstat")).unwrap_or_default();
    let nanoseconds = said.split_whitespace().next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// Memory of a process that is in RAM.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Now, in bytes.
    pub now_bytes: u64,
    /// The most so far, in bytes.
    pub peak_bytes: u64,
}

/// Memory of process `pid`.
///
/// # Errors
///
/// When there is no such process, or no `/proc`.
pub(crate) fn memory(pid: u32) -> io::Result<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kibibytes =
            line.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse::<u64>().ok());
        kibibytes
            .map(|kibibytes| kibibytes * 1024)
            .ok_or_else(|| io::Error::other(format!("the process does not say its {name}")))
    };
    Ok(Memory { now_bytes: bytes("VmRSS:")?, peak_bytes: bytes("VmHWM:")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_works_has_used_more() {
        let before = cpu(std::process::id()).unwrap();
        let sum = (0..5_000_000_u64).fold(0_u64, |sum, n| std::hint::black_box(sum ^ n.wrapping_mul(n)));
        assert_ne!(sum, 1);
        assert!(before < cpu(std::process::id()).unwrap());
    }

    #[test]
    fn memory_now_is_not_above_its_peak() {
        let memory = memory(std::process::id()).unwrap();
        assert!(0 < memory.now_bytes && memory.now_bytes <= memory.peak_bytes, "{memory:?}");
    }

    #[test]
    fn who_is_not_there_is_an_error() {
        assert!(cpu(u32::MAX).is_err() && memory(u32::MAX).is_err());
    }
}
