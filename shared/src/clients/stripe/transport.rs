//! How a typed request becomes an HTTP call. It never interprets a success.

use bytes::Bytes;
use miniserde::json;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::ExposeSecret as _;
use stripe_client_core::{
    CustomizedStripeRequest, IdempotencyKey, RequestStrategy, StripeClient, StripeMethod, VERSION,
};

use super::{Answer, Stripe, StripeError};

#[derive(miniserde::Deserialize)]
struct ErrorBody {
    error: ErrorFields,
}

#[derive(miniserde::Deserialize)]
struct ErrorFields {
    #[serde(rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    param: Option<String>,
}

impl StripeClient for Stripe {
    type Err = StripeError;

    async fn execute(&self, request: CustomizedStripeRequest) -> Result<Bytes, StripeError> {
        let (request, overrides) = request.into_pieces();
        let mut url = self.endpoint.clone();
        url.set_path(&format!("{}/v1{}", url.path().trim_end_matches('/'), request.path));
        url.set_query(request.query.as_deref().filter(|query| !query.is_empty()));
        let mut call = match request.method {
            StripeMethod::Get => self.http.get(url),
            StripeMethod::Post => self.http.post(url),
            StripeMethod::Delete => self.http.delete(url),
        };
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", self.key.expose_secret()))
            .map_err(|err| StripeError::Unavailable(Box::new(err)))?;
        bearer.set_sensitive(true);
        call = call.header(AUTHORIZATION, bearer).header("Stripe-Version", VERSION.as_str());
        if let Some(account) = overrides.account_id {
            call = call.header("Stripe-Account", account.as_str());
        }
        if let Some(key) = overrides.request_strategy.and_then(|strategy| strategy.get_key()) {
            call = call.header("Idempotency-Key", key.as_str());
        }
        if let Some(body) = request.body {
            call = call.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        }
        let unavailable = |err| StripeError::Unavailable(Box::new(err));
        let response = call.timeout(self.timeout).send().await.map_err(unavailable)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(unavailable)?;
        if status.is_success() {
            return Ok(body);
        }
        Err(StripeError::of(answer(status.as_u16(), &headers, &body)))
    }
}

/// The strategy of a call that must have its effect once, however often it is made.
///
/// # Errors
///
/// [`StripeError::Refused`] as `idempotency_error` for a key that is empty or over 255 characters.
pub(super) fn once(key: &str) -> Result<RequestStrategy, StripeError> {
    IdempotencyKey::new(key)
        .map(RequestStrategy::Idempotent)
        .map_err(|_| StripeError::Refused { code: "idempotency_error".to_owned(), answer: Box::default() })
}

fn answer(status: u16, headers: &HeaderMap, body: &[u8]) -> Answer {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let body: Option<ErrorBody> = std::str::from_utf8(body).ok().and_then(|text| json::from_str(text).ok());
    let (kind, code, param) =
        body.map_or((None, None, None), |body| (body.error.kind, body.error.code, body.error.param));
    Answer {
        status,
        kind,
        code,
        param,
        request: header("request-id").map(str::to_owned),
        may_be_repeated: header("stripe-should-retry") == Some("true"),
    }
}
