//! One browser WebSocket and its callbacks. Dropping it closes the socket and silences it, so nothing of an old socket is
//! ever taken for news of the present one.

use std::rc::Weak;

use bytes::Bytes;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BinaryType, MessageEvent, WebSocket};

use super::{Driver, feeder};
use crate::{connection::Input, packet::encode::Frame};

/// The socket. Its callbacks live as long as it does.
pub(super) struct Line {
    socket: WebSocket,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut()>,
}

impl Line {
    /// Starts to open a socket. An error means that the address is none; everything else shows as a close.
    pub(super) fn open(endpoint: &str, driver: &Weak<Driver>) -> Result<Self, String> {
        let socket = WebSocket::new(endpoint).map_err(|_| String::from("the address cannot be opened"))?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let on_message = hearing(driver);
        let on_close = Closure::new(feeder(driver, |driver| {
            driver.feed(Input::Lost(String::from("the connection was closed")));
        }));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Ok(Self {
            socket,
            _on_message: on_message,
            _on_close: on_close,
        })
    }

    /// Hands a frame to the browser. It fails only on a socket that is closing, and then the close is told anyway.
    pub(super) fn send(&self, frame: &Frame) {
        let _ = self.socket.send_with_str(&frame.text);
        for attachment in &frame.attachments {
            let _ = self.socket.send_with_u8_array(attachment);
        }
    }

    /// The bytes that the browser has not sent yet.
    pub(super) fn unsent(&self) -> usize {
        self.socket.buffered_amount() as usize
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

/// The callback for messages.
fn hearing(driver: &Weak<Driver>) -> Closure<dyn FnMut(MessageEvent)> {
    let driver = Weak::clone(driver);
    Closure::new(move |event: MessageEvent| {
        let Some(driver) = driver.upgrade() else { return };
        let data = event.data();
        if let Some(text) = data.as_string() {
            driver.feed(Input::Text(&text));
        } else if let Some(buffer) = data.dyn_ref::<ArrayBuffer>() {
            driver.feed(Input::Binary(Bytes::from(Uint8Array::new(buffer).to_vec())));
        }
    })
}
