//! Body: a response that arrives in pieces, with pauses, and may break or fall silent.
//!
//! Never knows what the pieces mean.

use std::io;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt, stream};
use tokio::sync::watch;

/// One thing that happens to the reader of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// These bytes arrive, as a chunk of their own.
    Bytes(Bytes),
    /// Nothing arrives for so long.
    Pause(Duration),
    /// The connection drops.
    Drop,
    /// Nothing arrives until the simulator is told to let go; then the connection drops.
    Hang,
}

/// Plays `pieces` to whoever reads the body. Nothing runs when nobody reads.
pub(crate) fn play(pieces: Vec<Piece>, let_go: watch::Receiver<u64>) -> Body {
    let chunks = stream::iter(pieces).then(move |piece| {
        let mut let_go = let_go.clone();
        async move {
            match piece {
                Piece::Bytes(bytes) => {
                    // The transport flushes what it has whenever the next chunk is not ready yet.
                    tokio::task::yield_now().await;
                    Some(Ok(bytes))
                }
                Piece::Pause(pause) => {
                    tokio::time::sleep(pause).await;
                    None
                }
                Piece::Drop => {
                    tokio::task::yield_now().await;
                    Some(Err(dropped()))
                }
                Piece::Hang => {
                    // An error means that the simulator is gone, which lets go as well.
                    let _ = let_go.changed().await;
                    Some(Err(dropped()))
                }
            }
        }
    });
    Body::from_stream(chunks.filter_map(|chunk| async { chunk }))
}

fn dropped() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "the simulator dropped the connection")
}
