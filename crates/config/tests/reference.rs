//! docs/configuration.md is the table of keys and nothing else.

use std::path::Path;

#[test]
#[expect(clippy::disallowed_methods, reason = "the test keeps a file of the source tree up to date")]
fn the_reference_page_is_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let expected = tracehound_config::reference();
    if std::fs::read_to_string(&path).unwrap_or_default() != expected {
        std::fs::write(&path, expected).unwrap();
        panic!("docs/configuration.md was out of date and has been written anew");
    }
}
