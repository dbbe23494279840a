//! What must not compile, and that the compiler says why at the right place. What must compile is in `traced_shapes`.

#[test]
fn mistakes_are_told_where_they_are() {
    trybuild::TestCases::new().compile_fail("tests/compile/fail/*.rs");
}
