//! Asking over TCP whether somebody is there and well: one question, one line in answer. An answer that does not come is a no.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Everybody is on this machine.
const PATIENCE: Duration = Duration::from_millis(500);
/// The first line of an answer is no longer.
const LINE: u64 = 256;

/// Whether a replica takes people.
pub(super) fn is_ready(replica: SocketAddr) -> bool {
    first_line(replica, "GET /readyz HTTP/1.0\r\n\r\n").is_ok_and(|line| line.split(' ').nth(1) == Some("200"))
}

/// Whether a Redis answers.
pub(super) fn is_redis(address: SocketAddr) -> bool {
    first_line(address, "PING\r\n").is_ok_and(|line| line.trim_end() == "+PONG")
}

fn first_line(address: SocketAddr, question: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(question.as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream).take(LINE).read_line(&mut line)?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    /// Somebody who gives this answer to one question.
    fn answering(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            stream.read_to_end(&mut Vec::new()).unwrap();
        });
        address
    }

    #[test]
    fn a_replica_is_ready_when_it_says_200() {
        assert!(is_ready(answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")));
        assert!(!is_ready(answering("HTTP/1.1 503 Service Unavailable\r\n\r\n")));
        assert!(!is_ready(answering("+PONG\r\n")));
    }

    #[test]
    fn a_redis_says_pong() {
        assert!(is_redis(answering("+PONG\r\n")));
        assert!(!is_redis(answering(
            "-LOADING Redis is loading the dataset in memory\r\n"
        )));
    }

    #[test]
    fn nobody_there_is_a_no() {
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(!is_ready(nobody));
    }
}
