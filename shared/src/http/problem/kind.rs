//! The kinds of problems: one status, one title and one stable code each.

use lambda_http::http::StatusCode;

/// What went wrong, in the terms of HTTP. Callers may rely on [`Kind::code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 400: cannot be read.
    Malformed,
    /// 400: can be read, and a field is not valid.
    Invalid,
    /// 400: no session of this caller.
    SessionInvalid,
    /// 400: not signed by whom it claims to come from.
    SignatureInvalid,
    /// 401: no valid token or key.
    Unauthorized,
    /// 403: asked from a page that the tenant did not allow.
    OriginRefused,
    /// 403: not with this role.
    Forbidden,
    /// 404: absent, or not the caller's.
    NotFound,
    /// 405: not with this method.
    MethodNotAllowed,
    /// 409: not in this state.
    Conflict,
    /// 409: another booking holds that time.
    SlotTaken,
    /// 409: that time begins too soon to be booked.
    TooSoon,
    /// 409: that time is farther ahead than is booked.
    TooFarAhead,
    /// 409: the business is not open then.
    NotOpen,
    /// 409: it is not offered any more, or not as it was.
    NotOffered,
    /// 409: it costs something else by now.
    PriceChanged,
    /// 410: was here, is gone for good.
    Gone,
    /// 410: was here, its time is over.
    Expired,
    /// 412: changed since it was read.
    StaleVersion,
    /// 413: too large a body.
    TooLarge,
    /// 415: not JSON.
    UnsupportedMediaType,
    /// 422: refused by a rule.
    Refused,
    /// 429: over a limit.
    RateLimited,
    /// 500: our fault.
    Internal,
    /// 503: will pass.
    Unavailable,
}

impl Kind {
    /// Every kind, by status.
    pub const ALL: [Self; 25] = [
        Self::Malformed,
        Self::Invalid,
        Self::SessionInvalid,
        Self::SignatureInvalid,
        Self::Unauthorized,
        Self::OriginRefused,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::SlotTaken,
        Self::TooSoon,
        Self::TooFarAhead,
        Self::NotOpen,
        Self::NotOffered,
        Self::PriceChanged,
        Self::Gone,
        Self::Expired,
        Self::StaleVersion,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Refused,
        Self::RateLimited,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The status it is sent with.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Malformed | Self::Invalid | Self::SessionInvalid | Self::SignatureInvalid => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::OriginRefused | Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict
            | Self::SlotTaken
            | Self::TooSoon
            | Self::TooFarAhead
            | Self::NotOpen
            | Self::NotOffered
            | Self::PriceChanged => StatusCode::CONFLICT,
            Self::Gone | Self::Expired => StatusCode::GONE,
            Self::StaleVersion => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Refused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The word that programs tell problems apart by. Renaming one breaks callers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Invalid => "invalid",
            Self::SessionInvalid => "session_invalid",
            Self::SignatureInvalid => "signature_invalid",
            Self::Unauthorized => "unauthorized",
            Self::OriginRefused => "origin_refused",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict => "conflict",
            Self::SlotTaken => "slot_taken",
            Self::TooSoon => "too_soon",
            Self::TooFarAhead => "too_far_ahead",
            Self::NotOpen => "not_open",
            Self::NotOffered => "not_offered",
            Self::PriceChanged => "price_changed",
            Self::Gone => "gone",
            Self::Expired => "expired",
            Self::StaleVersion => "stale_version",
            Self::TooLarge => "too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Refused => "refused",
            Self::RateLimited => "rate_limited",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }

    /// The name of its status, as a title.
    #[must_use]
    pub(super) fn title(self) -> &'static str {
        self.status().canonical_reason().unwrap_or("Error")
    }

    /// The only words a failure of ours ever has for a caller; none: the problem brings its own.
    #[must_use]
    pub(super) const fn constant_detail(self) -> Option<&'static str> {
        match self {
            Self::Internal => Some("Something went wrong on our side. It has been noted."),
            Self::Unavailable => Some("Something is not working right now. Please try again."),
            _ => None,
        }
    }
}
