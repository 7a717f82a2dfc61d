//! From operations as they are on the wire to operations that can be transformed, and back.

use crate::{OperationSeq, Unfit};
use operational_transform::Operation as Step;
use protocol::{
    document::{Operation, Step as Written},
    limits::DOCUMENT,
};

/// Reads an operation that may come from anybody. Refused with [`Unfit::Length`] where it is longer than any document: so
/// no later sum of lengths can overflow, not even where a `usize` has 32 bits.
pub fn read(operation: &Operation) -> Result<OperationSeq, Unfit> {
    let length: u64 = operation.0.iter().map(passed).sum();
    if length > DOCUMENT as u64 {
        return Err(Unfit::Length);
    }
    let mut read = OperationSeq::with_capacity(operation.0.len());
    for step in &operation.0 {
        match step {
            Written::Retain(length) => read.retain(u64::from(*length)),
            Written::Insert(text) => read.insert(text),
            Written::Delete(length) => read.delete(u64::from(*length)),
        }
    }
    Ok(read)
}

/// Writes an operation in its shortest form, insertions before deletions: what was read from it is equal to it. A length
/// beyond 32 bits, which no document has, is written as the largest there is.
#[must_use]
pub fn write(operation: &OperationSeq) -> Operation {
    let short = |length: u64| u32::try_from(length).unwrap_or(u32::MAX);
    let written = operation.ops().iter().map(|step| match step {
        Step::Retain(length) => Written::Retain(short(*length)),
        Step::Insert(text) => Written::Insert(text.clone()),
        Step::Delete(length) => Written::Delete(short(*length)),
    });
    Operation(written.collect())
}

/// Characters of the text that a step passes.
fn passed(step: &Written) -> u64 {
    match step {
        Written::Retain(length) | Written::Delete(length) => u64::from(*length),
        Written::Insert(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn step() -> impl Strategy<Value = Written> {
        prop_oneof![
            (0_u32..1000).prop_map(Written::Retain),
            (0_u32..1000).prop_map(Written::Delete),
            "[a🙂\n]{0,5}".prop_map(Written::Insert),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_short_and_reads_as_the_same(steps in prop::collection::vec(step(), 0..40)) {
            let read_first = read(&Operation(steps)).unwrap();
            let written = write(&read_first);
            prop_assert!(written.check().is_ok());
            prop_assert_eq!(read(&written).unwrap(), read_first);
        }
    }

    #[test]
    fn what_is_longer_than_any_document_is_not_read() {
        let all = Written::Delete(DOCUMENT as u32);
        assert!(read(&Operation(vec![all.clone()])).is_ok());
        assert_eq!(read(&Operation(vec![all, Written::Retain(1)])), Err(Unfit::Length));
        let huge = Operation(vec![Written::Retain(u32::MAX); 10_000]);
        assert_eq!(read(&huge), Err(Unfit::Length));
    }
}
