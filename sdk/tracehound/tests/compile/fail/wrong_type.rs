//! Errors of types point at the user's code, not at the macro.

use tracehound::{span, traced};

struct Order;

#[traced(tags(order = order))]
fn tagged(order: &Order) {}

#[traced]
fn returns_text() -> u8 {
    "text"
}

#[traced]
async fn returns_text_later() -> Result<u8, String> {
    "text"
}

#[traced]
fn unconvertible() -> Result<u8, std::fmt::Error> {
    let number: u8 = "1".parse()?;
    Ok(number)
}

fn main() {
    span!("work", order = Order);
}
