//! Webhook signatures: whether Stripe sent exactly these bytes, and recently.
//!
//! Works on the raw body. It never parses it, and never sees what the event says.

use std::time::Duration;

use aws_lc_rs::hmac;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use thiserror::Error;

/// How old a signature may be. Stripe signs each delivery anew.
pub const TOLERANCE: Duration = Duration::from_secs(300);

/// How far a signature may lie ahead of our clock. Stripe's own libraries have no such limit, which
/// would let a stolen signature of the year 2100 be used until then.
pub const SKEW: Duration = Duration::from_secs(60);

/// Why a delivery is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureRefused {
    /// The header has no single time or no signature.
    #[error("the signature header is malformed")]
    Malformed,
    /// No signature is of any of our secrets over these bytes.
    #[error("the signature does not match")]
    Mismatched,
    /// The signature is genuine and older than [`TOLERANCE`].
    #[error("the signature is too old")]
    TooOld,
    /// The signature is genuine and further ahead than [`SKEW`].
    #[error("the signature is from the future")]
    TooNew,
}

/// Accepts `raw_body` when any `v1` signature of `header` (`Stripe-Signature`) is by any of
/// `secrets`: while a secret is rotated, both are given. Comparison takes constant time.
///
/// # Errors
///
/// [`SignatureRefused`]; the delivery must have no effect.
pub fn verify(raw_body: &[u8], header: &str, secrets: &[SecretString], now: Timestamp) -> Result<(), SignatureRefused> {
    let (time, signatures) = parse(header)?;
    let signed_at: i64 = time.parse().map_err(|_| SignatureRefused::Malformed)?;
    // Signed over the time exactly as it was sent.
    let payload = [time.as_bytes(), b".", raw_body].concat();
    let is_ours = secrets
        .iter()
        .map(|secret| secret.expose_secret().as_bytes())
        // Anybody could sign with an empty secret.
        .filter(|secret| !secret.is_empty())
        .map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret))
        .any(|key| signatures.iter().any(|tag| hmac::verify(&key, &payload, tag).is_ok()));
    if !is_ours {
        return Err(SignatureRefused::Mismatched);
    }
    let age = i128::from(now.as_second()) - i128::from(signed_at);
    if age > i128::from(TOLERANCE.as_secs()) {
        return Err(SignatureRefused::TooOld);
    }
    if -age > i128::from(SKEW.as_secs()) {
        return Err(SignatureRefused::TooNew);
    }
    Ok(())
}

/// The time as it was sent, and every readable `v1` signature. Other schemes are ignored.
fn parse(header: &str) -> Result<(&str, Vec<[u8; 32]>), SignatureRefused> {
    let (mut time, mut signatures) = (None, Vec::new());
    for (name, value) in header.split(',').filter_map(|pair| pair.trim().split_once('=')) {
        match name {
            "t" if time.is_some() => return Err(SignatureRefused::Malformed),
            "t" => time = Some(value),
            "v1" => signatures.extend(unhex(value)),
            _ => {}
        }
    }
    match time {
        Some(time) if !signatures.is_empty() => Ok((time, signatures)),
        _ => Err(SignatureRefused::Malformed),
    }
}

