//! Play: one seed from its first step to the last word of the oracle.
//!
//! A step begins something: a customer's or an owner's request, a delivery of Stripe, a worker's batch, a run
//! of a schedule, a move of the clock. Between two steps anything on stage goes on by one call, in an order
//! and to an end that the dice decide. Then the faults end, everything is brought home, time goes on until
//! nothing is left to come, and the oracle looks at all of it.

use std::rc::Rc;

use jiff::SignedDuration;

use crate::cast::{Cue, browser, link, owner, stranger, visitor, waiting, worker};
use crate::gate::{self, CallId, Kind, TaskId, Verdict};
use crate::oracle::{self, Fault};
use crate::stage::{Came, Stage};
use crate::weather::{Fate, Weather};
use crate::world::{CLIENTS, Malice, World};

/// After how many steps the standing rules are looked at.
const LOOK_EVERY: u64 = 200;

/// How often, in a thousand steps, time passes by more than the calls take.
const CLOCK: usize = 25;

/// How many turns are offered until somebody has something to do.
const TRIES: usize = 20;

/// How many rounds the end may take before something is found to go on for ever.
const ROUNDS: usize = 5_000;

/// What is played.
#[derive(Debug, Clone, Copy)]
pub struct Script {
    /// The seed.
    pub seed: u64,
    /// How many steps.
    pub steps: u64,
    /// What is wrong on purpose.
    pub malice: Malice,
}

/// How a run ended.
#[derive(Debug)]
pub struct Report {
    /// What was played.
    pub script: Script,
    /// What the oracle found; nothing, if all is well.
    pub faults: Vec<Fault>,
    /// The world as it is now, with its history.
    pub world: Rc<World>,
}

/// Plays a script.
#[must_use]
pub fn play(script: Script) -> Report {
    let world = Rc::new(World::open(script.seed, script.malice));
    let mut show = Show { stage: Stage::default(), weather: Weather::of(&world), world: Rc::clone(&world) };
    let mut faults = Vec::new();
    while world.log.borrow().step < script.steps && faults.is_empty() {
        show.go_on();
        let step = world.log.borrow().step;
        if step.is_multiple_of(LOOK_EVERY) && step != show.weather.looked_at {
            show.weather.looked_at = step;
            faults = oracle::look(&world);
            show.weather.change(&world);
        }
    }
    if faults.is_empty() {
        show.curtain();
        faults = oracle::judge(&world);
    }
    Report { script, faults, world }
}

/// What came of somebody's turn.
enum Turn {
    /// They had nothing to do it with.
    Idle,
    /// It was done on the spot.
    Done,
    /// It begins.
    Begins(Vec<Cue>),
}

impl Turn {
    const fn of(was_done: bool) -> Self {
        if was_done { Self::Done } else { Self::Idle }
    }
}

struct Show {
    stage: Stage,
    weather: Weather,
    world: Rc<World>,
}

impl Show {
    /// Begins something, or lets something go on.
    fn go_on(&mut self) {
        let crowd = self.stage.crowd();
        let begins = crowd == 0 || (crowd < CLIENTS && self.world.dice.permille(self.weather.eagerness));
        if !begins {
            return self.advance();
        }
        if self.world.dice.permille(CLOCK) {
            self.world.log.borrow_mut().step += 1;
            return self.wait();
        }
        for _ in 0..TRIES {
            let (what, client) = (self.world.dice.of(0..1000), self.world.dice.of(0..CLIENTS));
            match self.turn(what, client) {
                Turn::Idle => {}
                Turn::Done => {
                    self.world.log.borrow_mut().step += 1;
                    return;
                }
                Turn::Begins(cues) => {
                    self.world.log.borrow_mut().step += 1;
                    return cues.into_iter().for_each(|cue| self.begin(cue));
                }
            }
        }
    }

    /// What somebody does now, if they have anything to do it with.
    fn turn(&self, what: usize, client: usize) -> Turn {
        let world = &self.world;
        let cue = match what {
            0..120 => Some(visitor::ask(world, client)),
            120..145 => Some(visitor::ask_to_wait(world, client)),
            145..165 => waiting::answer(world, client),
            165..310 => visitor::press(world, visitor::somebody(world, client)),
            310..340 => {
                let client = visitor::somebody(world, client);
                let both = [visitor::press(world, client), visitor::press(world, client)];
                let both: Vec<Cue> = both.into_iter().flatten().collect();
                return if both.is_empty() { Turn::Idle } else { Turn::Begins(both) };
            }
            340..350 => visitor::wave_off(world, client),
            350..450 => return Turn::of(browser::pay(world, browser::somebody(world, client))),
            450..465 => return Turn::of(browser::bank(world, client)),
            465..495 => link::settle(world, link::somebody(world, client)),
            495..520 => link::call_off(world, client),
            520..560 => link::shift(world, client),
            560..600 => visitor::ask_to_change(world, client),
            600..610 => owner::call_off(world, client),
            610..630 => owner::shift(world, client),
            630..640 => owner::grant(world, owner::payer(world, client)),
            640..670 => owner::attend(world, owner::somebody(world, client)),
            670..680 => Some(owner::change(world, client)),
            680..690 => return Turn::of(stranger::meddle(world, client)),
            690..790 => worker::deliver(world),
            790..870 => worker::relay(world),
            870..920 => worker::pay(world, false),
            920..955 => worker::notify(world, false),
            955..975 => worker::offer(world, false),
            975..988 => Some(worker::clean(world)),
            _ => Some(worker::remind(world)),
        };
        cue.map_or(Turn::Idle, |cue| Turn::Begins(vec![cue]))
    }

