//! What a business may not be like, and where its faults are told; what is accepted is kept as it was written.

use super::*;

fn draft() -> TenantDraft {
    TenantDraft {
        allowed_origins: vec!["https://shop.example".to_owned()],
        stripe_account: Some("acct_1Abc".to_owned()),
        ..TenantDraft::new("Bright Light", "Europe/Berlin", "EUR", "owner@demo.test")
    }
}

fn check(draft: &TenantDraft) -> Result<Tenant, Vec<(String, &'static str)>> {
    let id = "01JD7Q4ZJ2M6S1V0B7T3K9XN5R".parse().unwrap();
    draft.check(id, 1).map_err(|refused| refused.0.into_iter().map(|fault| (fault.pointer, fault.code)).collect())
}

fn faults(change: impl FnOnce(&mut TenantDraft)) -> Vec<(String, &'static str)> {
    let mut changed = draft();
    change(&mut changed);
    check(&changed).err().unwrap_or_default()
}

#[test]
fn the_defaults_survive_being_written_down() {
    let tenant = check(&draft()).unwrap();
    assert_eq!((tenant.policies, tenant.limits), (Policies::default(), Limits::default()));
    assert_eq!(tenant.timezone.iana_name(), Some("Europe/Berlin"));
}

#[test]
fn every_fault_is_told_where_it_is() {
    let told = faults(|draft| {
        draft.timezone = "Mars/Base".to_owned();
        draft.currency = "euro".to_owned();
        draft.owner_email = "nobody".to_owned();
        draft.policies.late_fee_percent = 101;
        draft.assistant.max_tokens = 0;
    });
    let told: Vec<_> = told.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(told, ["/timezone", "/currency", "/ownerEmail", "/policies/lateFeePercent", "/assistant/maxTokens"]);
}

#[test]
fn policies_hold_at_both_of_their_bounds_and_not_beyond() {
    for (good, hold) in [(false, 29), (true, 30), (true, 1_440), (false, 1_441)] {
        assert_eq!(faults(|draft| draft.policies.hold_minutes = hold).is_empty(), good, "{hold}");
    }
    for (good, offer) in [(false, 9), (true, 10), (true, 1_440), (false, 1_441)] {
        assert_eq!(faults(|draft| draft.policies.offer_minutes = offer).is_empty(), good, "{offer}");
    }
    for (good, days) in [(false, 0), (true, 1), (true, 730), (false, 731)] {
        assert_eq!(faults(|draft| draft.policies.horizon_days = days).is_empty(), good, "{days}");
    }
}

#[test]
fn a_site_is_spelled_as_browsers_spell_it() {
    for (text, spelled) in [
        ("https://Shop.Example/", Some("https://shop.example")),
        ("https://shop.example:443", None),
        ("http://localhost:3000", Some("http://localhost:3000")),
        ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
        ("http://shop.example", None),
        ("https://shop.example/cart", None),
        ("https://ann@shop.example", None),
        ("https://*.shop.example", None),
        ("null", None),
        ("javascript:alert(1)", None),
    ] {
        assert_eq!(origin(text).ok().as_deref(), spelled, "{text}");
    }
    assert_eq!(
        faults(|draft| draft.allowed_origins = vec!["https://a.example".to_owned(); MAX_ORIGINS + 1]),
        [("/allowedOrigins".to_owned(), "too_many")]
    );
}

#[test]
fn what_becomes_a_link_or_a_header_is_plain() {
    assert_eq!(
        faults(|draft| draft.contact.website = "javascript:alert(1)".to_owned()),
        [("/contact/website".to_owned(), "invalid")]
    );
    assert_eq!(faults(|draft| draft.contact.website = "https://shop.example".to_owned()), []);
    for account in ["acct_", "acct_1\r\nX: y", "sk_live_1"] {
        assert_eq!(
            faults(|draft| draft.stripe_account = Some(account.to_owned())),
            [("/stripeAccount".to_owned(), "invalid")]
        );
    }
    assert_eq!(faults(|draft| draft.timezone = "+02:00".to_owned()), [("/timezone".to_owned(), "invalid")]);
}
