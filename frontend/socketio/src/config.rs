//! What can be set about a client, and how a URL becomes the one the WebSocket is opened with. It does not check that a URL
//! can be reached: that shows when it is opened.

use std::time::Duration;

use crate::Backoff;

/// Everything that can be set. [`Config::new`] gives defaults that suit a browser tab.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the server is: `ws(s)://host/socket.io/`, or `http(s)://host`, to which the usual path `/socket.io/` is added.
    pub url: String,
    /// How long a request waits for its acknowledgement: 5 s, the usual time a Socket.IO server takes as well. A
    /// request with [`Delivery::Once`](crate::Delivery::Once) then fails; a kept one is sent again.
    pub ack_timeout: Duration,
    /// How long one attempt may take from asking for the auth payload to the server's CONNECT: 10 s.
    pub connect_timeout: Duration,
    /// How many kept requests may be unacknowledged at once: 256. One more is refused with
    /// [`RequestError::QueueFull`](crate::RequestError::QueueFull).
    pub offline_queue: usize,
    /// How many bytes may wait for CONNECT or for the network: 4 MiB. Beyond it every emit is refused, so that a peer
    /// which stops reading cannot fill our memory.
    pub send_buffer: usize,
    /// Holds kept requests back after each connect until [`Client::release`](crate::Client::release): off. For
    /// applications that must join their rooms again before they may send.
    pub hold_kept: bool,
    /// How long to wait between attempts.
    pub backoff: Backoff,
    /// Headers of the opening request, such as `Origin` or `Cookie`. Native only: a browser sends its own.
    pub headers: Vec<(String, String)>,
}

impl Config {
    /// The defaults, for the server at `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ack_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(10),
            offline_queue: 256,
            send_buffer: 4 * 1024 * 1024,
            hold_kept: false,
            backoff: Backoff::default(),
            headers: Vec::new(),
        }
    }

    /// The address to open: a WebSocket scheme, a path, and the query Engine.IO asks for.
    pub(crate) fn endpoint(&self) -> String {
        let (scheme, rest) = split_scheme(self.url.trim());
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut endpoint = String::from(scheme);
        endpoint.push_str(address);
        match address.find('/') {
            None => endpoint.push_str("/socket.io/"),
            Some(at) if at + 1 == address.len() => endpoint.push_str("socket.io/"),
            Some(_) => {}
        }
        endpoint.push_str("?EIO=4&transport=websocket");
        if !query.is_empty() {
            endpoint.push('&');
            endpoint.push_str(query);
        }
        endpoint
    }
}

/// The WebSocket scheme that goes with the URL's own, and what follows it. Without one, plain `ws` is meant.
fn split_scheme(url: &str) -> (&'static str, &str) {
    const SCHEMES: [(&str, &str); 4] = [
        ("https://", "wss://"),
        ("wss://", "wss://"),
        ("http://", "ws://"),
        ("ws://", "ws://"),
    ];
    for (prefix, scheme) in SCHEMES {
        if let Some(rest) = url.strip_prefix(prefix) {
            return (scheme, rest);
        }
    }
    ("ws://", url)
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn every_way_to_write_a_url_opens_a_websocket() {
        let cases = [
            ("http://h:3000", "ws://h:3000/socket.io/?EIO=4&transport=websocket"),
            ("https://h/", "wss://h/socket.io/?EIO=4&transport=websocket"),
            ("ws://h/socket.io/", "ws://h/socket.io/?EIO=4&transport=websocket"),
            (
                "wss://h/live/?tenant=7",
                "wss://h/live/?EIO=4&transport=websocket&tenant=7",
            ),
            ("h:3000", "ws://h:3000/socket.io/?EIO=4&transport=websocket"),
        ];
        for (url, endpoint) in cases {
            assert_eq!(Config::new(url).endpoint(), endpoint, "{url}");
        }
    }
}
