//! Cuts a byte stream into Server-Sent Events, however the bytes are divided.
//!
//! Only the data of events is kept: the API repeats their names in it. An event that was not
//! closed by an empty line does not count.

/// The longest line, and the most data of one event.
const MAX_BYTES: usize = 1024 * 1024;

/// A line or an event is larger than anything the API sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLarge;

/// A stream that is being cut.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    /// The line before ended with CR: a LF that follows belongs to it.
    after_cr: bool,
}

impl Decoder {
    /// Takes the next bytes and returns the data of each event they complete.
    ///
    /// # Errors
    ///
    /// [`TooLarge`] when a line or an event exceeds [`MAX_BYTES`].
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, TooLarge> {
        let mut events = Vec::new();
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|b| matches!(b, b'\n' | b'\r')) {
            let (line, after) = rest.split_at(end);
            let is_lf = after.first() == Some(&b'\n');
            let is_second_half = is_lf && line.is_empty() && self.after_cr;
            self.after_cr = !is_lf;
            if !is_second_half {
                self.add(line)?;
                events.extend(self.end_line()?);
            }
            rest = after.get(1..).unwrap_or_default();
        }
        if !rest.is_empty() {
            self.after_cr = false;
            self.add(rest)?;
        }
        Ok(events)
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), TooLarge> {
        if MAX_BYTES < self.line.len() + bytes.len() {
            return Err(TooLarge);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    /// Reads the finished line; an empty one closes the event.
    fn end_line(&mut self) -> Result<Option<Vec<u8>>, TooLarge> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            return Ok(std::mem::take(&mut self.has_data).then_some(data));
        }
        let value = match line.strip_prefix(b"data") {
            Some([]) => &[][..],
            Some([b':', b' ', value @ ..] | [b':', value @ ..]) => value,
            _ => return Ok(None),
        };
        if MAX_BYTES < self.data.len() + value.len() {
            return Err(TooLarge);
        }
        if self.has_data {
            self.data.push(b'\n');
        }
        self.data.extend_from_slice(value);
        self.has_data = true;
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(stream: &str) -> Vec<String> {
        let events = Decoder::default().feed(stream.as_bytes()).unwrap();
        events.into_iter().map(|data| String::from_utf8(data).unwrap()).collect()
    }

    #[test]
    fn an_event_is_its_data_lines() {
        assert_eq!(events("event: a\ndata: 1\nid: 7\n\n: ping\n\ndata:2\ndata: 3\n\n"), ["1", "2\n3"]);
        assert_eq!(events("data\n\n"), [""]);
        assert_eq!(events("database: 1\n\nevent: only\n\n"), [""; 0]);
    }

    #[test]
    fn every_line_end_counts_once() {
        for end in ["\n", "\r\n", "\r"] {
            let stream = format!("data: 1{end}data: 2{end}{end}data: 3{end}{end}");
            assert_eq!(events(&stream), ["1\n2", "3"], "{end:?}");
        }
    }

    #[test]
    fn a_line_end_may_be_divided() {
        let mut decoder = Decoder::default();
        assert!(decoder.feed(b"data: 1\r").unwrap().is_empty());
        assert!(decoder.feed(b"\n").unwrap().is_empty());
        assert_eq!(decoder.feed(b"\r\ndata: 2").unwrap(), [b"1"]);
        assert_eq!(decoder.feed(b"\n\n").unwrap(), [b"2"]);
    }

    #[test]
    fn an_event_that_was_not_closed_does_not_count() {
        assert_eq!(events("data: 1\n\ndata: 2\n"), ["1"]);
    }

    #[test]
    fn a_line_or_event_over_a_megabyte_is_refused() {
        let mut decoder = Decoder::default();
        let half = vec![b'x'; MAX_BYTES / 2];
        assert!(decoder.feed(b"data: ").is_ok());
        assert!(decoder.feed(&half).is_ok());
        assert_eq!(decoder.feed(&half), Err(TooLarge));

        let mut decoder = Decoder::default();
        let line = [b"data: ".as_slice(), &half, b"\n"].concat();
        assert!(decoder.feed(&line).is_ok());
        assert!(decoder.feed(&line).is_ok());
        assert_eq!(decoder.feed(&line), Err(TooLarge));
    }
}
