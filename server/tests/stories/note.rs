//! People stick notes onto the canvas.

use crate::stage::{Stage, room};
use protocol::{
    Code, Hue, NoteId, Seq, ServerEvent,
    limits::{NOTE_TEXT, NOTES},
    note::{Change, ChangeNote, NoteChanged},
    room::Resume,
};

fn changed(event: &ServerEvent) -> Option<NoteChanged> {
    match event {
        ServerEvent::NoteChanged(changed) => Some(changed.clone()),
        _ => None,
    }
}

fn note(name: &str) -> NoteId {
    name.parse().unwrap()
}

fn make(name: &str, text: &str) -> Change {
    Change::Make {
        note: note(name),
        x: 10.0,
        y: 20.0,
        hue: Hue::try_from(45).unwrap(),
        text: text.into(),
    }
}

fn edit(name: &str, version: Seq, text: &str) -> Change {
    Change::Edit {
        note: note(name),
        version,
        text: text.into(),
    }
}

#[tokio::test]
async fn a_note_is_made_moved_coloured_edited_and_deleted_before_everybody() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    ann.joins("sky").await;
    bob.joins_batching("sky").await;
    let version = ann.changes("sky", make("n", "look up")).await.unwrap().seq;
    let hue = Hue::try_from(90).unwrap();
    for change in [
        Change::Move {
            note: note("n"),
            x: -5.0,
            y: 6.5,
        },
        Change::Color { note: note("n"), hue },
        edit("n", version, "look down"),
    ] {
        bob.changes("sky", change).await.unwrap();
    }
    let mut cyd = stage.person("cyd").await;
    let notes = cyd.joins("sky").await.note.snapshot.unwrap();
    let [one] = &notes[..] else { panic!("{notes:?}") };
    assert_eq!(
        (one.x, one.y, one.hue, one.text.as_str()),
        (-5.0, 6.5, hue, "look down")
    );
    assert_eq!((one.user_id.as_str(), one.version), ("ann", Seq(4)));
    ann.changes("sky", Change::Delete { note: note("n") }).await.unwrap();
    let mut heard = Vec::new();
    while heard.len() < 5 {
        heard.push(bob.hears(changed).await.seq.0);
    }
    assert_eq!(heard, [1, 2, 3, 4, 5]);
    assert_eq!(cyd.joins("sky").await.note.snapshot.unwrap(), []);
}

#[tokio::test]
async fn of_two_who_save_one_is_told_what_the_other_wrote() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    ann.joins("sky").await;
    bob.joins("sky").await;
    let version = ann.changes("sky", make("n", "")).await.unwrap().seq;
    let (one, two) = tokio::join!(
        ann.changes("sky", edit("n", version, "ann's")),
        bob.changes("sky", edit("n", version, "bob's")),
    );
    let (saved, refusal) = match (one, two) {
        (Ok(saved), Err(refusal)) => (saved, refusal),
        (Err(refusal), Ok(saved)) => (saved, refusal),
        both => panic!("{both:?}"),
    };
    assert_eq!(refusal.code, Code::Conflict);
    let current = refusal.current.unwrap();
    assert_eq!(current.version, saved.seq);
    assert!(["ann's", "bob's"].contains(&current.text.as_str()));
    // With the version that is there now it is saved.
    ann.changes("sky", edit("n", current.version, "both")).await.unwrap();
}

#[tokio::test]
async fn an_edit_that_is_sent_again_is_no_conflict_with_itself() {
    let stage = Stage::open().await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    let version = ann.changes("sky", make("n", "")).await.unwrap().seq;
    let save = ChangeNote {
        room: room("sky"),
        change: edit("n", version, "saved"),
        id: Some("c1".parse().unwrap()),
    };
    let first = ann.ask(&save).await.unwrap();
    assert_eq!(ann.ask(&save).await.unwrap(), first);
}

#[tokio::test]
async fn who_comes_back_gets_exactly_the_changes_that_were_missed() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    ann.joins("sky").await;
    let stand = bob.joins("sky").await.note.position;
    bob.leaves("sky").await.unwrap();
    for name in ["a", "b"] {
        ann.changes("sky", make(name, name)).await.unwrap();
    }
    let resume = Resume {
        note: Some(stand),
        ..Resume::default()
    };
    let welcome = bob.resumes("sky", resume).await;
    assert!(welcome.recovered && welcome.note.snapshot.is_none());
    assert_eq!(welcome.note.entries.len(), 2);
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_by_code() {
    let stage = Stage::open().await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    let far = Change::Move {
        note: note("n"),
        x: 1e7,
        y: 0.0,
    };
    for (code, change) in [
        (Code::UnknownNote, Change::Delete { note: note("none") }),
        (Code::TextTooLong, make("n", &"x".repeat(NOTE_TEXT + 1))),
        (Code::BadCoordinates, far),
    ] {
        assert_eq!(ann.changes("sky", change).await.unwrap_err().code, code);
        assert_eq!(
            stage.metric(&format!("collab_refusals_total{{code=\"{code}\"}}")).await,
            1.0
        );
    }
    for n in 0..NOTES {
        ann.changes("sky", make(&n.to_string(), "")).await.unwrap();
    }
    assert_eq!(
        ann.changes("sky", make("more", "")).await.unwrap_err().code,
        Code::NotesFull
    );
    assert_eq!(
        ann.changes("sky", make("0", "")).await.unwrap_err().code,
        Code::Conflict
    );
}
