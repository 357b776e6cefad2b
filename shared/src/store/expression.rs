//! DynamoDB expressions without string surgery: names and values become placeholders by themselves.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::key::Key;

/// An item or a part of one.
pub(super) type Item = HashMap<String, AttributeValue>;

/// What can stand as a value in an expression.
pub(super) trait IntoValue {
    /// Its DynamoDB form.
    fn into_value(self) -> AttributeValue;
}

impl IntoValue for AttributeValue {
    fn into_value(self) -> AttributeValue {
        self
    }
}

impl IntoValue for &str {
    fn into_value(self) -> AttributeValue {
        AttributeValue::S(self.to_owned())
    }
}

impl IntoValue for String {
    fn into_value(self) -> AttributeValue {
        AttributeValue::S(self)
    }
}

impl IntoValue for bool {
    fn into_value(self) -> AttributeValue {
        AttributeValue::Bool(self)
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl IntoValue for $number {
            fn into_value(self) -> AttributeValue {
                AttributeValue::N(self.to_string())
            }
        }
    )*};
}
numbers!(i64, u64, u32, u16, usize);

/// Conditions and their placeholders, collected one by one and joined with `AND`.
#[derive(Debug, Clone, Default)]
pub(super) struct Terms {
    pub(super) names: HashMap<String, String>,
    pub(super) values: HashMap<String, AttributeValue>,
    conditions: Vec<String>,
}

impl Terms {
    /// A placeholder for an attribute.
    pub(super) fn name(&mut self, attribute: &str) -> String {
        if let Some((placeholder, _)) = self.names.iter().find(|(_, known)| *known == attribute) {
            return placeholder.clone();
        }
        let placeholder = format!("#n{}", self.names.len());
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    /// A placeholder for a value.
    pub(super) fn value(&mut self, value: impl IntoValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value.into_value());
        placeholder
    }

    pub(super) fn demand(&mut self, condition: String) {
        self.conditions.push(condition);
    }

    /// All conditions as one expression.
    pub(super) fn condition(&self) -> Option<String> {
        (!self.conditions.is_empty()).then(|| self.conditions.join(" AND "))
    }

    pub(super) fn names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    pub(super) fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}

macro_rules! conditions {
    ($type:ident) => {
        #[allow(dead_code, reason = "the words of a condition are the same for every kind of write")]
        impl $type {
            /// Demands that the item, or the attribute, is not there.
            #[must_use]
            pub(super) fn when_absent(mut self, attribute: &str) -> Self {
                let name = self.terms.name(attribute);
                self.terms.demand(format!("attribute_not_exists({name})"));
                self
            }

            /// Demands that the attribute is there.
            #[must_use]
            pub(super) fn when_present(mut self, attribute: &str) -> Self {
                let name = self.terms.name(attribute);
                self.terms.demand(format!("attribute_exists({name})"));
                self
            }

            /// Demands `attribute <op> value`, as in `("version", "=", 3)`.
            #[must_use]
            pub(super) fn when(mut self, attribute: &str, op: &str, value: impl IntoValue) -> Self {
                let (name, value) = (self.terms.name(attribute), self.terms.value(value));
                self.terms.demand(format!("{name} {op} {value}"));
                self
            }

            /// Demands that the attribute is absent, or `attribute <op> value`.
            #[must_use]
            pub(super) fn when_absent_or(mut self, attribute: &str, op: &str, value: impl IntoValue) -> Self {
                let (name, value) = (self.terms.name(attribute), self.terms.value(value));
                self.terms.demand(format!("(attribute_not_exists({name}) OR {name} {op} {value})"));
                self
            }

            /// Demands whatever `write` says with placeholders it takes itself.
            #[must_use]
            pub(super) fn when_so(mut self, write: impl FnOnce(&mut Terms) -> String) -> Self {
                let condition = write(&mut self.terms);
                self.terms.demand(condition);
                self
            }
        }
    };
}

/// A conditional change of one item.
#[derive(Debug, Clone)]
pub(super) struct Update {
    pub(super) key: Key,
    pub(super) terms: Terms,
    set: Vec<String>,
    add: Vec<String>,
    remove: Vec<String>,
    delete: Vec<String>,
}

