//! The drawing of the three lanes: log, tick and lease. Lines and words take their colours from the theme, and each lane is
//! its own drawing, so that on a phone they stand one below the other at a readable size.

use leptos::prelude::*;

/// All three, side by side where there is room.
pub(super) fn lanes() -> impl IntoView {
    view! {
        <div class="lanes">
            <Lane
                name="Log"
                carries="chat, document, notes"
                facts=["total, each entry has a number", "never", "goes on from its own number", "yes"]
            >
                <svg class="lane-drawing" viewBox="0 0 300 150" role="img" aria-label=LOG>
                    <path d="M10 28H290M10 64H290" />
                    <path d="M58 28V64M106 28V64M154 28V64M202 28V64M250 28V64" />
                    <path class="metal" d="M202 28h48v36h-48z" />
                    <g class="ink">
                        <text x="34" y="50">"38"</text>
                        <text x="82" y="50">"39"</text>
                        <text x="130" y="50">"40"</text>
                        <text x="178" y="50">"41"</text>
                    </g>
                    <text class="on-metal" x="226" y="50">"42"</text>
                    <text x="270" y="50">"…"</text>
                    <text x="226" y="18">"newest"</text>
                    <path class="brass" d="M82 92V72m-4 6 4-6 4 6" />
                    <path class="brass" d="M90 104H226V72m-4 6 4-6 4 6" />
                    <circle class="metal" cx="82" cy="104" r="7" />
                    <text x="82" y="130">"“I have 39”"</text>
                    <text x="200" y="124">"gets 40, 41, 42"</text>
                </svg>
            </Lane>
            <Lane
                name="Tick"
                carries="cursors, carets, typing"
                facts=["the newest of each person", "yes, the next frame heals it", "skips to the newest frame", "never"]
            >
                <svg class="lane-drawing" viewBox="0 0 300 150" role="img" aria-label=TICK>
                    <path d="M62 36H290M62 84H290M62 118H290" />
                    <path d="M80 22V124M120 22V124M160 22V124M200 22V124M240 22V124M280 22V124" class="gone" />
                    <text x="180" y="14">"one frame a tick"</text>
                    <text class="start" x="4" y="40">"room"</text>
                    <text class="start" x="4" y="88">"quick"</text>
                    <text class="start" x="4" y="122">"slow"</text>
                    <g class="metal">
                        <circle cx="80" cy="36" r="6" />
                        <circle cx="120" cy="36" r="6" />
                        <circle cx="160" cy="36" r="6" />
                        <circle cx="200" cy="36" r="6" />
                        <circle cx="240" cy="36" r="6" />
                        <circle cx="280" cy="36" r="6" />
                        <circle cx="80" cy="84" r="6" />
                        <circle cx="120" cy="84" r="6" />
                        <circle cx="160" cy="84" r="6" />
                        <circle cx="200" cy="84" r="6" />
                        <circle cx="240" cy="84" r="6" />
                        <circle cx="280" cy="84" r="6" />
                        <circle cx="80" cy="118" r="6" />
                        <circle cx="200" cy="118" r="6" />
                        <circle cx="280" cy="118" r="6" />
                    </g>
                    <g class="gone">
                        <circle cx="120" cy="118" r="6" />
                        <circle cx="160" cy="118" r="6" />
                        <circle cx="240" cy="118" r="6" />
                    </g>
                    <text x="160" y="144">"left out, not queued"</text>
                </svg>
            </Lane>
            <Lane
                name="Lease"
                carries="presence"
                facts=["state, not events", "heals by itself", "full list first, then changes", "until it runs out"]
            >
                <svg class="lane-drawing" viewBox="0 0 300 150" role="img" aria-label=LEASE>
                    <circle cx="75" cy="64" r="40" class="gone" />
                    <path class="brass" stroke-width="3" d="M75 24a40 40 0 1 1-38 52" />
                    <circle class="metal" cx="75" cy="64" r="9" />
                    <text x="75" y="134">"here: renewed"</text>
                    <path d="M138 64h24m-7-5 7 5-7 5" />
                    <circle cx="225" cy="64" r="40" class="gone" />
                    <circle cx="225" cy="64" r="9" class="gone" />
                    <text x="225" y="134">"gone: runs out"</text>
                </svg>
            </Lane>
        </div>
    }
}

const LOG: &str = "A row of numbered lines, 38 to 42. Somebody says: I have 39, and gets 40, 41 and 42.";
const TICK: &str =
    "The room makes one frame a tick. A quick line gets each frame, a slow line gets fewer, but always the newest.";
const LEASE: &str =
    "Whoever is here renews a lease, drawn as a ring that is nearly full. Whoever is gone lets it run out.";

/// One lane: its name, what it carries, its drawing, and what it promises about order, loss, a slow line and storage.
#[component]
fn Lane(name: &'static str, carries: &'static str, facts: [&'static str; 4], children: Children) -> impl IntoView {
    let [order, lost, slow, stored] = facts;
    view! {
        <section class="lane">
            <h3>{name} <span>"carries " {carries}</span></h3>
            {children()}
            <dl class="lane-facts">
                <dt>"Order"</dt>
                <dd>{order}</dd>
                <dt>"May be lost"</dt>
                <dd>{lost}</dd>
                <dt>"Slow line"</dt>
                <dd>{slow}</dd>
                <dt>"Stored"</dt>
                <dd>{stored}</dd>
            </dl>
        </section>
    }
}
