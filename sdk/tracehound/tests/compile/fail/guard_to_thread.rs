//! A span that is current on a thread cannot be made current on another one by sending the guard.

use tracehound::span;

fn main() {
    let work = span!("work").entered();
    std::thread::spawn(move || drop(work));
}
