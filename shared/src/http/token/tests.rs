//! Tokens that are anything but right open nothing.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use aws_lc_rs::{encoding::AsDer as _, encoding::PublicKeyX509Der, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::LazyLock;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

const ISSUER: &str = "https://id.example.test/pool";
const AUDIENCE: &str = "console";
const TENANT: &str = "01JD7Q4ZJ2M6S1V0B7T3K9XN5R";
const NOW: i64 = 1_795_255_200;

/// The keys of the issuer (`rsa`, `ec`) and of somebody else (`foreign`).
struct Ring {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
    foreign: RsaKeyPair,
}

static RING: LazyLock<Ring> = LazyLock::new(|| Ring {
    rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
    ec: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
    foreign: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
});

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn rsa_jwk(kid: &str, pair: &RsaKeyPair) -> Value {
    let public = pair.public_key();
    let (n, e) =
        (public.modulus().big_endian_without_leading_zero(), public.exponent().big_endian_without_leading_zero());
    json!({ "kty": "RSA", "kid": kid, "alg": "RS256", "use": "sig", "n": b64(n), "e": b64(e) })
}

fn ec_jwk(kid: &str) -> Value {
    let point = RING.ec.public_key().as_ref();
    json!({ "kty": "EC", "kid": kid, "crv": "P-256", "x": b64(&point[1..33]), "y": b64(&point[33..65]) })
}

fn jwks() -> Value {
    json!({ "keys": [rsa_jwk("rsa", &RING.rsa), ec_jwk("ec")] })
}

fn tokens() -> Tokens {
    Tokens::new(ISSUER, AUDIENCE, JwksSource::fixed(&jwks().to_string()).unwrap())
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "token_use": "id", "sub": "person-1", "exp": NOW + 3600, "iat": NOW,
        "email": "Owner@Demo.test", "email_verified": true, "custom:tenant": TENANT, "custom:role": "owner",
    })
}

/// The good claims with some fields set; `null` takes a field away.
fn with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", b64(header.to_string()), b64(claims.to_string()))
}

fn sign_rsa(pair: &RsaKeyPair, message: &str) -> Vec<u8> {
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    signature
}

fn rs256_with(header: Value, claims: &Value, pair: &RsaKeyPair) -> String {
    let message = unsigned(&header, claims);
    let signature = sign_rsa(pair, &message);
    format!("{message}.{}", b64(signature))
}

fn rs256(claims: &Value) -> String {
    rs256_with(json!({ "alg": "RS256", "kid": "rsa", "typ": "JWT" }), claims, &RING.rsa)
}

fn es256(kid: &str, claims: &Value) -> String {
    let message = unsigned(&json!({ "alg": "ES256", "kid": kid }), claims);
    let signature = RING.ec.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    format!("{message}.{}", b64(signature))
}

fn hs256(secret: &[u8], kid: &str) -> String {
    let message = unsigned(&json!({ "alg": "HS256", "kid": kid }), &claims());
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    format!("{message}.{}", b64(tag))
}

