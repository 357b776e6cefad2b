//! A peer that speaks raw bytes: it can stop in the middle of anything.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

/// What the peer does with one connection once it has read the request.
#[derive(Clone)]
pub(super) enum Act {
    /// Sends these bytes and closes.
    Send(Vec<u8>),
    /// Sends these bytes and then nothing, for as long as the test lasts.
    Hang(Vec<u8>),
}

/// A listening peer that plays one act per connection.
pub(super) struct Peer {
    pub(super) uri: String,
    thread: JoinHandle<usize>,
    /// Dropped when the test is over: hanging connections end with it.
    over: Sender<()>,
}

/// The head of a streamed 200 of unknown length, followed by `body`.
pub(super) fn streamed(body: &[u8]) -> Vec<u8> {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    [head.as_slice(), body].concat()
}

impl Peer {
    pub(super) fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap());
        let (over, is_over) = mpsc::channel();
        let thread = thread::spawn(move || {
            let hanging: Vec<_> = acts.into_iter().map(|act| play(listener.accept().unwrap().0, act)).collect();
            let _ = is_over.recv();
            hanging.len()
        });
        Self { uri, thread, over }
    }

    /// Waits until every act was played, and returns how many there were.
    pub(super) fn played(self) -> usize {
        drop(self.over);
        self.thread.join().unwrap()
    }
}

/// Plays `act` and returns its connection if it is to hang.
fn play(mut socket: TcpStream, act: Act) -> Option<TcpStream> {
    read_request(&mut socket);
    match act {
        Act::Send(bytes) => {
            socket.write_all(&bytes).unwrap();
            None
        }
        Act::Hang(bytes) => {
            socket.write_all(&bytes).unwrap();
            Some(socket)
        }
    }
}

fn read_request(socket: &mut TcpStream) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = socket.read(&mut buffer).unwrap();
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok())
            .unwrap_or(0);
        if read == 0 || length <= body.len() {
            return;
        }
    }
}
