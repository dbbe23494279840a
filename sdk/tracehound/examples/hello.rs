//! The smallest traced program. With an agent on port 8126: `cargo run --example hello`.

use tracehound::{span, traced};

fn main() {
    let _tracing = tracehound::init();
    let order = span!("cafe.order", resource = "espresso", order.items = 2).entered();
    brew(96);
    drop(order);
}

#[traced(tags(degrees = degrees))]
fn brew(degrees: u32) {
    std::thread::sleep(std::time::Duration::from_millis(20));
}