    fn begin(&mut self, cue: Cue) {
        let is_slow = self.world.dice.permille(80);
        let name = cue.name;
        let (part, act, death) = cue.into_part(is_slow);
        self.world.reach(format!("begun {name}"));
        self.world.note(format!("begun {name}"));
        let (id, came) = self.stage.begin(part, self.world.now(), act, death);
        self.see_off(id, came);
    }

    /// Lets one call of those that wait go, if any.
    fn advance(&mut self) {
        let Some((call, task, kind)) = self.choose() else {
            // Whoever is on stage and not at the gate waits for something that no seed decides.
            let stuck: Vec<&str> =
                self.stage.ids().iter().filter_map(|id| self.stage.find(*id)).map(|task| task.name).collect();
            panic!("on stage and at no gate: {stuck:?}");
        };
        self.world.pass(SignedDuration::from_millis(self.world.dice.long(1..12)));
        let Some(found) = self.stage.find(task) else { return };
        let (age, life, name, is_mortal) =
            (self.world.now().duration_since(found.born), found.life, found.name, found.is_mortal);
        if life < age {
            self.world.reach("fault: time-out");
            self.world.note(format!("{name} {task} is ended: its time is over"));
            return self.end(task);
        }
        let fate = if is_mortal { self.weather.fate(&self.world, kind) } else { Fate::Verdict(Verdict::Go) };
        let Fate::Verdict(verdict) = fate else {
            self.world.reach("fault: dies before a call");
            self.world.note(format!("{name} {task} dies before its call"));
            return self.end(task);
        };
        if verdict != Verdict::Go {
            self.world.reach(format!("fault: {verdict:?} {kind:?}"));
        }
        self.world.reach(format!("call {kind:?}"));
        let (label, came) = self.stage.advance(task, call, verdict);
        let how = if verdict == Verdict::Go { String::new() } else { format!(" — {verdict:?}") };
        self.world.note(format!("{name} {task}: {}{how}", label.unwrap_or_default()));
        for answer in gate::answers() {
            self.world.note(format!("{name} {task} is answered: {answer}"));
        }
        self.see_off(task, came);
    }

    /// One of the calls that wait: any of them, but one of a slow task seldom.
    fn choose(&self) -> Option<(CallId, TaskId, Kind)> {
        let waiting = gate::queue();
        if waiting == 0 {
            return None;
        }
        let mut chosen = gate::nth(self.world.dice.of(0..waiting))?;
        if self.stage.find(chosen.1).is_some_and(|task| task.is_slow) && self.world.dice.permille(900) {
            chosen = gate::nth(self.world.dice.of(0..waiting))?;
        }
        Some(chosen)
    }

    fn see_off(&self, task: TaskId, came: Came) {
        if came == Came::Home {
            self.world.record.over(task);
        }
    }

    fn end(&mut self, task: TaskId) {
        self.stage.kill(task);
        self.world.record.over(task);
    }

    /// Time passes: minutes mostly, hours, now and then a day. Who is on stage then is brought home before,
    /// or does not outlive it.
    fn wait(&mut self) {
        let world = Rc::clone(&self.world);
        let minutes = match world.dice.of(0..100) {
            0..70 => world.dice.long(1..8),
            70..88 => world.dice.long(8..60),
            88..96 => world.dice.long(60..360),
            _ => world.dice.long(360..2_900),
        };
        if world.dice.permille(850) {
            self.bring_home();
        }
        world.reach(format!(
            "clock {}",
            if minutes < 60 {
                "minutes"
            } else if minutes < 1_440 {
                "hours"
            } else {
                "days"
            }
        ));
        world.note(format!("{minutes} minutes pass"));
        world.pass(SignedDuration::from_mins(minutes));
        world.stripe.expire_due();
    }

    fn bring_home(&mut self) {
        while 0 < self.stage.crowd() {
            self.advance();
        }
    }

    /// Ends the faults and brings everything to its end: nothing on stage, nothing on its way, nothing to come.
    fn curtain(&mut self) {
        self.weather = Weather::fair();
        self.bring_home();
        let world = Rc::clone(&self.world);
        browser::banks_answer(&world);
        // Beyond every hold, bank and person that something waits for, and all that follows from their end.
        for hours in [0, 1, 2, 26, 80, 8 * 24, 22 * 24, 2, 24, 11 * 24, 30 * 24] {
            world.note(format!("{hours} hours pass"));
            world.pass(SignedDuration::from_hours(hours));
            world.stripe.expire_due();
            self.begin(worker::clean(&world));
            self.bring_home();
            self.begin(worker::remind(&world));
            self.bring_home();
            for _ in 0..ROUNDS {
                let cue = worker::deliver(&world)
                    .or_else(|| worker::relay(&world))
                    .or_else(|| worker::pay(&world, true))
                    .or_else(|| worker::notify(&world, true))
                    .or_else(|| worker::offer(&world, true));
                match cue {
                    Some(cue) => self.begin(cue),
                    None => match [&world.payments, &world.notices, &world.openings]
                        .iter()
                        .filter_map(|queue| queue.next())
                        .min()
                    {
                        Some(next) => world.pass(next.duration_since(world.now()) + SignedDuration::from_secs(1)),
                        None => break,
                    },
                }
                self.bring_home();
            }
        }
    }
}
