//! The tape along the bottom edge: figures that keep their width, and the last round trips as a line.

mod figures;

use crate::{
    changing::text,
    drawn::{Draw, Drawn},
    session::expect_session,
    tape::model::Model,
};
use figures::{bus, milliseconds, points, recovery};
use leptos::prelude::*;

/// What stands where nothing was measured yet.
const BLANK: &str = "–";

/// The tape of the session in context.
#[component]
pub fn Tape() -> impl IntoView {
    let tape = expect_session().tape;
    let read = move |figure: fn(&Model) -> String| Signal::derive(move || tape.with(figure));
    view! {
        <section
            class="tape"
            data-testid="tape"
            data-bus=text(move || tape.with(|tape| tape.bus.as_str().to_owned()))
            aria-label="Tape: how the system is doing"
            tabindex="0"
        >
            <dl class="tape-readings">
                {reading("node", "tape-instance", "", read(|tape| tape.instance.clone().unwrap_or_else(blank)))}
                {reading("mode", "tape-mode", "", read(|tape| tape.mode.map_or_else(blank, |mode| mode.as_str().to_owned())))}
                {reading("bus", "tape-bus", "tape-rtt tape-bus", read(|tape| bus(tape.bus, tape.bus_lag)))}
                {reading("via", "tape-transport", "", read(|tape| tape.transport.map_or_else(blank, |via| via.as_str().to_owned())))}
                {reading("round trip", "tape-rtt", "tape-rtt", read(|tape| tape.rtt.map_or_else(blank, milliseconds)))}
                <div class="tape-reading tape-line">
                    <dt class="said">"round trips of the last half minute"</dt>
                    <dd>
                        <svg class="sparkline" viewBox="0 0 96 16" preserveAspectRatio="none" aria-hidden="true">
                            <polyline points=text(move || tape.with(|tape| points(tape.samples()))) />
                        </svg>
                    </dd>
                </div>
                {reading("in/s", "tape-in", "tape-number", read(|tape| tape.incoming.to_string()))}
                {reading("out/s", "tape-out", "tape-number", read(|tape| tape.outgoing.to_string()))}
                {reading("reconnects", "tape-reconnects", "", read(|tape| tape.reconnects.to_string()))}
                {reading("last recovery", "tape-recovery", "", read(|tape| tape.recovery.map_or_else(blank, recovery)))}
                {reading("people", "tape-people", "", read(|tape| if tape.instance.is_some() { tape.people.to_string() } else { blank() }))}
            </dl>
        </section>
    }
    .painted()
}

fn blank() -> String {
    BLANK.to_owned()
}

fn reading(term: &'static str, id: &'static str, class: &'static str, figure: Signal<String>) -> Drawn {
    view! {
        <div class="tape-reading">
            <dt>{term}</dt>
            <dd class=class data-testid=id>
                {figure}
            </dd>
        </div>
    }
    .painted()
}
