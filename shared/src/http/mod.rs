//! The edge: requests parsed, problems and answers formed. HTTP words live only here and in `functions`.

pub mod cors;
pub mod gate;
pub mod problem;
pub mod request;
pub mod respond;
pub mod sse;
pub mod token;
pub mod turn;
pub mod widget;
