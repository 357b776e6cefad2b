//! `POST /v1/public/chat/message`: one turn as JSON.

use std::time::Duration;

use lambda_http::{Body, Request, Response};
use serde::Serialize;
use shared::app::session::quick_replies;
use shared::app::turn::{Begun, begin, replay, wait_for};
use shared::domain::message::{Outcome, Piece, Turn};
use shared::domain::proposal::Proposal;
use shared::domain::secret::SessionId;
use shared::http::gate::Admitted;
use shared::http::problem::ApiError;
use shared::http::respond::ok;
use shared::http::turn::{HandoffTold, ProposalTold, SourceTold, ask, handoff};
use shared::runtime::Services;

/// How long to wait for an answer that is made elsewhere.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    session_id: String,
    conversation_id: String,
    message_id: String,
    reply: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalTold>,
    sources: Vec<SourceTold>,
    quick_replies: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handoff: Option<HandoffTold>,
}

pub(crate) async fn take(
    services: &Services,
    admitted: &Admitted,
    request: &Request,
) -> Result<Response<Body>, ApiError> {
    let deps = services.turn();
    let tenant = admitted.business.context.tenant.id;
    let (session, turn) = match begin(deps, ask(request, admitted)?).await? {
        Begun::Fresh(fresh) => {
            let session = fresh.session.clone();
            let finished = fresh.answer(deps, &mut |_| {}).await?;
            return tell(services, admitted, &session, &finished.turn, &finished.proposals);
        }
        Begun::Stored { session, turn } => (session, *turn),
        Begun::Elsewhere { session, key } => {
            let late = || ApiError::unavailable(Duration::from_secs(2), "the same message is still being answered");
            let turn = wait_for(deps, tenant, session.conversation(), &key, PATIENCE).await?.ok_or_else(late)?;
            (session, turn)
        }
    };
    let replayed = replay(deps, tenant, session.conversation(), &turn, 0).await?;
    tell(services, admitted, &session, &turn, &replayed.proposals)
}

fn tell(
    services: &Services,
    admitted: &Admitted,
    session: &SessionId,
    turn: &Turn,
    proposals: &[Proposal],
) -> Result<Response<Body>, ApiError> {
    let business = &admitted.business.context;
    let is_handed_over = turn.answer.pieces().contains(&Piece::Handoff) || turn.outcome == Outcome::TakenOver;
    ok(&Told {
        session_id: session.reveal(),
        conversation_id: session.conversation().to_string(),
        message_id: turn.answer_id.to_string(),
        reply: turn.answer.text(),
        proposal: proposals.last().map(ProposalTold::from),
        sources: turn.sources.iter().map(SourceTold::from).collect(),
        quick_replies: quick_replies(business, !proposals.is_empty()),
        handoff: is_handed_over.then(|| handoff(business, services.clock.now())),
    })
}
