//! A process ends and another begins on the same directory.

use crate::stage::Stage;
use protocol::{Hue, document::Step, note::Change, room::Resume};

#[tokio::test]
async fn rooms_outlive_the_process_that_held_them() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Stage::set(|config| config.data_dir = Some(dir.path().to_owned()));
    let mut stage = open().await;
    let mut ann = stage.person("ann").await;
    let first = ann.joins("sky").await;
    ann.says("sky", "before").await.unwrap();
    ann.edits("sky", first.document.position, vec![Step::Insert("text".into())])
        .await
        .unwrap();
    let made = Change::Make {
        note: "n".parse().unwrap(),
        x: 0.0,
        y: 0.0,
        hue: Hue::try_from(0).unwrap(),
        text: "note".into(),
    };
    ann.changes("sky", made).await.unwrap();
    let before = ann.joins("sky").await;
    assert!(stage.get("/healthz").await.1.contains(r#""store":"file""#));
    stage.close().await;
    drop(stage);

    let stage = open().await;
    let mut bob = stage.person("bob").await;
    let resume = Resume {
        chat: Some(before.chat.position),
        document: Some(before.document.position),
        note: Some(before.note.position),
    };
    let after = bob.resumes("sky", resume).await;
    assert!(after.recovered, "the same life: {after:?}");
    let mut cyd = stage.person("cyd").await;
    let whole = cyd.joins("sky").await;
    assert_eq!(whole.chat.entries, before.chat.entries);
    assert_eq!(whole.document.snapshot.as_deref(), Some("text"));
    assert_eq!(whole.note.snapshot.unwrap()[0].text, "note");
}

#[tokio::test]
async fn without_a_directory_rooms_live_in_memory() {
    let stage = Stage::open().await;
    assert!(stage.get("/healthz").await.1.contains(r#""store":"memory""#));
}
