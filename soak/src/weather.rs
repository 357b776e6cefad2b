//! The weather: what goes wrong how often, and how eager people are. It changes.

use crate::gate::{Kind, Verdict};
use crate::world::World;

/// What goes wrong how often, and how eager people are.
#[derive(Debug)]
pub struct Weather {
    /// Chances in ten thousand calls: to be refused, cut before, cut after, and to die before and after.
    chances: [usize; 5],
    /// How often, in a thousand turns, something new begins.
    pub eagerness: usize,
    /// The step at which the standing rules were last looked at.
    pub looked_at: u64,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It goes so.
    Verdict(Verdict),
    /// Its caller dies before it.
    Death,
}

impl Weather {
    /// The weather in which a world begins.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let mut weather = Self { eagerness: 100, ..Self::fair() };
        weather.change(world);
        weather
    }

    /// Nothing goes wrong, and nobody begins anything.
    #[must_use]
    pub const fn fair() -> Self {
        Self { chances: [0; 5], eagerness: 0, looked_at: 0 }
    }

    /// Changes: fair, common, or a storm; few people, or many.
    pub fn change(&mut self, world: &World) {
        let factor = [0, 1, 1, 2, 3, 20][world.dice.of(0..6)];
        let [refused, before, after] = [60, 30, 40].map(|chance| chance * factor);
        // Whoever always dies gets nowhere.
        let [dies_before, dies_after] = [25, 35].map(|chance| chance * factor.min(3));
        self.chances = [refused, before, after, dies_before, dies_after];
        self.eagerness = [40, 100, 250, 600][world.dice.of(0..4)];
    }

    /// What becomes of a call of `kind`. A pause passes, or its caller dies.
    #[must_use]
    pub fn fate(&self, world: &World, kind: Kind) -> Fate {
        let (thrown, mut sum) = (world.dice.of(0..10_000), 0);
        let fallen = self.chances.iter().position(|chance| {
            sum += chance;
            thrown < sum
        });
        match (fallen, kind) {
            (None, _) | (Some(0..=2), Kind::Pause) => Fate::Verdict(Verdict::Go),
            (Some(0), _) => Fate::Verdict(Verdict::Refuse),
            (Some(1), _) => Fate::Verdict(Verdict::Hide),
            (Some(2), _) => Fate::Verdict(Verdict::Lose),
            (Some(3), _) => Fate::Death,
            (Some(_), _) => Fate::Verdict(Verdict::Last),
        }
    }
}
