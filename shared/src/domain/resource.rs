//! Resources: the people and rooms that serve packages. What one of them is taken for, `claim` knows.

use super::field::{Faults, InvalidDraft};
use super::id::ResourceId;
use super::text::Line;

/// A person or room. Two bookings never have it at once, unless they share a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its id.
    pub id: ResourceId,
    /// As the owner calls it.
    pub name: Line<120>,
    /// Only active resources are offered and booked; what is booked already stands.
    pub active: bool,
    /// Rises with each change; what `If-Match` compares.
    pub version: u64,
}

/// A resource as its owner wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceDraft {
    /// `/name`.
    pub name: String,
    /// `/active`.
    pub active: bool,
}

impl ResourceDraft {
    /// Makes the resource, with the id and version that its store gives it.
    ///
    /// # Errors
    ///
    /// [`InvalidDraft`] when the name is refused.
    pub fn check(&self, id: ResourceId, version: u64) -> Result<Resource, InvalidDraft> {
        let mut faults = Faults::default();
        let name = faults.parsed("/name", Line::new(&self.name));
        faults.settle(name.map(|name| Resource { id, name, active: self.active, version }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_needs_a_name() {
        let id = "01JD7Q4ZJ2M6S1V0B7T3K9XN5R".parse().unwrap();
        let draft = |name: &str| ResourceDraft { name: name.to_owned(), active: true };
        assert_eq!(draft(" Ann ").check(id, 1).unwrap().name.as_str(), "Ann");
        assert_eq!(draft(" ").check(id, 1).unwrap_err().0[0].pointer, "/name");
        assert!(draft(&"x".repeat(121)).check(id, 1).is_err());
    }
}
