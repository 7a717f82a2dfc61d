//! People write one text.

use crate::stage::{Person, Stage, room};
use protocol::{
    Code, Epoch, Position, Seq, ServerEvent,
    document::{Caret, CaretAt, DocumentEdited, EditDocument, MoveCaret, Operation, Step},
    limits::DOCUMENT,
    room::Resume,
};

fn edited(event: &ServerEvent) -> Option<DocumentEdited> {
    match event {
        ServerEvent::DocumentEdited(edited) => Some(edited.clone()),
        _ => None,
    }
}

fn insert(text: &str) -> Vec<Step> {
    vec![Step::Insert(text.to_owned())]
}

fn after(position: Position, edits: u64) -> Position {
    Position {
        seq: Seq(position.seq.0 + edits),
        ..position
    }
}

fn document_at(position: Position) -> Resume {
    Resume {
        document: Some(position),
        ..Resume::default()
    }
}

/// The text as somebody gets it who comes in now.
async fn text(person: &mut Person, room: &str) -> String {
    person.joins_batching(room).await.document.snapshot.unwrap()
}

#[tokio::test]
async fn edits_of_the_same_revision_are_merged_and_everybody_hears_them_in_one_order() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let base = ann.joins("sky").await.document.position;
    bob.joins_batching("sky").await;
    ann.edits("sky", base, insert("The sky")).await.unwrap();
    let base = after(base, 1);
    let (one, two) = tokio::join!(
        ann.edits("sky", base, vec![Step::Retain(7), Step::Insert(" is up.".into())]),
        bob.edits(
            "sky",
            base,
            vec![Step::Delete(3), Step::Insert("A 🪐".into()), Step::Retain(4)]
        ),
    );
    let mut seqs = [one.unwrap().seq, two.unwrap().seq];
    seqs.sort_unstable();
    assert_eq!(seqs, [Seq(2), Seq(3)]);
    let heard_by = async |person: &mut Person| {
        let mut heard = Vec::new();
        while heard.len() < 3 {
            heard.push(person.hears(edited).await);
        }
        heard
    };
    let heard = heard_by(&mut ann).await;
    assert_eq!(heard_by(&mut bob).await, heard);
    assert!(heard.iter().map(|edit| edit.seq.0).eq(1..=3));
    assert_eq!(text(&mut bob, "sky").await, "A 🪐 sky is up.");
}

#[tokio::test]
async fn what_is_sent_twice_is_done_once() {
    let stage = Stage::open().await;
    let mut ann = stage.person("ann").await;
    let base = ann.joins("sky").await.document.position;
    let edit = |base| EditDocument {
        room: room("sky"),
        base,
        operation: Operation(insert("once")),
        id: Some("e1".parse().unwrap()),
    };
    let first = ann.ask(&edit(base)).await.unwrap();
    let again = ann.ask(&edit(base)).await.unwrap();
    assert_eq!(first, again);
    // Even where it could not be done any more.
    let epoch = Epoch(!base.epoch.0);
    assert_eq!(ann.ask(&edit(Position { epoch, ..base })).await.unwrap(), first);
    assert_eq!(text(&mut ann, "sky").await, "once");
}

#[tokio::test]
async fn who_comes_back_gets_exactly_the_edits_that_were_missed() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let base = ann.joins("sky").await.document.position;
    bob.joins_batching("sky").await;
    ann.edits("sky", base, insert("a")).await.unwrap();
    bob.hears(edited).await;
    bob.leaves("sky").await.unwrap();
    for n in 1..=3 {
        ann.edits(
            "sky",
            after(base, n),
            vec![Step::Insert(n.to_string()), Step::Retain(u32::try_from(n).unwrap())],
        )
        .await
        .unwrap();
    }
    let welcome = bob.resumes("sky", document_at(after(base, 1))).await;
    assert!(welcome.recovered && welcome.document.recovered && welcome.document.snapshot.is_none());
    let missed: Vec<u64> = welcome.document.entries.iter().map(|edit| edit.seq.0).collect();
    assert_eq!(missed, [2, 3, 4]);
    let end = bob.resumes("sky", document_at(after(base, 4))).await;
    assert!(end.recovered && end.document.entries.is_empty());
    let epoch = Epoch(!base.epoch.0);
    let lost = bob.resumes("sky", document_at(Position { epoch, ..base })).await;
    assert!(!lost.recovered);
    assert_eq!(lost.document.snapshot.as_deref(), Some("321a"));
}

