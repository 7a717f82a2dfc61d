//! What must not stand in the log, whatever the log level.

use crate::stage::{SECRET, Stage};
use serde_json::json;
use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};
use tracing_subscriber::fmt::MakeWriter;

/// A log that is kept, of all that is said on this thread, by anybody and down to the least.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let everything = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(self.clone());
        tracing::subscriber::set_default(everything.finish())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Kept {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_token_and_no_secret_is_in_the_log() {
    let kept = Kept::default();
    let _listening = kept.listen();
    let operator = "a secret of whoever runs this";
    let stage = Stage::set(|config| config.auth.operator_secret = Some(operator.to_owned())).await;
    let (good, late) = (Stage::token("ann", 60), Stage::token("ann", -5));
    let mut ann = stage.stranger(json!({ "token": good }));
    ann.next().await;
    ann.joins("sky").await;
    let broken = format!("{good}x");
    for token in [&late, &broken] {
        stage.stranger(json!({ "token": token })).next().await;
        let refused = ann.ask_anything("auth.refresh", &json!({ "token": token })).await;
        assert!(refused["error"].is_object(), "{refused}");
    }
    let (head, _) = stage.get("/r/sky").await;
    let cookie = head.split_once("orrery_session=").unwrap().1.split(';').next().unwrap();
    let with_cookie = format!("cookie: orrery_session={cookie}\r\n");
    stage.ask("POST", "/api/app/token", &with_cookie, "").await;
    for secret in [operator, "a guess"] {
        let headers = format!("authorization: Bearer {secret}\r\n");
        stage.ask("POST", "/api/users/bob/revoke", &headers, "").await;
    }
    let headers = format!("authorization: Bearer {broken}\r\ncontent-type: application/json\r\n");
    stage
        .ask("POST", "/api/users/bob/notify", &headers, r#"{"text":"hello"}"#)
        .await;
    let log = kept.text();
    assert!(log.contains("tokens were revoked"), "the log is heard");
    // A signature is what makes a token worth something.
    for secret in [
        SECRET,
        operator,
        "a guess",
        signature(&good),
        signature(&late),
        signature(cookie),
    ] {
        let told = log.lines().find(|line| line.contains(secret));
        assert_eq!(told, None, "{secret} is in the log");
    }
}

fn signature(token: &str) -> &str {
    token.rsplit('.').next().unwrap()
}

#[tokio::test]
async fn no_password_of_redis_is_in_the_log() {
    let kept = Kept::default();
    let _listening = kept.listen();
    // Nobody listens there, which is said.
    let away = Stage::set(|config| config.redis_url = Some("redis://ann:hunter2@127.0.0.1:1".to_owned()));
    let said = async {
        while !kept.text().contains("127.0.0.1:1") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        _ = away => panic!("there is no such Redis"),
        said = tokio::time::timeout(crate::stage::PATIENCE, said) => said.unwrap(),
    }
    assert!(!kept.text().contains("hunter2"), "{}", kept.text());
}
