//! Addresses: a customer's email, in one spelling, so that it can be a key.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// An email address in lower case, at most 254 characters.
///
/// Its `Debug` form hides it: addresses do not belong into logs.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

/// Text that is not an email address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an email address")]
pub struct InvalidEmail;

impl Email {
    /// Longest address that SMTP can carry (RFC 5321, path of 256 less the brackets).
    pub const MAX_CHARS: usize = 254;

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough to be recognised by its owner, not enough to be used: `a***@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{domain}")
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    /// Trims, lowers, and takes only a plain `local@domain.tld`: no display name, no quotes, no line break.
    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim().to_lowercase();
        let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control() || "\"<>(),;:\\[]#".contains(c));
        let dotted = text.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'));
        if plain && dotted && text.len() <= Self::MAX_CHARS && email_address::EmailAddress::is_valid(&text) {
            Ok(Self(text))
        } else {
            Err(InvalidEmail)
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_has_one_spelling() {
        assert_eq!(" Ann@Example.COM ".parse::<Email>().unwrap().as_str(), "ann@example.com");
    }

    #[test]
    fn what_could_break_a_header_or_a_key_is_refused() {
        for text in [
            "",
            "ann",
            "ann@",
            "@x.test",
            "ann@host",
            "a@b.test\r\nBcc: c@d.test",
            "\"a b\"@x.test",
            "Ann <ann@x.test>",
            "a#b@x.test",
            "a@x.test,b@x.test",
        ] {
            assert_eq!(text.parse::<Email>(), Err(InvalidEmail), "{text:?}");
        }
        assert!(format!("{}@x.test", "a".repeat(64)).parse::<Email>().is_ok());
        assert!(format!("{}@x.test", "a".repeat(250)).parse::<Email>().is_err());
    }

    #[test]
    fn debug_output_hides_the_address() {
        assert_eq!(format!("{:?}", "ann@x.test".parse::<Email>().unwrap()), "Email(…)");
    }
}
