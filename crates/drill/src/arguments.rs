//! The command line behind the drill's name: options with a value each.

use std::io;
use std::str::FromStr;

/// What was said.
#[derive(Debug)]
pub(crate) struct Arguments(Vec<(String, String)>);

impl Arguments {
    /// Reads pairs of an option, which must be one of `known`, and its value.
    pub(crate) fn read(mut words: impl Iterator<Item = String>, known: &[&str]) -> io::Result<Arguments> {
        let mut said = Vec::new();
        while let Some(option) = words.next() {
            if !known.contains(&option.as_str()) {
                return Err(invalid(format!("no such option: {option} (there are {})", known.join(", "))));
            }
            let value = words.next().ok_or_else(|| invalid(format!("{option} needs a value")))?;
            said.push((option, value));
        }
        Ok(Arguments(said))
    }

    /// The value of an option, the last one if it was said twice.
    pub(crate) fn get(&self, option: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == option).map(|(_, value)| value.as_str())
    }

    /// The value of an option that is a number.
    pub(crate) fn number<T: FromStr>(&self, option: &str, default: T) -> io::Result<T> {
        let Some(text) = self.get(option) else { return Ok(default) };
        text.replace('_', "").parse().map_err(|_| invalid(format!("{option} {text}: not a number that fits")))
    }
}

/// An error about what was said.
pub(crate) fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> io::Result<Arguments> {
        Arguments::read(line.split_whitespace().map(str::to_owned), &["--spans", "--format"])
    }

    #[test]
    fn options_have_values_and_defaults() {
        let arguments = read("--spans 5_000 --format v0.4 --format v0.5").unwrap();
        assert_eq!(arguments.number("--spans", 1).unwrap(), 5_000);
        assert_eq!(arguments.get("--format"), Some("v0.5"));
        assert_eq!(arguments.number("--seed", 7).unwrap(), 7);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (line, expected) in
            [("--span 5", "no such option: --span (there are --spans, --format)"), ("--spans", "--spans needs a value")]
        {
            assert_eq!(read(line).unwrap_err().to_string(), expected);
        }
        let error = read("--spans many").unwrap().number("--spans", 1).unwrap_err();
        assert_eq!(error.to_string(), "--spans many: not a number that fits");
    }
}
