//! What the model is told of each tool: name, purpose, schema of its input. Never a tenant, a session or
//! another customer's id: those are not the model's to name.

use serde_json::{Value, json};

use crate::clients::claude::ToolSpec;

/// All tools.
pub(super) const NAMES: [&str; 11] = [
    "list_packages",
    "get_business_info",
    "check_availability",
    "search_help",
    "get_my_bookings",
    "book_package",
    "reschedule_booking",
    "cancel_booking",
    "join_waitlist",
    "verify_email",
    "request_human_help",
];

/// The tools as the model is told of them.
#[must_use]
pub fn specs() -> Vec<ToolSpec> {
    let tool = |name, description, input_schema| ToolSpec { name, description, input_schema };
    vec![
        tool("list_packages", "Lists what can be booked, with ids, prices and durations.", object(&json!({}), &[])),
        tool(
            "get_business_info",
            "Tells opening hours, whether the business is open now, contact and policies.",
            object(&json!({}), &[]),
        ),
        tool(
            "check_availability",
            "Lists free slots of a package. Offer these only, and pass a slotId on exactly as given. Several days are told in part (moreSlots): ask for one day to see all of it. `without` tells the days on which nothing is free, and why; when there is nothing at all, `next` has the first slots after those days. Where everything is booked, offer the waitlist as well (join_waitlist).",
            object(
                &json!({
                    "packageId": { "type": "string", "description": "From list_packages" },
                    "from": { "type": "string", "description": "First day, YYYY-MM-DD, in the business's time zone" },
                    "days": { "type": "integer", "minimum": 1, "maximum": 14, "description": "How many days to look at; 3 if absent" },
                }),
                &["packageId", "from"],
            ),
        ),
        tool(
            "search_help",
            "Finds what the business itself says in its help articles, by words: parking, payment, what to bring, vouchers, children, accessibility, delivery and the like. Use it before you answer anything that the other tools do not tell. Answer only from the passages found and name the article by its title; when none is found, say that you do not know.",
            object(
                &json!({ "query": { "type": "string", "maxLength": 300, "description": "The question in a few words of the visitor's own, without names, addresses and numbers. If nothing is found, try once more in other words or in the language of the business." } }),
                &["query"],
            ),
        ),
        tool(
            "get_my_bookings",
            "Lists the visitor's own bookings, places that are offered to them, and what they wait for. Needs a proven email (verify_email).",
            object(&json!({}), &[]),
        ),
        tool(
            "book_package",
            "Prepares a booking as a card that the visitor must confirm. Ask for name and email first.",
            object(
                &json!({
                    "slotId": { "type": "string", "description": "From check_availability" },
                    "customerName": { "type": "string" },
                    "customerEmail": { "type": "string" },
                    "notes": { "type": "string", "description": "Wishes for the business" },
                }),
                &["slotId", "customerName", "customerEmail"],
            ),
        ),
        tool(
            "reschedule_booking",
            "Prepares moving one of the visitor's bookings to another slot, as a card to confirm. Needs a proven email.",
            object(
                &json!({
                    "bookingId": { "type": "string", "description": "From get_my_bookings" },
                    "slotId": { "type": "string", "description": "From check_availability of the same package" },
                }),
                &["bookingId", "slotId"],
            ),
        ),
        tool(
            "cancel_booking",
            "Prepares cancelling one of the visitor's bookings, as a card to confirm. Needs a proven email.",
            object(
                &json!({ "bookingId": { "type": "string", "description": "From get_my_bookings" } }),
                &["bookingId"],
            ),
        ),
        tool(
            "join_waitlist",
            "Prepares a place on the waitlist as a card that the visitor must confirm, for days on which check_availability finds everything booked. A place that comes free is then offered by mail, first come first served. Ask for name and email first.",
            object(
                &json!({
                    "packageId": { "type": "string", "description": "From list_packages" },
                    "from": { "type": "string", "description": "The day, or the first of several, YYYY-MM-DD" },
                    "to": { "type": "string", "description": "The last day, at most 13 days later; the same day if absent" },
                    "customerName": { "type": "string" },
                    "customerEmail": { "type": "string" },
                }),
                &["packageId", "from", "customerName", "customerEmail"],
            ),
        ),
        tool(
            "verify_email",
            "Mails a six-digit code to the visitor's address, which opens all its bookings; the visitor types it into the chat window's own field. With the confirmation code of a booking nothing is mailed, and that one booking is opened at once.",
            object(
                &json!({
                    "email": { "type": "string" },
                    "confirmationCode": { "type": "string", "description": "8 characters, only as the visitor gives it" },
                }),
                &["email"],
            ),
        ),
        tool(
            "request_human_help",
            "Asks the team to take over. Use it when the visitor wants a person or you cannot help.",
            object(&json!({ "reason": { "type": "string", "maxLength": 500 } }), &["reason"]),
        ),
    ]
}

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_schema_lets_the_model_name_a_tenant_or_a_session() {
        for spec in specs() {
            let schema = spec.input_schema.to_string().to_lowercase();
            assert!(NAMES.contains(&spec.name), "{}", spec.name);
            assert!(!schema.contains("tenant") && !schema.contains("session"), "{}", spec.name);
            assert_eq!(spec.input_schema["additionalProperties"], false, "{}", spec.name);
        }
        assert_eq!(specs().len(), NAMES.len());
    }
}
