//! Every route of the template, asked with canaries wherever a caller can put one.

use std::collections::BTreeSet;

use local::template::Template;
use serde_json::{Value, json};
use tests::{Desk, Reply};

use super::canary::{ADDRESS, AGENT, BEARER, Canaries, EMAIL, KEY, NAME, NOTE, PHONE, SECRET, TOKEN, WISH, WORDS};

/// How often each route is asked.
pub(super) const REQUESTS_EACH: usize = 5;

/// What the route is sent: its own fields with canaries in them. A route that is not here fails the test.
fn body_of(method: &str, path: &str) -> Option<Value> {
    let offer = json!({ "name": NAME, "description": NOTE, "priceAmount": NOTE, "resourceIds": [WISH] });
    Some(match (method, path.trim_start_matches("/v1/")) {
        ("GET" | "DELETE", _) => return None,
        ("POST", "public/chat/sessions") => {
            json!({ "source": WORDS, "pageUrl": format!("https://shop.test/{TOKEN}"), "referrer": WISH, "userId": EMAIL })
        }
        ("POST", "public/chat/message" | "public/chat/message/stream") => {
            json!({ "message": WORDS, "clientMessageId": TOKEN, "visitorId": EMAIL, "userId": NAME, "sessionId": SECRET })
        }
        ("POST", "public/chat/email/code") => json!({ "sessionId": SECRET, "email": EMAIL }),
        ("POST", "public/chat/email/verify") => {
            json!({ "sessionId": SECRET, "email": EMAIL, "confirmationCode": PHONE })
        }
        ("POST", "public/chat/escalate") => json!({ "sessionId": SECRET, "reason": WORDS, "customerEmail": EMAIL }),
        ("POST", "public/chat/feedback") => json!({ "sessionId": SECRET, "rating": 1, "comment": WORDS }),
        ("POST", "public/chat/read") => json!({ "sessionId": SECRET, "upTo": TOKEN }),
        ("POST", "public/chat/end") => json!({ "sessionId": SECRET }),
        ("POST", "public/chat/confirm/{proposalId}" | "public/chat/decline/{proposalId}") => {
            json!({ "sessionId": SECRET })
        }
        ("POST", "public/bookings/{token}/cancel" | "public/bookings/{token}/pay") => json!(WISH),
        ("POST", "public/waitlist/{token}/take" | "public/waitlist/{token}/pass" | "public/waitlist/{token}/leave") => {
            json!(WISH)
        }
        ("POST", "public/bookings/{token}/reschedule") => json!(format!("slot={TOKEN}")),
        ("POST", "admin/packages") | ("PATCH", "admin/packages/{id}") => offer,
        ("POST", "admin/resources") | ("PATCH", "admin/resources/{id}") => json!({ "name": NAME, "active": WISH }),
        ("POST", "admin/articles") | ("PATCH", "admin/articles/{id}") => {
            json!({ "title": NOTE, "body": WORDS, "active": PHONE })
        }
        ("POST", "admin/articles/import") => {
            json!({ "markdown": format!("# {NOTE}\n\n{WORDS}"), "name": NAME, "locale": "en" })
        }
        (
            "POST",
            "admin/articles/{id}/approve"
            | "admin/articles/unanswered/{id}/propose-article"
            | "admin/conversations/{id}/propose-article",
        ) => json!({ "reason": WORDS }),
        ("POST", "admin/canned-replies") | ("PATCH", "admin/canned-replies/{id}") => {
            json!({ "title": NOTE, "text": format!("{WORDS} {{{{{WISH}}}}}") })
        }
        ("POST", "admin/webhooks") | ("PATCH", "admin/webhooks/{id}") => {
            json!({ "url": format!("https://{TOKEN}.example.com/{SECRET}"), "kind": NOTE, "events": [WORDS], "description": NAME })
        }
        ("POST", "admin/webhooks/{id}/secret" | "admin/webhooks/{id}/test") => json!({ "reason": WORDS }),
        ("POST", "admin/webhooks/{id}/deliveries/{deliveryId}/replay") => json!({ "reason": WORDS }),
        ("POST", "admin/resources/{id}/calendar") => json!({ "name": NAME }),
        ("PUT", "admin/resources/{id}/calendar") => {
            json!({ "busyCalendarUrls": [format!("https://{TOKEN}.example.com/{SECRET}"), NOTE] })
        }
        ("PATCH", "admin/tenant") => {
            json!({ "name": NAME, "ownerEmail": NAME, "contact": { "phone": PHONE, "email": WISH }, "timezone": NOTE })
        }
        ("PUT", "admin/hours") => json!({ "weekly": { "mon": [[WORDS, NOTE]] }, "exceptions": [{ "date": WISH }] }),
        ("PUT", "admin/widget-config") => json!({ "greeting": WORDS, "color": NOTE, "quickReplies": [NAME] }),
        ("POST", "admin/bookings/{id}/cancel" | "admin/bookings/{id}/complete" | "admin/bookings/{id}/no-show") => {
            json!({ "reason": WORDS })
        }
        ("PATCH", "admin/bookings/{id}") => json!({ "notes": NOTE, "status": WORDS }),
        ("POST", "admin/bookings/{id}/reschedule") => {
            json!({ "startsAt": WORDS, "resourceId": TOKEN, "waive": [NOTE] })
        }
        ("POST", "admin/bookings/{id}/refund") => json!({ "key": TOKEN, "amount": { "amount": 1, "currency": NOTE } }),
        ("PATCH", "admin/conversations/{id}") => {
            json!({ "notes": NOTE, "status": WORDS, "assignee": NAME, "labels": [WISH] })
        }
        ("POST", "admin/conversations/{id}/take" | "admin/conversations/{id}/give-back") => json!({ "reason": WORDS }),
        ("POST", "admin/conversations/{id}/reply") => json!({ "message": WORDS, "clientMessageId": TOKEN }),
        ("POST", "platform/tenants") => json!({ "name": NAME, "ownerEmail": EMAIL, "contact": { "phone": PHONE } }),
        ("POST", "webhooks/stripe") => json!({ "id": TOKEN, "data": { "object": { "customer_email": EMAIL } } }),
        _ => panic!("{method} {path} has no canaries yet"),
    })
}

