//! An answer while it arrives: events in, blocks out.
//!
//! Pure: no clock, no I/O. Blocks are told apart by their index and kind, never by position.

use std::time::Duration;

use serde_json::{Map, Value};

use super::answer::{Answer, Partial, Stop};
use super::event::{Delta, Event, Opening, Tokens};
use super::failure::Failure;
use super::prompt::Block;
use crate::domain::ledger::Usage;

/// The most blocks an answer may have.
const MAX_BLOCKS: usize = 256;

/// An answer while it arrives.
#[derive(Debug, Default)]
pub(super) struct Draft {
    blocks: Vec<Slot>,
    usage: Option<Usage>,
    stop: Option<Stop>,
    is_heard: bool,
    is_complete: bool,
}

/// A block while it arrives.
#[derive(Debug)]
struct Slot {
    index: usize,
    block: Block,
    /// The input of a tool call so far, as JSON.
    json: String,
    is_closed: bool,
}

impl Draft {
    /// Takes the next event, handing text on as it comes.
    ///
    /// # Errors
    ///
    /// A [`Failure`] when the event says so, or is out of all bounds.
    pub(super) fn take(&mut self, event: Event, heard: &mut (dyn FnMut(&str) + Send)) -> Result<(), Failure> {
        match event {
            Event::MessageStart { message } => self.count(message.usage),
            Event::ContentBlockStart { index, content_block } => {
                return self.start(index, content_block, heard);
            }
            Event::ContentBlockDelta { index, delta } => self.grow(index, delta, heard),
            Event::ContentBlockStop { index } => {
                if let Some(slot) = self.slot(index) {
                    slot.is_closed = true;
                }
            }
            Event::MessageDelta { delta, usage } => {
                self.count(usage);
                if let Some(reason) = delta.stop_reason {
                    self.stop = Some(Stop::from(reason.as_str()));
                }
            }
            Event::MessageStop => self.is_complete = true,
            Event::Error { error } => return Err(Failure::of_event(&error.kind)),
            Event::Other => {}
        }
        Ok(())
    }

    /// The stream is over. Only `message_stop` says that the answer is whole: a reason to stop may have
    /// come before it, but not what would have followed.
    ///
    /// # Errors
    ///
    /// A [`Failure`] when the answer was not complete.
    pub(super) fn end(&self) -> Result<(), Failure> {
        if self.is_complete { Ok(()) } else { Err(Failure::cut()) }
    }

    /// Claims that nothing more is to come.
    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Claims that text was handed on, so that the call can no longer be repeated.
    pub(super) fn is_heard(&self) -> bool {
        self.is_heard
    }

    /// What the call used, if it has said so.
    pub(super) fn usage(&self) -> Option<Usage> {
        self.usage
    }

    /// The complete answer.
    pub(super) fn answer(self, calls: Vec<Usage>, first_token: Option<Duration>, total: Duration) -> Answer {
        let mut dropped_calls = 0;
        let mut blocks = Vec::with_capacity(self.blocks.len());
        for slot in self.blocks {
            match slot.finish() {
                Ok(block) => blocks.extend(block),
                Err(CutCall) => dropped_calls += 1,
            }
        }
        let stop = self.stop.unwrap_or_else(|| Stop::Unknown(String::new()));
        Answer { blocks, stop, dropped_calls, calls, first_token, total }
    }

    /// What there is of an answer that broke off.
    pub(super) fn partial(self, calls: Vec<Usage>, first_token: Option<Duration>, total: Duration) -> Partial {
        let text = |slot: Slot| match slot.block {
            Block::Text { text } => Some(text),
            _ => None,
        };
        let text = self.blocks.into_iter().filter_map(text).collect();
        Partial { text, calls, first_token, total }
    }

    fn start(&mut self, index: usize, opening: Opening, heard: &mut (dyn FnMut(&str) + Send)) -> Result<(), Failure> {
        let mut json = String::new();
        let block = match opening {
            Opening::Text { text } => {
                self.hand_on(&text, heard);
                Block::Text { text }
            }
            Opening::ToolUse { id, name, input } => {
                // Almost always empty here, with the input to follow in pieces.
                if input.as_object().is_some_and(|input| !input.is_empty()) {
                    json = input.to_string();
                }
                Block::ToolUse { id, name, input: Value::Null }
            }
            Opening::Thinking { thinking, signature } => Block::Thinking { thinking, signature },
            Opening::RedactedThinking { data } => Block::RedactedThinking { data },
            Opening::Other => return Ok(()),
        };
        if self.blocks.len() == MAX_BLOCKS || self.slot(index).is_some() {
            return Err(Failure::garbled());
        }
        self.blocks.push(Slot { index, block, json, is_closed: false });
        Ok(())
    }

    /// Adds to an open block; what does not fit its kind is not for us.
    fn grow(&mut self, index: usize, delta: Delta, heard: &mut (dyn FnMut(&str) + Send)) {
        let Some(slot) = self.slot(index).filter(|slot| !slot.is_closed) else { return };
        match (&mut slot.block, delta) {
            (Block::Text { text }, Delta::Text { text: piece }) => {
                text.push_str(&piece);
                self.hand_on(&piece, heard);
            }
            (Block::ToolUse { .. }, Delta::Input { partial_json }) => {
                slot.json.push_str(&partial_json);
            }
            (Block::Thinking { thinking, .. }, Delta::Thinking { thinking: piece }) => {
                thinking.push_str(&piece);
            }
            (Block::Thinking { signature, .. }, Delta::Signature { signature: piece }) => {
                signature.push_str(&piece);
            }
            _ => {}
        }
    }

    fn hand_on(&mut self, piece: &str, heard: &mut (dyn FnMut(&str) + Send)) {
        if !piece.is_empty() {
            self.is_heard = true;
            heard(piece);
        }
    }

    /// Counts are cumulative: a later one replaces an earlier one.
    fn count(&mut self, tokens: Option<Tokens>) {
        let Some(tokens) = tokens else { return };
        let before = self.usage.unwrap_or_default();
        self.usage = Some(Usage {
            input: tokens.input_tokens.unwrap_or(before.input),
            output: tokens.output_tokens.unwrap_or(before.output),
            cache_read: tokens.cache_read_input_tokens.unwrap_or(before.cache_read),
            cache_write: tokens.cache_creation_input_tokens.unwrap_or(before.cache_write),
        });
    }

    fn slot(&mut self, index: usize) -> Option<&mut Slot> {
        self.blocks.iter_mut().find(|slot| slot.index == index)
    }
}

/// A tool call whose input did not arrive whole.
struct CutCall;

impl Slot {
    /// The finished block; `None` for text that says nothing.
    fn finish(self) -> Result<Option<Block>, CutCall> {
        match self.block {
            Block::Text { text } if text.trim().is_empty() => Ok(None),
            Block::ToolUse { id, name, .. } => {
                let input = if self.json.trim().is_empty() {
                    Map::new()
                } else {
                    serde_json::from_str(&self.json).map_err(|_| CutCall)?
                };
                if !self.is_closed {
                    return Err(CutCall);
                }
                Ok(Some(Block::ToolUse { id, name, input: Value::Object(input) }))
            }
            block => Ok(Some(block)),
        }
    }
}