#[tokio::test]
async fn bad_edits_are_refused_by_code_counted_and_leave_the_text_unharmed() {
    let stage = Stage::open().await;
    let mut ann = stage.person("ann").await;
    let stranger = stage.person("bob").await;
    let base = ann.joins("sky").await.document.position;
    ann.edits("sky", base, insert("text")).await.unwrap();
    let base = after(base, 1);
    let other_life = Position {
        epoch: Epoch(!base.epoch.0),
        ..base
    };
    let tiny = (0..5000).map(|_| Step::Retain(1)).collect();
    let scattered = (0..12_000).map(|n| if n % 2 == 0 { Step::Retain(1) } else { Step::Delete(1) });
    for (code, base, steps) in [
        (Code::BadOperation, base, vec![Step::Retain(3)]),
        (
            Code::BadOperation,
            base,
            vec![Step::Retain(u32::MAX), Step::Delete(u32::MAX)],
        ),
        (Code::BadOperation, base, tiny),
        (Code::BadOperation, base, scattered.collect()),
        (
            Code::BadOperation,
            base,
            vec![Step::Retain(4), Step::Insert("\r\n".into())],
        ),
        (Code::UnknownRevision, after(base, 1), vec![Step::Retain(4)]),
        (Code::UnknownRevision, after(base, u64::from(u32::MAX)), insert("x")),
        (Code::HistoryGone, other_life, vec![Step::Retain(4)]),
    ] {
        let before = stage.metric(&format!("collab_refusals_total{{code=\"{code}\"}}")).await;
        let refusal = ann.edits("sky", base, steps).await.unwrap_err();
        assert_eq!(refusal.code, code, "{refusal}");
        assert_eq!(
            stage.metric(&format!("collab_refusals_total{{code=\"{code}\"}}")).await,
            before + 1.0
        );
    }
    assert_eq!(
        stranger.edits("sky", base, insert("x")).await.unwrap_err().code,
        Code::NotJoined
    );
    assert_eq!(text(&mut ann, "sky").await, "text");
    // And she can go on at once.
    ann.edits("sky", base, vec![Step::Retain(4), Step::Insert("!".into())])
        .await
        .unwrap();
    assert_eq!(text(&mut ann, "sky").await, "text!");
}

#[tokio::test]
async fn a_document_holds_a_mebibyte_and_not_a_byte_more() {
    let stage = Stage::open().await;
    let mut ann = stage.person("ann").await;
    let mut base = ann.joins("sky").await.document.position;
    let piece = "x".repeat(128 * 1024);
    for n in 0..8 {
        let before = u32::try_from(n * piece.len()).unwrap();
        let mut steps = insert(&piece);
        if before > 0 {
            steps.push(Step::Retain(before));
        }
        ann.edits("sky", base, steps).await.unwrap();
        base = after(base, 1);
    }
    let full = u32::try_from(DOCUMENT).unwrap();
    let refusal = ann
        .edits("sky", base, vec![Step::Insert("y".into()), Step::Retain(full)])
        .await;
    assert_eq!(refusal.unwrap_err().code, Code::DocumentFull);
    let swapped = vec![Step::Insert("y".into()), Step::Delete(1), Step::Retain(full - 1)];
    ann.edits("sky", base, swapped).await.unwrap();
    assert_eq!(text(&mut ann, "sky").await.len(), DOCUMENT);
}

#[tokio::test]
async fn a_caret_is_seen_and_goes_with_its_owner() {
    let stage = Stage::set(|config| config.grace_ms = 0).await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let mut cyd = stage.person("cyd").await;
    let welcome = ann.joins("sky").await;
    bob.joins_batching("sky").await;
    cyd.joins("sky").await;
    ann.edits("sky", welcome.document.position, insert("text"))
        .await
        .unwrap();
    let caret = Caret {
        seq: Seq(1),
        anchor: 1,
        head: 99,
    };
    ann.emits(&MoveCaret {
        room: room("sky"),
        caret: Some(caret),
    });
    // Beyond the end is the end.
    let clamped = Some(Caret { head: 4, ..caret });
    let peer = welcome.you.peer;
    let in_frame = |event: &ServerEvent| match event {
        ServerEvent::CursorsMoved(frame) => frame.carets.first().copied(),
        _ => None,
    };
    assert_eq!(bob.hears(in_frame).await, CaretAt { peer, caret: clamped });
    let single = |event: &ServerEvent| match event {
        ServerEvent::CaretMoved(moved) => Some((moved.peer, moved.caret)),
        _ => None,
    };
    assert_eq!(cyd.hears(single).await, (peer, clamped));
    let mut dan = stage.person("dan").await;
    assert_eq!(dan.joins("sky").await.carets, [CaretAt { peer, caret: clamped }]);
    ann.client.close();
    dan.hears(|event| matches!(event, ServerEvent::Presence(told) if told.present.len() == 3).then_some(()))
        .await;
    assert_eq!(stage.person("eve").await.joins("sky").await.carets, []);
}

#[tokio::test]
async fn a_document_outlives_its_room_and_can_be_read_as_plain_text() {
    let stage = Stage::set(|config| config.grace_ms = 0).await;
    let mut ann = stage.person("ann").await;
    let base = ann.joins("sky").await.document.position;
    for n in 0..1200 {
        let steps = if n == 0 {
            insert("x")
        } else {
            vec![Step::Retain(n), Step::Insert("x".into())]
        };
        ann.edits("sky", after(base, u64::from(n)), steps).await.unwrap();
    }
    ann.leaves("sky").await.unwrap();
    // Asking takes as long as it takes a room to close, give or take a few times.
    while stage.metric("collab_rooms").await > 0.0 {}
    let (head, body) = stage.get("/api/rooms/sky/document").await;
    assert!(
        head.contains("200") && head.contains("text/plain; charset=utf-8"),
        "{head}"
    );
    assert_eq!(body, "x".repeat(1200));
    let welcome = ann.joins("sky").await;
    assert_eq!(welcome.document.position, after(base, 1200));
    assert_eq!(welcome.document.snapshot.unwrap(), body);
    assert_eq!(stage.get("/api/rooms/never/document").await.1, "");
    assert!(stage.get("/api/rooms/-bad/document").await.0.contains("400"));
}