/// Asks every route: as somebody, as nobody, and with bodies that cannot be read.
pub(super) async fn try_all(desk: &Desk, canaries: &Canaries) {
    let owner = desk.owner().await.token().to_owned();
    let tokens = [owner.as_str(), BEARER];
    let mut tried = BTreeSet::new();
    for route in Template::deployed().unwrap().routes.iter() {
        let path = route.path.replace("{token}", TOKEN).replace("{id}", TOKEN).replace("{proposalId}", TOKEN);
        let path = path.replace("{deliveryId}", TOKEN);
        let path = path.replace("{file}", &format!("{TOKEN}.ics"));
        let body = body_of(&route.method, &route.path);
        let whole = body.as_ref().map(Value::to_string).unwrap_or_default();
        let spoilt = format!("{{\"message\":\"{WORDS}\",\"email\":\"{EMAIL}\",,");
        let bodies = [whole.as_str(), &spoilt, &format!("[\"{WORDS}\"]")];
        assert!(body.is_none() || !canaries.found_in(&whole).is_empty(), "{path} is sent no canary: {whole}");
        let sent = [
            (tokens[0], "pk_demo", bodies[0]),
            (tokens[0], "pk_demo", bodies[1]),
            (tokens[0], "pk_demo", bodies[2]),
            (tokens[1], KEY, bodies[0]),
            (tokens[1], KEY, bodies[1]),
        ];
        assert_eq!(sent.len(), REQUESTS_EACH);
        for (bearer, key, body) in sent {
            let asked = format!(
                "{}{path}?cursor={TOKEN}&from={TOKEN}&day={WISH}&email={EMAIL}&q={WORDS}&label={NOTE}",
                desk.base_url
            );
            let request = desk
                .request(route.method.parse().unwrap(), &asked)
                .bearer_auth(bearer)
                .header("x-tenant-key", key)
                .header("x-session-id", SECRET)
                .header("if-match", "1")
                .header("content-type", "application/json")
                .header("user-agent", AGENT)
                .header("x-forwarded-for", ADDRESS)
                .header("cookie", format!("name={TOKEN}"))
                .header("stripe-signature", format!("t=1,v1={TOKEN}"))
                .body(body.to_owned());
            // Whatever it answers, it is this route's own function that does, as its line in the log proves.
            drop(Reply::of(request).await);
        }
        tried.insert((route.method.clone(), route.path.clone()));
    }
    assert!(40 < tried.len(), "{tried:?}");
}
