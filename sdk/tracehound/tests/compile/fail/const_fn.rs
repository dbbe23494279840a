use tracehound::traced;

#[traced]
pub const fn answer() -> u8 {
    42
}

fn main() {}
