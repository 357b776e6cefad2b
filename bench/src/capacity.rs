//! Capacity: what a plain turn asks of DynamoDB, as DynamoDB itself reports it to the store.

use shared::runtime::Services;
use shared::store::usage::Tally;

use crate::Failure;
use crate::event::Conversation;
use crate::peers::Peers;
use crate::report::{Figure, Goal};
use crate::turns;

/// The turns that are looked at.
const LOOKED_AT: [u32; 4] = [1, 2, 50, 250];

/// The most that a turn should ask for: calls, write and read units.
const GOALS: (f64, f64, f64) = (3.0, 8.0, 2.0);

/// Has a conversation in a warm function, and looks at some of its turns.
///
/// # Errors
///
/// When a turn is not answered.
pub(crate) async fn measure(peers: &Peers) -> Result<Vec<Figure>, Failure> {
    peers.rewind();
    let services = peers.services()?;
    let mut cold = Conversation::default();
    let first = tally(&services, &mut cold).await?;
    let mut figures = vec![
        Figure::told("DynamoDB calls of a cold function's first turn", calls(&first), "calls")
            .noted(operations(&first)),
    ];
    let mut conversation = Conversation::default();
    for turn in 1..=LOOKED_AT.into_iter().max().unwrap_or_default() {
        let tally = tally(&services, &mut conversation).await?;
        if !LOOKED_AT.contains(&turn) {
            continue;
        }
        let which = format!("turn {turn} of a conversation");
        let way = "the items that a turn writes, in whole kilobytes, twice over in its transaction";
        figures.extend([
            Figure::new(format!("{which}: DynamoDB calls"), calls(&tally), "calls", Goal::AtMost(GOALS.0))
                .noted(operations(&tally)),
            Figure::new(format!("{which}: written"), tally.write_units, "WRU", Goal::AtMost(GOALS.1)).hindered(way),
            Figure::new(format!("{which}: read"), tally.read_units, "RRU", Goal::AtMost(GOALS.2))
                .hindered("the history that a turn reads, in units of 4 KB, 8 KB where a stale one would do"),
        ]);
    }
    Ok(figures)
}

/// What the next turn asks for.
async fn tally(services: &Services, conversation: &mut Conversation) -> Result<Tally, Failure> {
    services.store.usage().reset();
    turns::turn(services, conversation).await?;
    Ok(services.store.usage().tally())
}

fn calls(tally: &Tally) -> f64 {
    // Exact up to 2^53 calls.
    tally.calls as f64
}

fn operations(tally: &Tally) -> String {
    let named: Vec<String> =
        tally.by_operation.iter().map(|(operation, times)| format!("{times} {operation}")).collect();
    named.join(", ")
}
