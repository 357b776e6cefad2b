//! Stripe's error answers: their status, type, code and parameter.
//!
//! It never decides what is wrong; the handlers do.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// One error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The HTTP status.
    pub(super) status: StatusCode,
    kind: &'static str,
    code: Option<&'static str>,
    param: Option<String>,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self { status, kind, code: None, param: None, message: message.into() }
    }

    fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message)
    }

    fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    fn param(mut self, param: &str) -> Self {
        self.param = Some(param.to_owned());
        self
    }

    /// A parameter that the call needs is absent.
    pub(super) fn missing(param: &str) -> Self {
        Self::bad_request(format!("Missing required param: {param}.")).code("parameter_missing").param(param)
    }

    /// A parameter that the call does not have.
    pub(super) fn unknown_parameter(param: &str) -> Self {
        Self::bad_request(format!("Received unknown parameter: {param}")).code("parameter_unknown").param(param)
    }

    /// A parameter whose value breaks a rule.
    pub(super) fn invalid(param: &str, message: impl Into<String>) -> Self {
        Self::bad_request(message).param(param)
    }

    /// A parameter whose value breaks a rule that has a code of its own.
    pub(super) fn coded(code: &'static str, param: &str, message: impl Into<String>) -> Self {
        Self::bad_request(message).code(code).param(param)
    }

    /// The object is absent, or belongs to another account.
    pub(super) fn no_such(object: &str, param: &str, id: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::bad_request(format!("No such {object}: '{id}'")).code("resource_missing").param(param)
        }
    }

    /// The object's state does not allow it.
    pub(super) fn state(message: impl Into<String>) -> Self {
        Self::bad_request(message)
    }

    /// No key, or one that this simulator does not take.
    pub(super) fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_request_error", message)
    }

    /// An idempotency key was used again for something else.
    pub(super) fn idempotency(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "idempotency_error", message)
    }

    /// Stripe is out of order.
    pub(super) fn outage(status: StatusCode) -> Self {
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Self::new(status, "invalid_request_error", "Request rate limit exceeded.").code("rate_limit");
        }
        Self::new(status, "api_error", "An unknown error occurred")
    }

    /// No such route.
    pub(super) fn unknown_url(method: &str, path: &str) -> Self {
        let message = format!("Unrecognized request URL ({method}: {path}).");
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", message)
    }

    /// The answer's JSON.
    pub(super) fn body(&self) -> Value {
        let mut error = json!({ "message": self.message, "type": self.kind });
        if let Some(code) = self.code {
            let page = code.replace('_', "-");
            error["code"] = code.into();
            error["doc_url"] = format!("https://stripe.com/docs/error-codes/{page}").into();
        }
        if let Some(param) = &self.param {
            error["param"] = param.as_str().into();
        }
        json!({ "error": error })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body())).into_response()
    }
}
