//! How a change is read: all five kinds through one shape, since five shapes would be five times the code in a page.

use super::Change;
use crate::{Hue, NoteId, Seq};
use serde::Deserialize;

/// A change as it comes: one of these, and no other.
#[derive(Deserialize)]
pub(super) struct Wire {
    make: Option<Fields>,
    r#move: Option<Fields>,
    color: Option<Fields>,
    edit: Option<Fields>,
    delete: Option<Fields>,
}

/// Everything that any kind of change says.
#[derive(Deserialize)]
struct Fields {
    note: NoteId,
    x: Option<f64>,
    y: Option<f64>,
    hue: Option<Hue>,
    version: Option<Seq>,
    text: Option<String>,
}

/// Why something is no change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadChange {
    #[error("a change is one of make, move, color, edit and delete")]
    Kind,
    #[error("missing field `{0}`")]
    Missing(&'static str),
}

impl TryFrom<Wire> for Change {
    type Error = BadChange;

    fn try_from(wire: Wire) -> Result<Self, BadChange> {
        let Wire {
            make,
            r#move,
            color,
            edit,
            delete,
        } = wire;
        match (make, r#move, color, edit, delete) {
            (Some(fields), None, None, None, None) => Ok(Self::Make {
                x: need("x", fields.x)?,
                y: need("y", fields.y)?,
                hue: need("hue", fields.hue)?,
                text: need("text", fields.text)?,
                note: fields.note,
            }),
            (None, Some(fields), None, None, None) => Ok(Self::Move {
                x: need("x", fields.x)?,
                y: need("y", fields.y)?,
                note: fields.note,
            }),
            (None, None, Some(fields), None, None) => Ok(Self::Color {
                hue: need("hue", fields.hue)?,
                note: fields.note,
            }),
            (None, None, None, Some(fields), None) => Ok(Self::Edit {
                version: need("version", fields.version)?,
                text: need("text", fields.text)?,
                note: fields.note,
            }),
            (None, None, None, None, Some(Fields { note, .. })) => Ok(Self::Delete { note }),
            _ => Err(BadChange::Kind),
        }
    }
}

fn need<T>(name: &'static str, field: Option<T>) -> Result<T, BadChange> {
    field.ok_or(BadChange::Missing(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_of_one_kind_and_whole() {
        let bad = |json: &str| serde_json::from_str::<Change>(json).unwrap_err().to_string();
        for json in [
            "{}",
            r#"{"turn":{"note":"n"}}"#,
            r#"{"delete":{"note":"n"},"color":{"note":"n","hue":1}}"#,
        ] {
            assert!(bad(json).starts_with("a change is one of"), "{json}");
        }
        assert!(bad(r#"{"move":{"note":"n","x":1}}"#).contains('y'));
        assert!(bad(r#"{"edit":{"note":"n","text":""}}"#).contains("version"));
    }
}