async fn flaw(token: &str) -> Option<Flaw> {
    match tokens().verify(token, now()).await {
        Ok(_) => None,
        Err(TokenRefused::Invalid(flaw)) => Some(flaw),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_owner_is_recognised_by_either_kind_of_key() {
    for token in [rs256(&claims()), es256("ec", &claims())] {
        let person = tokens().verify(&token, now()).await.unwrap();
        assert_eq!(person.subject.as_str(), "person-1");
        assert_eq!(person.email.unwrap().as_str(), "owner@demo.test");
        assert_eq!(person.tenant.unwrap().to_string(), TENANT);
        assert_eq!(person.role, Role::Owner);
    }
}

#[tokio::test]
async fn every_forged_signature_is_refused() {
    let good = rs256(&claims());
    let (message, signature) = good.rsplit_once('.').unwrap();
    let public = RING.rsa.public_key();
    let der: PublicKeyX509Der<'_> = public.as_der().unwrap();
    let modulus = public.modulus().big_endian_without_leading_zero();
    let none = |alg: &str| format!("{}.", unsigned(&json!({ "alg": alg, "kid": "rsa" }), &claims()));
    let own_key =
        json!({ "alg": "RS256", "kid": "rsa", "jwk": rsa_jwk("rsa", &RING.foreign), "jku": "https://evil.test/jwks" });
    let raised =
        unsigned(&json!({ "alg": "RS256", "kid": "rsa", "typ": "JWT" }), &with(json!({ "custom:role": "agent" })));
    for (attack, token, expected) in [
        ("alg none", none("none"), Flaw::Algorithm),
        ("alg None", none("None"), Flaw::Algorithm),
        ("alg none with the good signature", format!("{}{signature}", none("none")), Flaw::Algorithm),
        ("HS256 with the public key as secret", hs256(der.as_ref(), "rsa"), Flaw::Algorithm),
        ("HS256 with the modulus as secret", hs256(modulus, "rsa"), Flaw::Algorithm),
        ("HS256 with no secret", hs256(b"", "rsa"), Flaw::Algorithm),
        ("ES256 over an RSA key", es256("rsa", &claims()), Flaw::Algorithm),
        (
            "RS256 over an EC key",
            rs256_with(json!({ "alg": "RS256", "kid": "ec" }), &claims(), &RING.rsa),
            Flaw::Algorithm,
        ),
        ("RS512", rs256_with(json!({ "alg": "RS512", "kid": "rsa" }), &claims(), &RING.rsa), Flaw::Algorithm),
        ("PS256", rs256_with(json!({ "alg": "PS256", "kid": "rsa" }), &claims(), &RING.rsa), Flaw::Algorithm),
        (
            "a foreign key under our key id",
            rs256_with(json!({ "alg": "RS256", "kid": "rsa" }), &claims(), &RING.foreign),
            Flaw::Signature,
        ),
        ("a key that the token brings along", rs256_with(own_key, &claims(), &RING.foreign), Flaw::Signature),
        (
            "a foreign key id",
            rs256_with(json!({ "alg": "RS256", "kid": "other" }), &claims(), &RING.foreign),
            Flaw::UnknownKey,
        ),
        (
            "a path as key id",
            rs256_with(json!({ "alg": "RS256", "kid": "../../dev/null" }), &claims(), &RING.rsa),
            Flaw::UnknownKey,
        ),
        ("no key id", rs256_with(json!({ "alg": "RS256" }), &claims(), &RING.rsa), Flaw::UnknownKey),
        ("an empty key id", rs256_with(json!({ "alg": "RS256", "kid": "" }), &claims(), &RING.rsa), Flaw::UnknownKey),
        (
            "an unknown critical header",
            rs256_with(json!({ "alg": "RS256", "kid": "rsa", "crit": ["b64"], "b64": false }), &claims(), &RING.rsa),
            Flaw::Malformed,
        ),
        ("other claims under the good signature", format!("{raised}.{signature}"), Flaw::Signature),
        ("no signature", format!("{message}."), Flaw::Signature),
        ("half a signature", format!("{message}.{}", &signature[..signature.len() / 2 / 4 * 4]), Flaw::Signature),
    ] {
        assert_eq!(flaw(&token).await, Some(expected), "{attack}");
    }
}

#[tokio::test]
async fn a_token_for_someone_else_or_another_time_is_refused() {
    for (changes, expected) in [
        (json!({ "iss": "https://id.example.test/other" }), Flaw::Issuer),
        (json!({ "iss": format!("{ISSUER}/") }), Flaw::Issuer),
        (json!({ "iss": null }), Flaw::Malformed),
        (json!({ "aud": "another" }), Flaw::Audience),
        (json!({ "aud": ["another", "console2"] }), Flaw::Audience),
        (json!({ "aud": [] }), Flaw::Audience),
        (json!({ "aud": null }), Flaw::Audience),
        (json!({ "aud": null, "client_id": AUDIENCE }), Flaw::Audience),
        (json!({ "token_use": "access" }), Flaw::Audience),
        (json!({ "token_use": "access", "client_id": "another" }), Flaw::Audience),
        (json!({ "token_use": "refresh" }), Flaw::Audience),
        (json!({ "exp": null }), Flaw::NoExpiry),
        (json!({ "exp": NOW - 30 }), Flaw::Expired),
        (json!({ "exp": 0 }), Flaw::Expired),
        (json!({ "exp": i64::MAX }), Flaw::Malformed),
        (json!({ "exp": "never" }), Flaw::Malformed),
        (json!({ "exp": 1e300 }), Flaw::Malformed),
        (json!({ "nbf": NOW + 31 }), Flaw::NotYet),
        (json!({ "custom:role": null }), Flaw::NoRole),
        (json!({ "custom:role": "Owner" }), Flaw::NoRole),
        (json!({ "custom:role": "platform" }), Flaw::NoRole),
        (json!({ "custom:tenant": null }), Flaw::NoRole),
        (json!({ "custom:tenant": "T#x" }), Flaw::NoRole),
        (json!({ "cognito:groups": ["platforms"], "custom:role": null }), Flaw::NoRole),
        (json!({ "sub": "" }), Flaw::Malformed),
        (json!({ "sub": null }), Flaw::Malformed),
    ] {
        assert_eq!(flaw(&rs256(&with(changes.clone()))).await, Some(expected), "{changes}");
    }
}

#[tokio::test]
async fn the_edges_of_time_and_audience_are_inside() {
    for changes in [
        json!({ "exp": NOW - 29 }),
        json!({ "nbf": NOW + 30 }),
        json!({ "aud": ["another", AUDIENCE] }),
        json!({ "token_use": null }),
        json!({ "token_use": "access", "aud": null, "client_id": AUDIENCE }),
        json!({ "custom:role": "agent" }),
        json!({ "cognito:groups": ["staff", "platform"], "custom:role": null, "custom:tenant": null }),
    ] {
        assert_eq!(flaw(&rs256(&with(changes.clone()))).await, None, "{changes}");
    }
}

#[tokio::test]
async fn only_a_group_makes_a_platform_person_and_only_a_proven_address_is_kept() {
    let platform = json!({ "cognito:groups": ["platform"], "custom:tenant": null, "email_verified": false });
    let person = tokens().verify(&rs256(&with(platform)), now()).await.unwrap();
    assert_eq!((person.role, person.tenant, person.email), (Role::Platform, None, None));
    let agent = tokens().verify(&rs256(&with(json!({ "custom:role": "agent" }))), now()).await.unwrap();
    assert_eq!(agent.role, Role::Agent);
}

#[tokio::test]
async fn text_that_is_no_token_is_refused() {
    let good = rs256(&claims());
    let doubled = b64(r#"{"alg":"RS256","kid":"rsa","alg":"none"}"#);
    for text in
        ["", ".", "..", "a.b.c", "💥", &good[1..], &format!("{good}.x"), &format!("{doubled}.e30.x"), &"a".repeat(9000)]
    {
        assert_eq!(flaw(text).await, Some(Flaw::Malformed), "{text:?}");
    }
    let claims_twice = r#"{"iss":"a","iss":"b","sub":"x"}"#;
    let message = format!("{}.{}", b64(r#"{"alg":"RS256","kid":"rsa"}"#), b64(claims_twice));
    let token = format!("{message}.{}", b64(sign_rsa(&RING.rsa, &message)));
    assert_eq!(flaw(&token).await, Some(Flaw::Malformed));
}

#[test]
fn there_is_exactly_one_bearer_token_or_none() {
    let headers = |values: &[&'static str]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        headers
    };
    for (values, expected) in [
        (&["Bearer abc"][..], Some("abc")),
        (&["bearer  abc "], Some("abc")),
        (&[], None),
        (&["abc"], None),
        (&["Basic abc"], None),
        (&["Bearer a", "Bearer b"], None),
    ] {
        assert_eq!(bearer(&headers(values)), expected, "{values:?}");
    }
}

#[test]
fn shared_secrets_other_curves_and_encryption_keys_never_become_keys() {
    let mut for_encryption = rsa_jwk("enc", &RING.rsa);
    for_encryption["use"] = json!("enc");
    let mut for_rs512 = rsa_jwk("rs512", &RING.rsa);
    for_rs512["alg"] = json!("RS512");
    let mut nameless = rsa_jwk("x", &RING.rsa);
    nameless.as_object_mut().unwrap().remove("kid");
    let oct = json!({ "kty": "oct", "kid": "oct", "k": b64("secret"), "alg": "HS256" });
    let p384 = json!({ "kty": "EC", "kid": "p384", "crv": "P-384", "x": b64([1; 48]), "y": b64([1; 48]) });
    let odd = json!({ "kty": "LMS", "kid": "odd" });
    let set = json!({ "keys": [for_encryption, for_rs512, nameless, oct, p384, odd, ec_jwk("good")] });
    assert_eq!(format!("{:?}", JwksSource::fixed(&set.to_string()).unwrap()), "JwksSource(1 keys)");
    assert!(JwksSource::fixed("{}").is_err());
}

/// A key server that answers with `answers` in turn, each once, and counts on all being asked for.
async fn key_server(answers: Vec<ResponseTemplate>) -> (MockServer, Tokens) {
    let server = MockServer::start().await;
    for answer in answers {
        Mock::given(method("GET"))
            .and(path("/jwks"))
            .respond_with(answer)
            .up_to_n_times(1)
            .expect(1)
            .mount(&server)
            .await;
    }
    let url = format!("{}/jwks", server.uri()).parse().unwrap();
    let tokens = Tokens::new(ISSUER, AUDIENCE, JwksSource::fetched(reqwest::Client::new(), url));
    (server, tokens)
}

fn keys(jwks: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(jwks)
}

fn after(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).unwrap()
}

#[tokio::test]
async fn keys_are_fetched_once_and_an_unknown_one_at_most_every_minute() {
    let (_server, tokens) =
        key_server(vec![keys(&json!({ "keys": [rsa_jwk("rsa", &RING.rsa)] })), keys(&jwks())]).await;
    for _ in 0..3 {
        tokens.verify(&rs256(&claims()), now()).await.unwrap();
    }
    for seconds in [0, 1, 59] {
        let refused = tokens.verify(&es256("ec", &claims()), after(seconds)).await.unwrap_err();
        assert!(matches!(refused, TokenRefused::Invalid(Flaw::UnknownKey)), "{refused:?}");
    }
    tokens.verify(&es256("ec", &claims()), after(60)).await.unwrap();
}

#[tokio::test]
async fn a_withdrawn_key_ends_within_the_hour_and_an_outage_ends_no_key() {
    let without = json!({ "keys": [ec_jwk("ec")] });
    let (_server, tokens) = key_server(vec![keys(&jwks()), ResponseTemplate::new(500), keys(&without)]).await;
    let long = with(json!({ "exp": NOW + 86_400 }));
    tokens.verify(&rs256(&long), now()).await.unwrap();
    tokens.verify(&rs256(&long), after(3599)).await.unwrap();
    tokens.verify(&rs256(&long), after(3600)).await.unwrap();
    tokens.verify(&rs256(&long), after(3604)).await.unwrap();
    let refused = tokens.verify(&rs256(&long), after(3605)).await.unwrap_err();
    assert!(matches!(refused, TokenRefused::Invalid(Flaw::UnknownKey)), "{refused:?}");
}

#[tokio::test]
async fn without_keys_it_is_an_outage_not_a_refusal() {
    let large = ResponseTemplate::new(200).set_body_string(format!("{{\"keys\":[]}}{}", " ".repeat(70_000)));
    let moved = ResponseTemplate::new(304);
    let (_server, tokens) = key_server(vec![large, ResponseTemplate::new(503), moved, keys(&jwks())]).await;
    for seconds in [0, 4, 5, 9, 10] {
        let refused = tokens.verify(&rs256(&claims()), after(seconds)).await.unwrap_err();
        assert!(matches!(refused, TokenRefused::KeysUnavailable(_)), "{seconds} {refused:?}");
    }
    tokens.verify(&rs256(&claims()), after(15)).await.unwrap();
}
