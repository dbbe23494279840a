//! What can be told from a statement's text without a parser.

/// The verbs of statements whose count of changed rows means something. `WITH` may lead to any of the others.
const CHANGING: [&str; 6] = ["INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "WITH"];

/// Whether a statement changes rows, going by its first word. After any other statement SQLite goes on to tell the count of the last
/// one that did, which would be a lie on a span.
///
/// ```
/// use tracehound::integration::sql::changes_rows;
/// assert!(changes_rows("-- morning\n insert into donuts values (1)"));
/// assert!(!changes_rows("CREATE TABLE donuts (id INTEGER)"));
/// ```
pub fn changes_rows(statement: &str) -> bool {
    let verb = first_word(statement);
    CHANGING.iter().any(|changing| verb.eq_ignore_ascii_case(changing))
}

/// The first word, past white space and comments.
fn first_word(statement: &str) -> &str {
    let mut rest = statement.trim_start();
    loop {
        let comment_end = if rest.starts_with("--") {
            rest.find('\n').map(|at| at + 1)
        } else if rest.starts_with("/*") {
            rest.find("*/").map(|at| at + 2)
        } else {
            break;
        };
        rest = comment_end.and_then(|end| rest.get(end..)).unwrap_or_default().trim_start();
    }
    rest.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default()
}
