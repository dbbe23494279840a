//! Commands as they go over the wire, read back into words.
//!
//! Connections that block are handed commands packed already: `*2\r\n$3\r\nGET\r\n$1\r\nk\r\n`, an array of bulk strings each, and a
//! pipeline's one after the other. Whatever else stands there ends the reading; the server is the one to complain.

/// The words of the commands in `bytes`, a list for each command.
pub(crate) fn commands(mut bytes: &[u8]) -> impl Iterator<Item = Words<'_>> {
    std::iter::from_fn(move || {
        let (count, rest) = header(b'*', bytes)?;
        let words = Words { left: count, bytes: rest };
        let mut skipped = words.clone();
        skipped.by_ref().for_each(drop);
        bytes = skipped.bytes;
        Some(words)
    })
}

/// The words of one command.
#[derive(Debug, Clone)]
pub(crate) struct Words<'a> {
    left: usize,
    bytes: &'a [u8],
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        self.left = self.left.checked_sub(1)?;
        let word = header(b'$', self.bytes).and_then(|(len, rest)| rest.split_at_checked(len));
        let Some((word, rest)) = word.and_then(|(word, rest)| Some((word, rest.strip_prefix(b"\r\n")?))) else {
            *self = Words { left: 0, bytes: &[] };
            return None;
        };
        self.bytes = rest;
        Some(word)
    }
}

/// Reads `*12\r\n`: the sign, a length of at most 10 digits, the end of the line.
fn header(sign: u8, bytes: &[u8]) -> Option<(usize, &[u8])> {
    let rest = bytes.strip_prefix(&[sign])?;
    let digits = rest.iter().take(11).position(|byte| *byte == b'\r')?;
    let len = std::str::from_utf8(rest.get(..digits)?).ok()?.parse().ok()?;
    Some((len, rest.get(digits..)?.strip_prefix(b"\r\n")?))
}

#[cfg(test)]
mod tests {
    use super::commands;

    fn read(bytes: &[u8]) -> Vec<Vec<&[u8]>> {
        commands(bytes).map(Iterator::collect).collect()
    }

    #[test]
    fn packed_commands_come_apart_as_they_were_put_together() {
        let mut pipeline = redis::pipe();
        pipeline.cmd("GET").arg("crème").cmd("PING").cmd("SET").arg("k").arg("");
        let expected: [&[&[u8]]; 3] = [&[b"GET", "crème".as_bytes()], &[b"PING"], &[b"SET", b"k", b""]];
        assert_eq!(read(&pipeline.get_packed_pipeline()), expected);
    }

    #[test]
    fn nothing_is_read_past_the_first_thing_that_is_no_command() {
        let table: [(&[u8], usize); 10] = [
            (b"", 0),
            (b"PING\r\n", 0),
            (b"*", 0),
            (b"*1", 0),
            (b"*99999999999999999999\r\n", 0),
            (b"*-1\r\n", 0),
            (b"*1\r\n$4\r\nPING\r\n", 1),
            (b"*4294967295\r\n$4\r\nPING\r\n", 1),
            (b"*2\r\n$4\r\nPING\r\n$18446744073\r\nk\r\n", 1),
            (b"*1\r\n:4\r\n*1\r\n$4\r\nPING\r\n", 0),
        ];
        for (bytes, words) in table {
            let read = read(bytes);
            assert_eq!(read.iter().map(Vec::len).sum::<usize>(), words, "{}", bytes.escape_ascii());
        }
    }
}
