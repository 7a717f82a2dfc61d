//! Giving memory that is free back to the system.
//!
//! glibc keeps what was freed for later, however much it is: a process that once held a crowd stays as large as the crowd.
//! Other allocators give it back by themselves, those of musl, macOS and Windows among them; but glibc's is the one that
//! needs least for a connection.

/// Gives back every page on which nothing lives. Takes some milliseconds for each 100 MB, in which other threads that
/// allocate may wait; so it is for the calm after a crowd. Does nothing where the allocator is not glibc's.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "there is no other way to say it to glibc")]
    // SAFETY: malloc_trim asks nothing of who calls it, and may be called by any thread at any time.
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_in_use_stays() {
        let kept: Vec<Vec<u8>> = (0..1000).map(|n| vec![n as u8; 10_000]).step_by(2).collect();
        super::give_back();
        assert!(
            kept.iter()
                .enumerate()
                .all(|(n, bytes)| bytes.iter().all(|byte| *byte == (2 * n) as u8))
        );
    }
}
