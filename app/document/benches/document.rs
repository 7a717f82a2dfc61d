//! How fast a document is, on one core: what a room can take, and how long coming back takes. `cargo bench -p document`.

#![expect(clippy::print_stdout, reason = "a table is what it is for")]
#![expect(clippy::unwrap_used, reason = "a bench ends where it fails")]

use document::{Client, History, OperationSeq, Undo, client::Heard};
use protocol::{Epoch, Position, Seq, limits::DOCUMENT_HISTORY};
use std::time::{Duration, Instant};

/// Characters of the text, some of them of two and four bytes.
const LENGTH: usize = 100_000;

/// Edits that were missed.
const MISSED: u64 = 10_000;

/// How often each is measured; the median is said.
const ROUNDS: usize = 7;

fn main() {
    println!(
        "a text of {LENGTH} characters, {} bytes; medians of {ROUNDS}",
        text().len()
    );
    let each = median(transform_and_apply);
    println!(
        "transform over 1 edit and apply   {:>10.0} a second",
        1.0 / each.as_secs_f64()
    );
    say("rebase an edit over 10,000 others", median(rebase));
    say("hear 10,000 edits, none pending", median(|| catch_up(false)));
    say("hear 10,000 edits, some pending", median(|| catch_up(true)));
    say("the same with 200 steps of undo", median(catch_up_with_undo));
    let key = median(keystroke);
    println!("one key in the browser's model    {:>10.1} µs", key.as_secs_f64() * 1e6);
}

fn say(what: &str, took: Duration) {
    println!("{what:<34}{:>10.1} ms", took.as_secs_f64() * 1e3);
}

fn median(measure: impl Fn() -> Duration) -> Duration {
    let mut took: Vec<Duration> = (0..ROUNDS).map(|_| measure()).collect();
    took.sort();
    took[ROUNDS / 2]
}

fn text() -> String {
    "The sky is clear tonight; Jupiter rises at ten. Grüße aus Göttingen 🔭\n"
        .chars()
        .cycle()
        .take(LENGTH)
        .collect()
}

/// A letter somewhere, every fifth time in place of another: what people do to a text by hand. Places are spread over the
/// whole text by a golden step, the same in each run.
fn edit(number: u64, length: usize) -> OperationSeq {
    let place = (number.wrapping_mul(0x9E37_79B9) % (length as u64 - 1)) as usize;
    let deleted = usize::from(number.is_multiple_of(5));
    let mut operation = OperationSeq::default();
    operation.retain(place as u64);
    operation.insert("x");
    operation.delete(deleted as u64);
    operation.retain((length - place - deleted) as u64);
    operation
}

/// Edits one after the other, and the history that they make.
fn edits(count: u64) -> (Vec<OperationSeq>, History) {
    let mut history = History::new(&text(), Seq(0), DOCUMENT_HISTORY);
    let mut length = LENGTH;
    let edits = (0..count).map(|number| {
        let operation = edit(number, length);
        length = operation.target_len();
        history.push(operation.clone()).unwrap();
        operation
    });
    (edits.collect(), history)
}

/// Each edit was made while another came in. Time for one of them.
fn transform_and_apply() -> Duration {
    let count = 100_000;
    let (_, mut history) = edits(1);
    let mut before = LENGTH;
    let begun = Instant::now();
    for number in 0..count {
        let base = Seq(history.seq().0 - 1);
        let operation = edit(number, before);
        let rebased = history.rebase(base, operation).unwrap();
        before = rebased.base_len();
        history.push(rebased).unwrap();
    }
    begun.elapsed() / u32::try_from(count).unwrap()
}

fn rebase() -> Duration {
    let (_, history) = edits(MISSED);
    let operation = edit(MISSED, LENGTH);
    let begun = Instant::now();
    let rebased = history.rebase(Seq(0), operation).unwrap();
    let took = begun.elapsed();
    assert!(!rebased.is_noop());
    took
}

fn client(is_pending: bool) -> Client {
    let epoch = Epoch(1);
    let mut client = Client::new(Position { epoch, seq: Seq(0) }, text());
    if is_pending {
        client.edit(&edit(1, LENGTH)).unwrap();
        client.take(|| "pending".parse().ok()).unwrap();
        client.edit(&edit(2, client.text().chars().count())).unwrap();
    }
    client
}

fn catch_up(is_pending: bool) -> Duration {
    let (missed, history) = edits(MISSED);
    let mut client = client(is_pending);
    let begun = Instant::now();
    for (seq, operation) in (1..).map(Seq).zip(missed) {
        client.heard(seq, None, operation).unwrap();
    }
    let took = begun.elapsed();
    assert_eq!(client.text() == history.text(), !is_pending);
    took
}

fn catch_up_with_undo() -> Duration {
    let (missed, _) = edits(MISSED);
    let mut client = client(false);
    let mut undo = Undo::new();
    for number in 0..200 {
        let operation = edit(number, client.text().chars().count());
        undo.edited(document::invert(client.text(), &operation), false);
        client.edit(&operation).unwrap();
    }
    let begun = Instant::now();
    for (seq, operation) in (1..).map(Seq).zip(missed) {
        if let Heard::Changed(change) = client.heard(seq, None, operation).unwrap() {
            undo.heard(&change);
        }
    }
    begun.elapsed()
}

/// From the text field's new text to the model's, with undo: while one edit is under way and more is collected.
fn keystroke() -> Duration {
    let count = 1000;
    let mut client = client(true);
    let mut undo = Undo::new();
    let begun = Instant::now();
    for number in 0..count {
        let mut field = client.text().to_owned();
        field.insert(50_000 + number as usize, 'x');
        let operation = document::difference(client.text(), &field, None);
        undo.edited(document::invert(client.text(), &operation), true);
        client.edit(&operation).unwrap();
    }
    begun.elapsed() / count
}