/// The 32 bytes that 64 hexadecimal digits stand for.
fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;
    const SIGNED_AT: i64 = 1_700_000_000;

    fn sign(secret: &str, time: &str, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let payload = [time.as_bytes(), b".", body].concat();
        hmac::sign(&key, &payload).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn header() -> String {
        format!("t={SIGNED_AT},v1={}", sign("whsec_a", &SIGNED_AT.to_string(), BODY))
    }

    fn secrets(texts: &[&str]) -> Vec<SecretString> {
        texts.iter().map(|&text| SecretString::from(text)).collect()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn verdict(header: &str) -> Result<(), SignatureRefused> {
        verify(BODY, header, &secrets(&["whsec_a"]), at(SIGNED_AT))
    }

    #[test]
    fn a_signature_made_by_openssl_is_taken() {
        // printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test
        let header = "t=1700000000,v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925";
        assert_eq!(verify(BODY, header, &secrets(&["whsec_test"]), at(SIGNED_AT)), Ok(()));
    }

    #[test]
    fn a_signature_counts_from_a_minute_early_to_five_minutes_late() {
        for (now, expected) in [
            (SIGNED_AT - 61, Err(SignatureRefused::TooNew)),
            (SIGNED_AT - 60, Ok(())),
            (SIGNED_AT, Ok(())),
            (SIGNED_AT + 300, Ok(())),
            (SIGNED_AT + 301, Err(SignatureRefused::TooOld)),
        ] {
            let verdict = verify(BODY, &header(), &secrets(&["whsec_a"]), at(now));
            assert_eq!(verdict, expected, "{now}");
        }
    }

    #[test]
    fn a_genuine_time_at_the_end_of_numbers_is_refused_and_never_overflows() {
        for (time, expected) in
            [(i64::MIN, SignatureRefused::TooOld), (0, SignatureRefused::TooOld), (i64::MAX, SignatureRefused::TooNew)]
        {
            let header = format!("t={time},v1={}", sign("whsec_a", &time.to_string(), BODY));
            assert_eq!(verdict(&header), Err(expected), "{time}");
        }
    }

    #[test]
    fn any_secret_and_any_signature_may_match_while_a_secret_is_rotated() {
        let time = SIGNED_AT.to_string();
        let (old, new) = (sign("whsec_old", &time, BODY), sign("whsec_new", &time, BODY));
        let both = format!("t={time},v1={old},v1={new},v0=ignored");
        for (header, held, expected) in [
            (both.as_str(), vec!["whsec_old"], Ok(())),
            (&both, vec!["whsec_new"], Ok(())),
            (&both, vec!["whsec_other", "whsec_new"], Ok(())),
            (&both, vec!["whsec_other"], Err(SignatureRefused::Mismatched)),
            (&both, vec![], Err(SignatureRefused::Mismatched)),
        ] {
            assert_eq!(verify(BODY, header, &secrets(&held), at(SIGNED_AT)), expected, "{held:?}");
        }
    }

    #[test]
    fn an_empty_secret_accepts_nothing() {
        let header = format!("t={SIGNED_AT},v1={}", sign("", &SIGNED_AT.to_string(), BODY));
        let verdict = verify(BODY, &header, &secrets(&[""]), at(SIGNED_AT));
        assert_eq!(verdict, Err(SignatureRefused::Mismatched));
    }

    #[test]
    fn another_body_or_time_does_not_match() {
        let held = secrets(&["whsec_a"]);
        for body in [b"".as_slice(), br#"{"id": "evt_1"}"#, b"{\"id\":\"evt_1\"}\n"] {
            let verdict = verify(body, &header(), &held, at(SIGNED_AT));
            assert_eq!(verdict, Err(SignatureRefused::Mismatched));
        }
        let moved = header().replace("t=1700000000", "t=1700000001");
        assert_eq!(verdict(&moved), Err(SignatureRefused::Mismatched));
    }

    #[test]
    fn a_garbled_header_is_malformed() {
        let tag = sign("whsec_a", &SIGNED_AT.to_string(), BODY);
        for header in [
            String::new(),
            "garbage".into(),
            format!("v1={tag}"),
            format!("t={SIGNED_AT}"),
            format!("t={SIGNED_AT},v0={tag}"),
            format!("t=,v1={tag}"),
            format!("t=soon,v1={tag}"),
            format!("t=99999999999999999999,v1={tag}"),
            format!("t={SIGNED_AT},t={SIGNED_AT},v1={tag}"),
            format!("t={SIGNED_AT},v1={}", &tag[1..]),
            format!("t={SIGNED_AT},v1={tag}00"),
            format!("t={SIGNED_AT},v1=é{}", &tag[2..]),
        ] {
            assert_eq!(verdict(&header), Err(SignatureRefused::Malformed), "{header}");
        }
    }

    #[test]
    fn an_unreadable_signature_beside_a_right_one_does_no_harm() {
        assert_eq!(verdict(&header().replace(",v1=", ",v1=zz,v1=")), Ok(()));
    }
}
