//! What the operating system says of memory. By the crate `sysinfo`, which knows what a container may take.

use sysinfo::{MemoryRefreshKind, Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// Bytes that there are: of the container where that has a limit, else of the machine. `None` where the system does not say.
pub(super) fn all() -> Option<u64> {
    let mut system = System::new();
    system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
    // What a container may take is asked for only then: the crate panics otherwise.
    let machine = Some(system.total_memory()).filter(|bytes| *bytes > 0)?;
    Some(system.cgroup_limits().map_or(machine, |limits| limits.total_memory))
}

/// This process, as the system sees it.
pub(super) struct Process {
    system: System,
    pid: Pid,
}

impl Default for Process {
    fn default() -> Self {
        Self {
            system: System::new(),
            pid: Pid::from_u32(std::process::id()),
        }
    }
}

impl Process {
    /// Bytes that it has in memory now; 0 where the system does not say.
    pub(super) fn resident(&mut self) -> u64 {
        let kind = ProcessRefreshKind::nothing().with_memory().without_tasks();
        let this = ProcessesToUpdate::Some(&[self.pid]);
        self.system.refresh_processes_specifics(this, false, kind);
        self.system.process(self.pid).map_or(0, sysinfo::Process::memory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_memory_is_known() {
        let megabyte = 1024 * 1024;
        let resident = Process::default().resident();
        assert!((megabyte..1024 * megabyte).contains(&resident));
        assert!(all().unwrap() > resident);
    }
}
