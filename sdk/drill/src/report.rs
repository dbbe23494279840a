//! The table, and the goals held against it.

use crate::rounds::Figures;

/// Prints what a span costs with each contender.
pub fn table(figures: &[Figures]) {
    println!(
        "{:<40} {:>7} {:>7} {:>7} {:>7}  {:>13} {:>15} {:>6} {:>9} {:>9}",
        "per span",
        "app ns",
        "least",
        "process",
        "+agent",
        "allocs (all)",
        "bytes (all)",
        "wire",
        "2 threads",
        "cost of 2"
    );
    for it in figures {
        println!(
            "{:<40} {:>7.0} {:>7.0} {:>7.0} {:>7.0}  {:>6.2} ({:>4.1}) {:>7.0} ({:>5.0}) {:>6.0} {:>8.2}x {:>8.2}x",
            it.name,
            it.app_ns,
            it.app_least_ns,
            it.process_ns,
            it.all_ns(),
            it.app_allocations,
            it.all_allocations,
            it.app_bytes,
            it.all_bytes,
            it.wire_bytes,
            it.speed_up,
            it.parallel_cost,
        );
    }
}

/// A figure, by its contender.
type Of = fn(&Figures) -> f64;

/// A bound on a figure.
struct Goal {
    what: &'static str,
    who: &'static str,
    figure: Of,
    at_most: f64,
    beside: Beside,
}

/// What a figure is held against.
enum Beside {
    /// The bound is so many times another's.
    Times(&'static str),
    /// The bound is on what the figure has more than another's.
    Above(&'static str),
    /// The bound is on the figure itself.
    Itself,
}

const APP: Of = |it| it.app_ns;
const ALL: Of = Figures::all_ns;
const ALLOCATIONS: Of = |it| it.app_allocations;

const fn ratio(what: &'static str, who: &'static str, figure: Of, at_most: f64, other: &'static str) -> Goal {
    Goal { what, who, figure, at_most, beside: Beside::Times(other) }
}

const fn bound(what: &'static str, who: &'static str, figure: Of, at_most: f64) -> Goal {
    Goal { what, who, figure, at_most, beside: Beside::Itself }
}

/// A bound on what a contender costs besides the loop that it runs in.
const fn above_the_loop(what: &'static str, who: &'static str, figure: Of, at_most: f64) -> Goal {
    Goal { what, who, figure, at_most, beside: Beside::Above("nothing") }
}

const GOALS: &[Goal] = &[
    ratio("application's thread, of fastrace", "tracehound", APP, 1.5, "fastrace, dummy reporter"),
    ratio("application's thread, of the official SDK", "tracehound", APP, 0.38, "datadog-opentelemetry"),
    ratio("all CPU, of the official SDK", "tracehound", ALL, 0.13, "datadog-opentelemetry"),
    ratio(
        "through tracing, of the official SDK through it",
        "tracehound via tracing",
        APP,
        0.36,
        "datadog-opentelemetry via tracing",
    ),
    ratio("unsampled, of sampled", "tracehound, unsampled", APP, 0.6, "tracehound"),
    above_the_loop("disabled, ns without the loop", "tracehound, DD_TRACE_ENABLED=false", APP, 5.0),
    above_the_loop("never started, ns without the loop", "tracehound, never started", APP, 5.0),
    bound("allocations", "tracehound", ALLOCATIONS, 0.2),
    bound("allocations through tracing", "tracehound via tracing", ALLOCATIONS, 2.5),
];

/// Prints which goals were met; whether all that could be judged were.
pub fn goals(figures: &[Figures]) -> bool {
    let find = |name: &str| figures.iter().find(|figures| figures.name == name);
    let mut met = true;
    for goal in GOALS {
        let of = |name| find(name).map(goal.figure);
        let reached = of(goal.who).and_then(|figure| match goal.beside {
            Beside::Times(other) => of(other).map(|other| figure / other),
            Beside::Above(other) => of(other).map(|other| figure - other),
            Beside::Itself => Some(figure),
        });
        if let Some(figure) = reached {
            met &= verdict(goal.what, figure, goal.at_most);
        }
    }
    met
}

/// Prints one figure beside its bound; whether it was met.
pub fn verdict(what: &str, figure: f64, at_most: f64) -> bool {
    let met = figure <= at_most;
    println!("{}  {figure:>8.2}  (at most {at_most})  {what}", if met { "pass" } else { "MISS" });
    met
}
