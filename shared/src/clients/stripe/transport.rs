//! How a typed request becomes an HTTP call. It never interprets a success.

use async_trait::async_trait;
use bytes::Bytes;
use miniserde::json;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Request, Response};
use secrecy::ExposeSecret as _;
use stripe_client_core::{
    CustomizedStripeRequest, IdempotencyKey, RequestStrategy, StripeClient, StripeMethod, VERSION,
};

use super::{Answer, Stripe, StripeError};

/// Carries a call to Stripe and its answer back: a pooled client over the network, or whatever stands in for
/// Stripe in the same process.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Carries one call; its time-out is the request's own.
    ///
    /// # Errors
    ///
    /// When no answer came. What was asked may have been done all the same.
    async fn carry(&self, call: Request) -> Result<Response, Source>;
}

/// Why no answer came.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

#[async_trait]
impl Carrier for reqwest::Client {
    async fn carry(&self, call: Request) -> Result<Response, Source> {
        Ok(self.execute(call).await?)
    }
}

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
        let method = match request.method {
            StripeMethod::Get => Method::GET,
            StripeMethod::Post => Method::POST,
            StripeMethod::Delete => Method::DELETE,
        };
        let mut call = Request::new(method, url);
        *call.timeout_mut() = Some(self.timeout);
        let mut bearer = header(format!("Bearer {}", self.key.expose_secret()))?;
        bearer.set_sensitive(true);
        let headers = call.headers_mut();
        headers.insert(AUTHORIZATION, bearer);
        headers.insert("Stripe-Version", HeaderValue::from_static(VERSION.as_str()));
        if let Some(account) = overrides.account_id {
            headers.insert("Stripe-Account", header(account.as_str().to_owned())?);
        }
        if let Some(key) = overrides.request_strategy.and_then(|strategy| strategy.get_key()) {
            headers.insert("Idempotency-Key", header(key.as_str().to_owned())?);
        }
        if let Some(body) = request.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
            *call.body_mut() = Some(body.into());
        }
        let response = self.carrier.carry(call).await.map_err(StripeError::Unavailable)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(|err| StripeError::Unavailable(err.into()))?;
        if status.is_success() {
            return Ok(body);
        }
        Err(StripeError::of(answer(status.as_u16(), &headers, &body)))
    }
}

fn header(value: String) -> Result<HeaderValue, StripeError> {
    HeaderValue::try_from(value).map_err(|err| StripeError::Unavailable(err.into()))
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
