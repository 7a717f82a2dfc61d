//! What a scenario came to: a table for people, and one line of JSON for programs, made from the same figures.

use std::{fmt::Write as _, time::Duration};

use serde_json::{Map, Value, json};

use crate::{tally::Spread, verdict::Faults};

/// What a scenario came to.
#[derive(Debug)]
pub struct Report {
    scenario: &'static str,
    figures: Vec<Figure>,
    faults: Faults,
    /// Whether we were the bottleneck, so that the figures are not the server's.
    saturated: bool,
    /// Other reasons for which it is not good.
    objections: Vec<String>,
}

/// One row.
#[derive(Debug)]
struct Figure {
    key: String,
    label: String,
    value: Value,
    shown: String,
}

impl Report {
    pub(crate) fn new(scenario: &'static str) -> Self {
        Self {
            scenario,
            figures: Vec::new(),
            faults: Faults::default(),
            saturated: false,
            objections: Vec::new(),
        }
    }

    /// Whether nothing was lost, doubled or unequal, and nothing else is to be said against it.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.faults.is_none() && self.objections.is_empty() && !self.saturated
    }

    /// Whether something was lost, doubled or unequal, or a limit was not kept.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        !self.faults.is_none() || !self.objections.is_empty()
    }

    /// What one server came to beside another, each measured as often: the medians of both, and how many times the other's
    /// the server's is. It is as good as the server was each time; of the other nothing is asked.
    pub(crate) fn beside(ours: Vec<Self>, theirs: &[Self]) -> Option<Self> {
        let mut report = Self::new(ours.first()?.scenario);
        report.count("turns", "measured by turns, times", ours.len() as u64);
        for Figure { key, label, .. } in &ours.first()?.figures {
            let (Some(our), Some(their)) = (median(&ours, key), median(theirs, key)) else {
                continue;
            };
            let ratio = our.number() / their.number();
            let value = json!({ "server": our.value, "beside": their.value });
            let shown = if ratio.is_finite() {
                format!("{} beside {}: {ratio:.2}", our.shown, their.shown)
            } else {
                format!("{} beside {}", our.shown, their.shown)
            };
            report.push(key, label, value, shown);
        }
        for one in ours {
            report.faults(one.faults);
            report.saturated(one.saturated);
            report.objections.extend(one.objections);
        }
        Some(report)
    }

    /// A figure by its key, as a number.
    #[must_use]
    pub fn figure(&self, key: &str) -> Option<f64> {
        self.named(key)?.value.as_f64()
    }

    fn named(&self, key: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.key == key)
    }

    pub(crate) fn count(&mut self, key: &str, label: &str, count: u64) {
        self.push(key, label, json!(count), grouped(count));
    }

    pub(crate) fn ratio(&mut self, key: &str, label: &str, number: f64, digits: usize) {
        let shown = if number >= 1000.0 {
            grouped(number.round() as u64)
        } else {
            format!("{number:.digits$}")
        };
        let rounded: f64 = format!("{number:.4}").parse().unwrap_or(number);
        self.push(key, label, json!(rounded), shown);
    }

    pub(crate) fn bytes(&mut self, key: &str, label: &str, bytes: f64) {
        self.push(key, label, json!(bytes.round()), format!("{:.1} KiB", bytes / 1024.0));
    }

    pub(crate) fn words(&mut self, key: &str, label: &str, words: &str) {
        self.push(key, label, json!(words), words.to_owned());
    }

    /// How long deliveries took, if there were any.
    pub(crate) fn spread(&mut self, key: &str, label: &str, spread: Spread) {
        if spread.count == 0 {
            return;
        }
        let quantiles = [
            ("p50", spread.p50),
            ("p99", spread.p99),
            ("p999", spread.p999),
            ("max", spread.max),
        ];
        for (name, took) in quantiles {
            let name_shown = if name == "p999" { "p99.9" } else { name };
            self.push(
                &format!("{key}_{name}_ms"),
                &format!("{label}, {name_shown}"),
                json!(millis(took)),
                format!("{:.2} ms", millis(took)),
            );
        }
    }

    pub(crate) fn faults(&mut self, faults: Faults) {
        self.faults += faults;
    }

    pub(crate) fn saturated(&mut self, saturated: bool) {
        self.saturated |= saturated;
    }

    pub(crate) fn object(&mut self, words: String) {
        self.objections.push(words);
    }

    fn push(&mut self, key: &str, label: &str, value: Value, shown: String) {
        self.figures.push(Figure {
            key: key.to_owned(),
            label: label.to_owned(),
            value,
            shown,
        });
    }

    fn verdicts(&self) -> [(&'static str, u64); 5] {
        let Faults {
            lost,
            doubled,
            unequal,
            backwards,
            failed,
        } = self.faults;
        [
            ("lost", lost),
            ("doubled", doubled),
            ("unequal", unequal),
            ("backwards", backwards),
            ("failed", failed),
        ]
    }

    /// One line.
    #[must_use]
    pub fn json(&self) -> String {
        let mut line = Map::new();
        line.insert("scenario".to_owned(), json!(self.scenario));
        line.extend(
            self.figures
                .iter()
                .map(|figure| (figure.key.clone(), figure.value.clone())),
        );
        line.extend(self.verdicts().map(|(key, count)| (key.to_owned(), json!(count))));
        line.insert("saturated".to_owned(), json!(self.saturated));
        line.insert("objections".to_owned(), json!(self.objections));
        line.insert("good".to_owned(), json!(self.is_good()));
        Value::Object(line).to_string()
    }

    /// For people.
    #[must_use]
    pub fn table(&self) -> String {
        let width = self
            .figures
            .iter()
            .map(|figure| figure.label.chars().count())
            .max()
            .unwrap_or(0);
        let mut table = format!("\n{}\n", self.scenario);
        for Figure { label, shown, .. } in &self.figures {
            let _ = writeln!(table, "  {label:width$}  {shown}");
        }
        let faults = self
            .verdicts()
            .map(|(key, count)| format!("{} {key}", grouped(count)))
            .join(", ");
        let _ = writeln!(table, "  {:width$}  {faults}", "faults");
        for objection in &self.objections {
            let _ = writeln!(table, "  not good: {objection}");
        }
        if self.saturated {
            let _ = writeln!(
                table,
                "  not good: the load generator had no CPU left, so that these figures are its own"
            );
        }
        if self.is_good() {
            let _ = writeln!(table, "  good");
        }
        table
    }
}

