//! Cold starts: `chat` beside the smallest Lambda there is, in turns, so that both meet the same machine.

use std::path::Path;
use std::time::Duration;

use crate::event::{self, Conversation};
use crate::lambda::{Cost, Function};
use crate::peers::Peers;
use crate::report::{Figure, Goal};
use crate::{Failure, millis};

/// How often each is started.
const STARTS: usize = 20;

/// The figures of one function, start by start.
#[derive(Default)]
struct Samples {
    init: Vec<Cost>,
    first: Vec<Cost>,
    second: Vec<Cost>,
    first_turn: Vec<Cost>,
}

impl Samples {
    async fn take(&mut self, executable: &Path, environment: &[(String, String)], turns: bool) -> Result<(), Failure> {
        let mut function = Function::start(executable, environment).await?;
        self.init.push(function.init);
        for costs in [&mut self.first, &mut self.second] {
            let answer = function.call(event::config()?).await?;
            if answer.status != 200 {
                return Err(format!("the first call was answered with {}: {}", answer.status, answer.body).into());
            }
            costs.push(answer.cost);
        }
        if turns {
            let mut conversation = Conversation::default();
            let answer = function.call(conversation.next()?).await?;
            conversation.hear(answer.status, &answer.body)?;
            self.first_turn.push(answer.cost);
        }
        Ok(())
    }

    /// Median processor time of the start and the first call together.
    fn cpu(&self) -> Duration {
        median(&self.init, |cost| cost.cpu) + median(&self.first, |cost| cost.cpu)
    }

    fn told(&self, name: &str) -> Vec<Figure> {
        let stages = [
            ("init", &self.init),
            ("first call", &self.first),
            ("second call", &self.second),
            ("then the first turn", &self.first_turn),
        ];
        let stages = stages.into_iter().filter(|(_, costs)| !costs.is_empty());
        stages
            .map(|(stage, costs)| {
                let wall = format!("{:.2} ms passed", millis(median(costs, |cost| cost.wall)));
                Figure::told(format!("{name}: {stage}, CPU"), millis(median(costs, |cost| cost.cpu)), "ms").noted(wall)
            })
            .collect()
    }
}

fn median(costs: &[Cost], of: impl Fn(&Cost) -> Duration) -> Duration {
    let mut sorted: Vec<Duration> = costs.iter().map(of).collect();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// Starts both again and again.
///
/// # Errors
///
/// When a function does not start or answer.
pub(crate) async fn measure(peers: &Peers, hello: &Path, chat: &Path) -> Result<Vec<Figure>, Failure> {
    let (mut least, mut plain, mut ours) = (Samples::default(), Samples::default(), Samples::default());
    for _ in 0..STARTS {
        least.take(hello, &[], false).await?;
        plain.take(chat, &peers.environment(false), true).await?;
        ours.take(chat, &peers.environment(true), true).await?;
    }
    let ratio = ours.cpu().as_secs_f64() / least.cpu().as_secs_f64();
    let first = |samples: &Samples| millis(median(&samples.first, |cost| cost.cpu));
    let init = |samples: &Samples| millis(median(&samples.init, |cost| cost.cpu));
    let parts = format!(
        "{:.1} ms start, with the {} root certificates read; {:.1} ms first call, of which TLS {:.1} ms",
        init(&ours),
        peers.roots(),
        first(&ours),
        first(&ours) - first(&plain),
    );
    let mut figures = vec![
        Figure::new("`chat` beside hello: CPU of init and first call over TLS", ratio, "×", Goal::AtMost(5.0))
            .hindered(&parts),
        Figure::new("`chat`: CPU of init and first call over TLS", millis(ours.cpu()), "ms", Goal::AtMost(5.0))
            .hindered(&parts),
    ];
    figures.extend(ours.told("`chat` over TLS"));
    figures.extend(plain.told("`chat` without TLS"));
    figures.extend(least.told("hello"));
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_no_outlier() {
        let costs = [7, 900, 5].map(|ms| Cost { cpu: Duration::from_millis(ms), wall: Duration::ZERO });
        assert_eq!(median(&costs, |cost| cost.cpu), Duration::from_millis(7));
        assert_eq!(median(&[], |cost| cost.cpu), Duration::ZERO);
    }
}
