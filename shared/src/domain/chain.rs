//! An error with its sources in one line, since JSON logs drop `source()`.

use std::error::Error;
use std::fmt;

/// Displays an error and everything that caused it: `the table is unavailable: dispatch failure: …`.
#[derive(Debug, Clone, Copy)]
pub struct Chain<'a, E: ?Sized>(pub &'a E);

impl<E: Error + ?Sized> fmt::Display for Chain<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    #[test]
    fn a_chain_names_every_source_in_order() {
        let error = StoreError::Unavailable(std::io::Error::other("the line is cut").into());
        assert_eq!(Chain(&error).to_string(), "the table is unavailable: the line is cut");
    }
}
