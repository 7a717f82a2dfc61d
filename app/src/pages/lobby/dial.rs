//! The dial beside the lobby's list: the same rooms as orbits, the same people as bodies on them. A picture of what the list
//! says in words, so a screen reader skips it.

use crate::drawn::{Draw, Drawn};
use leptos::prelude::*;
use protocol::health::LiveRoom;

/// Orbits drawn, whether or not a room is on them.
const ORBITS: usize = 6;

/// Units between two orbits, on a dial of 400 by 400.
const STEP: usize = 24;

/// Letters of a room's name that fit below its orbit.
const LETTERS: usize = 18;

/// Draws the first rooms from the inside out.
pub(super) fn dial(rooms: &[LiveRoom]) -> Drawn {
    let orbits = (0..ORBITS)
        .map(|place| orbit(place, rooms.get(place)))
        .collect::<Vec<_>>();
    view! {
        <svg class="dial" viewBox="-200 -200 400 400" aria-hidden="true">
            <radialGradient id="dial-glow">
                <stop class="dial-glow-heart" offset="0" />
                <stop class="dial-glow-rim" offset="1" />
            </radialGradient>
            <circle class="dial-glow" r="120" />
            <path class="dial-arm" d="M-197 0H197M0-197V197M-139-139 139 139M-139 139 139-139" />
            <circle class="dial-ticks" r="193" pathLength="720" stroke-dasharray=".7 9.3" />
            <circle class="dial-ticks tall" r="190.5" pathLength="720" stroke-dasharray="1 59" />
            <circle class="dial-rim" r="197" />
            <circle class="dial-rim" r="184" />
            <circle class="dial-sun" r="9" />
            {orbits}
        </svg>
    }
    .drawn()
}

fn orbit(place: usize, live: Option<&LiveRoom>) -> Drawn {
    let radius = 40 + place * STEP;
    let bodies = live.map(|live| {
        let turn = |number: usize| format!("rotate({})", turn(place, number));
        let bodies = live.present.iter().take(24).enumerate().map(|(number, person)| {
            let hue = format!("--hue:{}", person.hue.degrees());
            view! { <circle class="dial-body" style=hue cx=radius r="6" transform=turn(number) /> }.drawn()
        });
        bodies.collect::<Vec<_>>()
    });
    let name = live.map(|live| name(place, radius, live.room.as_str().chars().take(LETTERS).collect()));
    let class = if live.is_some() { "dial-orbit lit" } else { "dial-orbit" };
    view! {
        <circle class=class r=radius />
        {name}
        {bodies}
    }
    .drawn()
}

/// The room's name along the lower half of its orbit, read from left to right.
fn name(place: usize, radius: usize, room: String) -> impl IntoView {
    let id = format!("orbit-{place}");
    let outside = radius + 9;
    view! {
        <path id=id.clone() d=format!("M-{outside} 0A{outside} {outside} 0 0 0 {outside} 0") />
        <text class="dial-name">
            <textPath href=format!("#{id}") startOffset="50%" text-anchor="middle">
                {room}
            </textPath>
        </text>
    }
}

/// Where a body stands on its orbit, in degrees, clear of the name at the bottom. Each next one is a golden part of the arc
/// further, so that any number is spread well and nobody moves when somebody comes.
fn turn(place: usize, number: usize) -> usize {
    150 + (place * 71 + number * 149) % 240
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_of_one_orbit_stand_apart() {
        for place in 0..ORBITS {
            let mut turns: Vec<_> = (0..24).map(|number| turn(place, number)).collect();
            turns.sort_unstable();
            turns.dedup();
            assert_eq!(turns.len(), 24, "orbit {place}");
        }
    }
}
