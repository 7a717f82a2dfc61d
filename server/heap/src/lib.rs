//! Giving memory that is free back to the system.
//!
//! glibc keeps what was freed for later, however much it is: a process that once held a crowd stays as large as the crowd.
//! Other allocators give it back by themselves, those of musl, macOS and Windows among them; but glibc's is the one that
//! needs least for a connection.

/// Whether the allocator is glibc's.
const GLIBC: bool = cfg!(all(target_os = "linux", target_env = "gnu"));

/// What a thread has freed and glibc keeps for it alone: some blocks of each small size, each of which holds the page that it
/// lies on.
#[must_use = "it is to be given back"]
pub struct Cache(#[expect(dead_code, reason = "held, and dropped")] Vec<Vec<u8>>);

/// Bytes that the largest block has that a thread keeps for itself.
const LARGEST: usize = 1032;

/// Bytes from one size of blocks to the next.
const STEP: usize = 16;

/// Blocks of each size that a thread keeps for itself at most: 7, and 16 from glibc 2.42 on.
const OF_EACH: usize = 16;

impl Cache {
    /// Takes what is kept for the thread that calls; nothing where the allocator is not glibc's.
    pub fn take() -> Self {
        if !GLIBC {
            return Self(Vec::new());
        }
        let sizes = (24..=LARGEST).step_by(STEP);
        let blocks = sizes.flat_map(|size| std::iter::repeat_with(move || Vec::with_capacity(size)).take(OF_EACH));
        Self(blocks.collect())
    }
}

/// Gives back every page on which nothing lives, with what was kept for a thread. Takes some milliseconds for each 100 MB, in
/// which other threads that allocate may wait; so it is for the calm after a crowd. Does nothing where the allocator is not
/// glibc's.
pub fn give_back(cache: Cache) {
    if !GLIBC {
        return;
    }
    // What a thread keeps is free for all once it ends; where there is none to be had, it is kept for this one.
    std::thread::Builder::new()
        .spawn(move || drop(cache))
        .map(|thread| thread.join().ok())
        .ok();
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "there is no other way to say it to glibc")]
    // SAFETY: malloc_trim asks nothing of who calls it, and may be called by any thread at any time.
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_use_stays() {
        let kept: Vec<Vec<u8>> = (0..1000).map(|n| vec![n as u8; 10_000]).step_by(2).collect();
        give_back(Cache::take());
        assert!(
            kept.iter()
                .enumerate()
                .all(|(n, bytes)| bytes.iter().all(|byte| *byte == (2 * n) as u8))
        );
    }
}
