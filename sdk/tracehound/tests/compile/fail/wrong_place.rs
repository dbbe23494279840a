use tracehound::traced;

#[traced]
struct Order;

#[traced]
static COUNT: u8 = 0;

trait Brews {
    #[traced]
    fn brew(&self);
}

#[traced(name = "all of them")]
impl Order {
    fn one(&self) {}
}

#[traced(args(size))]
impl Order {
    fn two(&self, size: u8) {}
}

fn main() {}
