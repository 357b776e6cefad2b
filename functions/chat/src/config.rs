//! `GET /v1/public/chat/config`: how the widget looks and behaves. Asks nothing of the visitor.

use lambda_http::{Body, Response};
use serde::Serialize;
use shared::http::gate::Admitted;
use shared::http::problem::ApiError;
use shared::http::respond::ok;
use shared::http::widget::WidgetTold;
use shared::runtime::Services;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    business_name: &'a str,
    online: bool,
    timezone: &'a str,
    widget: WidgetTold,
    locale: &'a str,
    disclosure: String,
}

pub(crate) fn show(services: &Services, admitted: &Admitted) -> Result<Response<Body>, ApiError> {
    let business = &admitted.business.context;
    let tenant = &business.tenant;
    ok(&Told {
        business_name: tenant.name.as_str(),
        online: business.widget.is_online(services.clock.now(), &tenant.timezone),
        timezone: tenant.timezone.iana_name().unwrap_or("UTC"),
        widget: WidgetTold::from(&business.widget),
        locale: tenant.locale.as_str(),
        disclosure: disclosure(tenant.name.as_str(), tenant.locale.as_str()),
    })
}

/// That a visitor talks to an AI (EU AI Act, article 50), in the tenant's language.
fn disclosure(name: &str, locale: &str) -> String {
    match locale.split('-').next() {
        Some("de") => {
            format!("Sie sprechen mit dem KI-Assistenten von {name}. Sie können jederzeit nach einem Menschen fragen.")
        }
        Some("es") => format!(
            "Hablas con el asistente de IA de {name}. Puedes pedir hablar con una persona en cualquier momento."
        ),
        Some("fr") => {
            format!("Vous parlez avec l'assistant IA de {name}. Vous pouvez demander une personne à tout moment.")
        }
        _ => format!("You are talking to the AI assistant of {name}. You can ask for a person at any time."),
    }
}