conditions!(Update);

impl Update {
    pub(super) fn new(key: Key) -> Self {
        let terms = Terms::default();
        Self { key, terms, set: Vec::new(), add: Vec::new(), remove: Vec::new(), delete: Vec::new() }
    }

    #[must_use]
    pub(super) fn set(mut self, attribute: &str, value: impl IntoValue) -> Self {
        let (name, value) = (self.terms.name(attribute), self.terms.value(value));
        self.set.push(format!("{name} = {value}"));
        self
    }

    /// Sets the attribute to what another one was before this update, or to `otherwise` when that was absent.
    #[must_use]
    pub(super) fn set_from(mut self, attribute: &str, from: &str, otherwise: impl IntoValue) -> Self {
        let (name, from) = (self.terms.name(attribute), self.terms.name(from));
        let otherwise = self.terms.value(otherwise);
        self.set.push(format!("{name} = if_not_exists({from}, {otherwise})"));
        self
    }

    /// Sets the attribute to a value that has a placeholder already.
    #[must_use]
    pub(super) fn set_as(mut self, attribute: &str, placeholder: &str) -> Self {
        let name = self.terms.name(attribute);
        self.set.push(format!("{name} = {placeholder}"));
        self
    }

    /// Sets the attribute, or removes it when there is no value.
    #[must_use]
    pub(super) fn set_or_remove(self, attribute: &str, value: Option<impl IntoValue>) -> Self {
        match value {
            Some(value) => self.set(attribute, value),
            None => self.remove(attribute),
        }
    }

    /// Adds to a number (absent counts as 0), or to a set.
    #[must_use]
    pub(super) fn add(mut self, attribute: &str, value: impl IntoValue) -> Self {
        let (name, value) = (self.terms.name(attribute), self.terms.value(value));
        self.add.push(format!("{name} {value}"));
        self
    }

    #[must_use]
    pub(super) fn remove(mut self, attribute: &str) -> Self {
        let name = self.terms.name(attribute);
        self.remove.push(name);
        self
    }

    /// Takes members out of a set.
    #[must_use]
    pub(super) fn delete(mut self, attribute: &str, members: impl IntoValue) -> Self {
        let (name, value) = (self.terms.name(attribute), self.terms.value(members));
        self.delete.push(format!("{name} {value}"));
        self
    }

    pub(super) fn expression(&self) -> String {
        let clauses = [("SET", &self.set), ("ADD", &self.add), ("REMOVE", &self.remove), ("DELETE", &self.delete)];
        let said = clauses.iter().filter(|(_, parts)| !parts.is_empty());
        said.map(|(word, parts)| format!("{word} {}", parts.join(", "))).collect::<Vec<_>>().join(" ")
    }
}

/// A conditional write of a whole item.
#[derive(Debug, Clone)]
pub(super) struct Put {
    pub(super) item: Item,
    pub(super) terms: Terms,
}

conditions!(Put);

impl Put {
    pub(super) fn new(item: Item) -> Self {
        Self { item, terms: Terms::default() }
    }

    /// A write that never replaces.
    pub(super) fn fresh(item: Item) -> Self {
        Self::new(item).when_absent("pk")
    }
}

/// A conditional removal of one item.
#[derive(Debug, Clone)]
pub(super) struct Delete {
    pub(super) key: Key,
    pub(super) terms: Terms,
}

conditions!(Delete);

impl Delete {
    pub(super) fn new(key: Key) -> Self {
        Self { key, terms: Terms::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::TenantId;

    #[test]
    fn an_update_names_every_attribute_and_value_by_placeholder() {
        let key = Key::meter(TenantId::new(ulid::Ulid::from_parts(1, 1)));
        let update =
            Update::new(key).set("status", "OPEN").add("count", 1_u64).remove("status").when("version", "=", 3_u64);
        assert_eq!(update.expression(), "SET #n0 = :v0 ADD #n1 :v1 REMOVE #n0");
        assert_eq!(update.terms.condition().unwrap(), "#n2 = :v2");
        assert_eq!(update.terms.names["#n0"], "status");
    }
}
