//! However the network divides a stream, the answer is the same.

use std::time::Duration;

use proptest::prelude::*;

use super::super::draft::Draft;
use super::super::sse::Decoder;
use super::super::{Answer, event};
use super::FIXTURES;

/// The answer to `chunks`, or the kind of failure, with what was heard.
fn read<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> (Result<Answer, String>, Vec<String>) {
    let mut heard = Vec::new();
    let mut draft = Draft::default();
    let mut decoder = Decoder::default();
    let told = || {
        for chunk in chunks {
            for data in decoder.feed(chunk).unwrap() {
                draft.take(event::parse(&data)?, &mut |piece| heard.push(piece.to_owned()))?;
            }
        }
        draft.end()
    };
    let told = told().map_err(|failure| format!("{failure:?}"));
    let calls = draft.usage().into_iter().collect();
    (told.map(|()| draft.answer(calls, None, Duration::ZERO)), heard)
}

fn divide<'a>(stream: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
    cuts.sort_unstable();
    let ends = cuts.iter().copied().chain([stream.len()]);
    let starts = [0].into_iter().chain(cuts.iter().copied());
    starts.zip(ends).map(|(start, end)| &stream[start..end]).collect()
}

#[test]
fn every_recorded_stream_reads_the_same_byte_by_byte() {
    for (name, stream) in FIXTURES {
        let whole = read([stream.as_bytes()].into_iter());
        assert_eq!(read(stream.as_bytes().chunks(1)), whole, "{name}");
        let with_crlf = stream.replace('\n', "\r\n");
        assert_eq!(read(with_crlf.as_bytes().chunks(1)), whole, "{name} with CRLF");
        assert_eq!(whole.0.is_ok(), !name.starts_with("overloaded"), "{name}");
    }
}

proptest! {
    #[test]
    fn any_division_gives_the_same_answer(
        (name, stream) in prop::sample::select(&FIXTURES),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let whole = read([stream.as_bytes()].into_iter());
        let divided = read(divide(stream.as_bytes(), &cuts).into_iter());
        prop_assert_eq!(divided, whole, "{}", name);
    }

    #[test]
    fn a_stream_cut_anywhere_never_gives_a_tool_call_and_never_half_a_text(
        (_, stream) in prop::sample::select(&FIXTURES),
        end in any::<prop::sample::Index>(),
    ) {
        let (whole, all_heard) = read([stream.as_bytes()].into_iter());
        let kept = &stream.as_bytes()[..end.index(stream.len())];
        let (cut, heard) = read([kept].into_iter());
        prop_assert!(all_heard.starts_with(&heard));
        if let Ok(cut) = cut {
            // The reason to stop had come: nothing but the closing word was lost.
            prop_assert_eq!(Ok(cut), whole);
        }
    }

    #[test]
    fn no_bytes_whatever_cause_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let framed = [b"data: ".as_slice(), &bytes, b"\n\ndata: {\"type\":\"message_stop\"}\n\n"].concat();
        let _ = read([framed.as_slice()].into_iter());
    }
}
