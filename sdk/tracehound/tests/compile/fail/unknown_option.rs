use tracehound::traced;

#[traced(resource = "r", nmae = "n")]
fn misspelt() {}

#[traced(name = "a", skip_err, name = "b")]
fn twice() {}

#[traced(name = "a" skip_err)]
fn without_comma() {}

#[traced(args(a.b))]
fn not_an_argument(a: (u8,)) {}

#[traced(args(missing))]
fn no_such_argument() {}

fn main() {}
