//! What an operation on a text looks like on the wire: steps from the beginning of the text to its end.

use crate::{
    Code, Refusal,
    limits::{DOCUMENT, OPERATION_STEPS},
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};
use std::fmt;

/// What to do to a text, from its beginning to its end: `[5, "new", -2]` passes five characters, inserts three and deletes
/// two. All that is left of the text must be passed too, so that the lengths show whether an operation fits.
///
/// The form is that of ot.js, in which numbers above zero retain, numbers below zero delete, and strings insert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Operation(pub Vec<Step>);

/// One step of an [`Operation`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Passes this many characters.
    Retain(u32),
    /// Inserts a text.
    Insert(String),
    /// Deletes this many characters.
    Delete(u32),
}

impl Operation {
    /// Holds an operation against what can be said without the text it is for: 10,000 steps at most, none of them empty, no
    /// two of a kind side by side, no carriage return, no more inserted than a document holds. Refused with
    /// `bad_operation`, or with `document_full` for the last.
    pub fn check(&self) -> Result<(), Refusal> {
        let bad = |why: &str| Err(Refusal::new(Code::BadOperation, why));
        if self.0.len() > OPERATION_STEPS {
            return bad("An operation has 10,000 steps at most.");
        }
        if self.0.iter().any(Step::is_empty) {
            return bad("A step of an operation has a length.");
        }
        if self.0.windows(2).any(|pair| pair[0].is_like(&pair[1])) {
            return bad("Neighbouring steps of one kind are to be joined.");
        }
        if self.inserted().any(|text| text.contains('\r')) {
            return bad("Lines end with a line feed alone.");
        }
        if self.inserted().map(str::len).sum::<usize>() > DOCUMENT {
            return Err(Refusal::new(
                Code::DocumentFull,
                "A document has 1 MiB of text at most.",
            ));
        }
        Ok(())
    }

    /// All that it inserts.
    pub fn inserted(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|step| match step {
            Step::Insert(text) => Some(text.as_str()),
            Step::Retain(_) | Step::Delete(_) => None,
        })
    }
}

impl Step {
    fn is_empty(&self) -> bool {
        match self {
            Self::Retain(length) | Self::Delete(length) => *length == 0,
            Self::Insert(text) => text.is_empty(),
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Retain(length) => serializer.serialize_i64(i64::from(*length)),
            Self::Delete(length) => serializer.serialize_i64(-i64::from(*length)),
            Self::Insert(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StepVisitor)
    }
}

struct StepVisitor;

impl Visitor<'_> for StepVisitor {
    type Value = Step;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of characters or a text")
    }

    fn visit_u64<E: de::Error>(self, length: u64) -> Result<Step, E> {
        u32::try_from(length)
            .map(Step::Retain)
            .map_err(|_| E::custom("a step is too long"))
    }

    fn visit_i64<E: de::Error>(self, length: i64) -> Result<Step, E> {
        u32::try_from(length.unsigned_abs())
            .map(Step::Delete)
            .map_err(|_| E::custom("a step is too long"))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Step, E> {
        Ok(Step::Insert(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Step, E> {
        Ok(Step::Insert(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(json: &str) -> Option<Code> {
        let operation: Operation = serde_json::from_str(json).unwrap();
        operation.check().err().map(|refusal| refusal.code)
    }

    #[test]
    fn numbers_pass_or_delete_and_texts_insert() {
        let operation: Operation = serde_json::from_str(r#"[5,"new",-2]"#).unwrap();
        assert_eq!(
            operation.0,
            [Step::Retain(5), Step::Insert("new".into()), Step::Delete(2)]
        );
        assert_eq!(serde_json::to_string(&operation).unwrap(), r#"[5,"new",-2]"#);
        for crooked in ["[1.5]", "[null]", "[4294967296]", "[-4294967296]", "[true]", "[[1]]"] {
            assert!(serde_json::from_str::<Operation>(crooked).is_err(), "{crooked}");
        }
    }

    #[test]
    fn only_the_shortest_form_passes() {
        assert_eq!(code(r#"[5,"new",-2]"#), None);
        assert_eq!(code("[]"), None);
        for longer in ["[0]", r#"[1,""]"#, "[1,1]", r#"["a","b"]"#, "[-1,-1]", r#"["a\r\n"]"#] {
            assert_eq!(code(longer), Some(Code::BadOperation), "{longer}");
        }
        let many = Operation((0..=OPERATION_STEPS).map(|_| Step::Retain(1)).collect());
        assert_eq!(many.check().unwrap_err().code, Code::BadOperation);
    }

    #[test]
    fn more_than_a_document_holds_is_not_inserted() {
        let insert = |bytes: usize| Operation(vec![Step::Insert("x".repeat(bytes))]).check();
        assert!(insert(DOCUMENT).is_ok());
        assert_eq!(insert(DOCUMENT + 1).unwrap_err().code, Code::DocumentFull);
    }
}
