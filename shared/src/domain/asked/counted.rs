//! Counting: how often each question was asked, in a bounded list that merges with others.
//!
//! A list has at most [`MOST`] questions. As long as no more than that were asked every count is exact. Beyond, the
//! rarest go, as Lossy Counting does it (Manku and Motwani, 2002): what is left out was asked at most
//! [`Questions::slack`] times, and that is at most one part in [`MOST`] of all that was asked.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Form, are_alike};
use crate::domain::id::ConversationId;

/// The most questions of a list.
pub const MOST: usize = 100;

/// Who has asked a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// One conversation only.
    One(ConversationId),
    /// Several.
    Several,
}

/// One question of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What was asked, in the best way that anybody put it.
    pub form: Form,
    /// How often since it is in the list.
    pub times: u64,
    /// How often it may have been asked before.
    pub before: u64,
    /// By whom.
    pub by: Asker,
}

impl Asked {
    fn join(&mut self, other: &Self) {
        self.times += other.times;
        self.before += other.before;
        self.by = if self.by == other.by { self.by } else { Asker::Several };
        if best_first(&other.form.sample) < best_first(&self.form.sample) {
            self.form.sample.clone_from(&other.form.sample);
        }
    }
}

/// Questions and how often they were asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Questions {
    asked: BTreeMap<BTreeSet<String>, Asked>,
    slack: u64,
}

/// A question that was asked much, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    /// One way to ask it.
    pub question: String,
    /// How often it was asked, in whatever way.
    pub count: u64,
}

impl Questions {
    /// A list as it was kept.
    #[must_use]
    pub fn kept(asked: impl IntoIterator<Item = Asked>, slack: u64) -> Self {
        let mut questions = Self::default();
        asked.into_iter().for_each(|asked| questions.put(asked));
        questions.slack = slack;
        questions
    }

    /// Counts a question once more.
    pub fn add(&mut self, form: Form, by: ConversationId) {
        let before = self.slack;
        match self.asked.get_mut(&form.stems) {
            Some(known) => known.join(&Asked { form, times: 1, before: 0, by: Asker::One(by) }),
            None => self.put(Asked { form, times: 1, before, by: Asker::One(by) }),
        }
    }

    /// Counts all that `other` has counted. The list may be longer than [`MOST`] until it is cut.
    pub fn merge(&mut self, other: Self) {
        // What one of them does not have may have been left out of it.
        let (ours, theirs) = (self.slack, other.slack);
        for asked in self.asked.values_mut().filter(|asked| !other.asked.contains_key(&asked.form.stems)) {
            asked.before += theirs;
        }
        for (stems, mut asked) in other.asked {
            if !self.asked.contains_key(&stems) {
                asked.before += ours;
            }
            self.put(asked);
        }
        self.slack += theirs;
    }

    fn put(&mut self, asked: Asked) {
        match self.asked.get_mut(&asked.form.stems) {
            Some(known) => known.join(&asked),
            None => drop(self.asked.insert(asked.form.stems.clone(), asked)),
        }
    }

    /// Leaves out the rarest, so that [`MOST`] are left at most.
    pub fn cut(&mut self) {
        if self.asked.len() <= MOST {
            return;
        }
        let mut most: Vec<u64> = self.asked.values().map(|asked| asked.times + asked.before).collect();
        most.sort_unstable_by_key(|times| Reverse(*times));
        if let Some(times) = most.get(MOST) {
            self.slack = *times;
            let slack = self.slack;
            self.asked.retain(|_, asked| slack < asked.times + asked.before);
        }
    }

    /// The questions, in no meaning order.
    pub fn iter(&self) -> impl Iterator<Item = &Asked> {
        self.asked.values()
    }

    /// How often a question may have been asked that is not in the list.
    #[must_use]
    pub fn slack(&self) -> u64 {
        self.slack
    }

    /// What was asked most, `shown` of it at most: questions that are alike together, in the words of the one that was
    /// asked most. One that only one conversation has asked is not shown.
    #[must_use]
    pub fn top(&self, shown: usize) -> Vec<Top> {
        let mut asked: Vec<&Asked> = self.asked.values().collect();
        asked.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.form.stems.cmp(&b.form.stems)));
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut about: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for asked in asked {
            if let Some(group) = alike(&groups, &about, &asked.form).and_then(|at| groups.get_mut(at)) {
                group.count += asked.times;
                group.told = group.told.or(told(asked));
                continue;
            }
            for stem in &asked.form.stems {
                about.entry(stem).or_default().push(groups.len());
            }
            groups.push(Group { stems: &asked.form.stems, count: asked.times, told: told(asked) });
        }
        groups.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.stems.cmp(b.stems)));
        let told =
            groups.into_iter().filter_map(|group| Some(Top { question: group.told?.to_owned(), count: group.count }));
        told.take(shown).collect()
    }
}

/// Questions that are alike.
struct Group<'a> {
    stems: &'a BTreeSet<String>,
    count: u64,
    /// How it is shown, if it may be.
    told: Option<&'a str>,
}

/// The group that `form` belongs to: the likest, and of two alike the one that was asked more.
fn alike(groups: &[Group<'_>], about: &BTreeMap<&str, Vec<usize>>, form: &Form) -> Option<usize> {
    let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
    for stem in &form.stems {
        about.get(stem.as_str()).into_iter().flatten().for_each(|at| *shared.entry(*at).or_default() += 1);
    }
    let stems = |at: usize| groups.get(at).map_or(0, |group| group.stems.len());
    let near = shared.into_iter().filter(|(at, shared)| are_alike(*shared, stems(*at), form.stems.len()));
    // Of two that share as much, the one with fewer stems of its own is the likest.
    near.min_by_key(|(at, shared)| (Reverse(*shared), stems(*at), *at)).map(|(at, _)| at)
}

fn told(asked: &Asked) -> Option<&str> {
    (asked.by == Asker::Several).then_some(asked.form.sample.as_str())
}

/// Of several ways to ask the same, one that is written as a question is the best, and then the shortest.
fn best_first(sample: &str) -> (bool, usize, &str) {
    (!sample.ends_with(['?', '？']), sample.chars().count(), sample)
}
