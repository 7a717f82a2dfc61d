//! A file that can be written without being changed: what is written lies over it, in memory.
//!
//! redb writes when it opens a file, to repair what an unclean stop left. Over a file that may be anybody's it works on
//! this.

use redb::StorageBackend;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Bytes of a piece: redb's pages are as large, and it writes whole ones.
const PIECE: u64 = 4096;

/// The file and what lies over it. Takes no locks: whoever looks holds the directory.
#[derive(Debug)]
pub(super) struct Overlay(Mutex<Sheet>);

#[derive(Debug)]
struct Sheet {
    /// Open for reading alone, so that nothing here could write to it.
    file: File,
    /// Bytes of the file that are still in view. Shrinks when the storage does, and never grows again.
    below: u64,
    /// Bytes of the storage.
    len: u64,
    /// Pieces that were written, by number.
    above: BTreeMap<u64, Vec<u8>>,
}

impl Overlay {
    /// Lies over this file, which is only read.
    pub(super) fn new(file: File) -> io::Result<Self> {
        let len = file.metadata()?.len();
        Ok(Self(Mutex::new(Sheet {
            file,
            below: len,
            len,
            above: BTreeMap::new(),
        })))
    }

    fn lock(&self) -> MutexGuard<'_, Sheet> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sheet {
    /// A piece as it is seen from above: what was written, else what the file has, else zeros.
    fn piece(&mut self, number: u64) -> io::Result<Vec<u8>> {
        if let Some(piece) = self.above.get(&number) {
            return Ok(piece.clone());
        }
        let mut piece = Vec::new();
        let start = number * PIECE;
        self.file.seek(SeekFrom::Start(start))?;
        let visible = self.below.saturating_sub(start).min(PIECE);
        (&mut self.file).take(visible).read_to_end(&mut piece)?;
        piece.resize(PIECE as usize, 0);
        Ok(piece)
    }

    /// Calls `each` with every piece of a stretch of `len` bytes: its number, its own part and the stretch's part.
    fn pieces(
        &mut self,
        offset: u64,
        len: usize,
        mut each: impl FnMut(&mut Self, u64, std::ops::Range<usize>, std::ops::Range<usize>) -> io::Result<()>,
    ) -> io::Result<()> {
        let end = offset.checked_add(len as u64).filter(|end| *end <= self.len);
        let end = end.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        let mut at = offset;
        while at < end {
            let (number, within) = (at / PIECE, at % PIECE);
            let take = (PIECE - within).min(end - at);
            let (own, from) = (within as usize, (at - offset) as usize);
            each(self, number, own..own + take as usize, from..from + take as usize)?;
            at += take;
        }
        Ok(())
    }
}

impl StorageBackend for Overlay {
    fn len(&self) -> io::Result<u64> {
        Ok(self.lock().len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.lock().pieces(offset, out.len(), |sheet, number, own, part| {
            out[part].copy_from_slice(&sheet.piece(number)?[own]);
            Ok(())
        })
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut sheet = self.lock();
        if len < sheet.len {
            sheet.below = sheet.below.min(len);
            sheet.above.split_off(&len.div_ceil(PIECE));
            if let Some(last) = sheet.above.get_mut(&(len / PIECE)) {
                last[(len % PIECE) as usize..].fill(0);
            }
        }
        sheet.len = len;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.lock().pieces(offset, data.len(), |sheet, number, own, part| {
            let mut piece = sheet.piece(number)?;
            piece[own].copy_from_slice(&data[part]);
            sheet.above.insert(number, piece);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};
    use std::io::Write;

    #[derive(Clone, Debug)]
    enum Step {
        Write(u64, Vec<u8>),
        Len(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0_u64..20_000, vec(any::<u8>(), 0..9000)).prop_map(|(at, data)| Step::Write(at, data)),
            1 => (0_u64..20_000).prop_map(Step::Len),
        ]
    }

    proptest! {
        /// Against a plain vector, and the file below it stays what it was.
        #[test]
        fn it_reads_as_what_was_written_over_the_file(
            below in vec(any::<u8>(), 0..15_000),
            steps in vec(step(), 0..12),
        ) {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&below).unwrap();
            let overlay = Overlay::new(File::open(file.path()).unwrap()).unwrap();
            let mut model = below.clone();
            for step in steps {
                match step {
                    Step::Write(at, data) => {
                        let range = at as usize..at as usize + data.len();
                        let fits = range.end <= model.len();
                        prop_assert_eq!(overlay.write(at, &data).is_ok(), fits);
                        if fits {
                            model[range].copy_from_slice(&data);
                        }
                    }
                    Step::Len(len) => {
                        overlay.set_len(len).unwrap();
                        model.resize(len as usize, 0);
                    }
                }
                prop_assert_eq!(overlay.len().unwrap(), model.len() as u64);
                let mut seen = vec![0; model.len()];
                overlay.read(0, &mut seen).unwrap();
                prop_assert!(seen == model);
                prop_assert!(overlay.read(1, &mut seen).is_err(), "it reads past the end");
            }
            prop_assert!(std::fs::read(file.path()).unwrap() == below);
        }
    }
}
