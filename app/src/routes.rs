//! The app as a whole: which path shows which page.
//!
//! It runs once at start-up so that the server learns the paths; nothing here may have an effect outside.

use crate::pages::{about::About, lobby::Lobby, missing::Missing, room::Room};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

/// What stands in `<body>`, on the server and in the browser.
///
/// Pages with data are sent once the data is there: a page that arrived in pieces would stay in pieces without JavaScript.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|page: String| if page.is_empty() { "Orrery".to_owned() } else { page + " · Orrery" } />
        <Router>
            <FlatRoutes fallback=Missing>
                <Route path=path!("/") view=Lobby ssr=SsrMode::Async />
                <Route path=path!("/r/:room") view=Room ssr=SsrMode::Async />
                <Route path=path!("/about") view=About />
            </FlatRoutes>
        </Router>
    }
}