impl Figure {
    fn number(&self) -> f64 {
        self.value.as_f64().unwrap_or(f64::NAN)
    }
}

/// The middle one of what several came to; of two, the lesser. `None` where it is not a number, or one has none.
fn median<'a>(reports: &'a [Report], key: &str) -> Option<&'a Figure> {
    let numbers = reports
        .iter()
        .map(|report| report.named(key).filter(|figure| figure.value.is_number()));
    let mut figures: Vec<&Figure> = numbers.collect::<Option<_>>()?;
    figures.sort_by(|one, other| one.number().total_cmp(&other.number()));
    figures.get(figures.len().saturating_sub(1) / 2).copied()
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn millis(took: Duration) -> f64 {
    took.as_micros() as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut report = Report::new("idle");
        report.count("delivered", "delivered", 1_234_567);
        report.bytes("resident", "memory of one", 15_565.0);
        report
    }

    #[test]
    fn a_table_and_a_line_say_the_same() {
        let report = report();
        let line: Value = serde_json::from_str(&report.json()).unwrap();
        assert_eq!((&line["delivered"], &line["good"]), (&json!(1_234_567), &json!(true)));
        assert!(
            report.table().contains("  delivered      1,234,567\n"),
            "{}",
            report.table()
        );
        assert!(report.table().contains("  memory of one  15.2 KiB\n") && report.table().ends_with("  good\n"));
    }

    #[test]
    fn what_was_lost_is_wrong() {
        let mut report = report();
        report.faults(Faults {
            lost: 1,
            ..Faults::default()
        });
        assert!(report.is_wrong() && !report.is_good());
        assert!(report.table().contains("1 lost, 0 doubled"));
    }

    #[test]
    fn figures_of_a_saturated_generator_are_not_good() {
        let mut report = report();
        report.saturated(true);
        assert!(!report.is_wrong() && !report.is_good());
    }

    #[test]
    fn one_beside_another_is_told_by_medians() {
        let of = |speeds: [f64; 3]| {
            speeds.map(|speed| {
                let mut report = Report::new("storm");
                report.ratio("speed", "speed", speed, 0);
                report.words("how", "how", "so");
                report
            })
        };
        let (ours, mut theirs) = (of([30.0, 10.0, 20.0]), of([50.0, 10.0, 40.0]));
        theirs[0].object("broke down".to_owned());
        let report = Report::beside(ours.into(), &theirs).unwrap();
        let line: Value = serde_json::from_str(&report.json()).unwrap();
        assert_eq!(line["speed"], json!({ "server": 20.0, "beside": 40.0 }));
        assert!(report.table().contains("20 beside 40: 0.50\n"), "{}", report.table());
        assert!(report.is_good() && line.get("how").is_none());
    }

    #[test]
    fn what_is_wrong_with_the_server_once_is_wrong() {
        let mut wrong = report();
        wrong.object("slow".to_owned());
        assert!(
            Report::beside(vec![report(), wrong], &[report(), report()])
                .unwrap()
                .is_wrong()
        );
        assert!(Report::beside(vec![], &[]).is_none());
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(
            [0, 999, 1000, 12_345_678].map(grouped),
            ["0", "999", "1,000", "12,345,678"]
        );
    }
}
