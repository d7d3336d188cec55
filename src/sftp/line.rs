//! The connection of the moment, and who may cut it: libssh2 waits through signals, so that a run that is to stop would sit out
//! the time-out of a server that says nothing.

use std::net::{Shutdown, TcpStream};
use std::sync::Mutex;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use super::LONGEST_NAP;

/// A connection that can be cut from beside.
#[derive(Default)]
pub struct Line(Mutex<Option<TcpStream>>);

impl Line {
    /// From now on this connection is the one to cut.
    pub(super) fn hold(&self, tcp: &TcpStream) {
        if let Ok(mut held) = self.0.lock() {
            *held = tcp.try_clone().ok();
        }
    }

    /// Does `act`, and cuts the connection under it as soon as somebody asks to stop.
    pub fn watched<T>(&self, stopped: &(dyn Fn() -> bool + Sync), act: impl FnOnce() -> T) -> T {
        let (done, watching) = mpsc::channel::<()>();
        thread::scope(|scope| {
            scope.spawn(move || {
                while watching.recv_timeout(LONGEST_NAP) == Err(RecvTimeoutError::Timeout) {
                    if stopped() {
                        self.cut();
                    }
                }
            });
            let result = act();
            drop(done);
            result
        })
    }

    fn cut(&self) {
        if let Ok(held) = self.0.lock()
            && let Some(tcp) = held.as_ref()
        {
            // It may have ended already, which is as well.
            let _ = tcp.shutdown(Shutdown::Both);
        }
    }
}
