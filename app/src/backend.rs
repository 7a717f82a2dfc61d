//! What a page may ask of the server edge over HTTP: a token for the socket, another name, the rooms that are live.
//!
//! The server edge provides a [`Backend`] as context for each request; the server functions below are one line each.

use leptos::prelude::*;
use protocol::{Hue, Name, auth::Identity, health::LiveRoom};
use std::{future::Future, pin::Pin, sync::Arc};

/// A boxed future, so that [`Backend`] can be a trait object.
pub type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What the server edge does for the person whose request this is.
pub trait Backend: Send + Sync {
    /// A token with which this person's socket may connect; none for somebody who is not let in.
    fn token(&self) -> Option<String>;

    /// Gives the person another name and colour, and lets that last. None for somebody who is not let in.
    fn rename(&self, name: Name, hue: Hue) -> Option<Identity>;

    /// The rooms in which somebody is, those with most people first.
    fn rooms(&self) -> Later<Vec<LiveRoom>>;
}

/// A backend as context holds it.
pub type SharedBackend = Arc<dyn Backend>;

#[allow(dead_code, reason = "in the browser a server function is only its call")]
fn backend() -> Result<SharedBackend, ServerFnError> {
    use_context::<SharedBackend>().ok_or_else(|| ServerFnError::new("no backend was provided"))
}

/// A token for my socket; none where I am not let in any more.
#[server(prefix = "/api/app", endpoint = "token")]
pub async fn take_token() -> Result<Option<String>, ServerFnError> {
    Ok(backend()?.token())
}

/// Changes what I am called and how I am coloured.
#[server(prefix = "/api/app", endpoint = "rename")]
pub async fn rename(
    /// From now on.
    name: Name,
    /// From now on.
    hue: Hue,
) -> Result<Identity, ServerFnError> {
    let renamed = backend()?.rename(name, hue);
    renamed.ok_or_else(|| ServerFnError::new("not signed in"))
}

/// The rooms in which somebody is.
#[server(prefix = "/api/app", endpoint = "rooms")]
pub async fn list_rooms() -> Result<Vec<LiveRoom>, ServerFnError> {
    Ok(backend()?.rooms().await)
}
