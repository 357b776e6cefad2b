//! DynamoDB: keys, rows and conditions, one file per noun. Key strings live only here.

pub mod article;
pub mod booking;
pub mod claim;
pub mod conversation;
pub mod counter;
pub mod cursor;
pub mod dedup;
pub mod error;
pub mod key;
pub mod limit;
pub mod outbox;
pub mod package;
pub mod payment;
pub mod proposal;
pub mod resource;
pub mod table;
pub mod tenant;
pub mod turn;
