//! A connection's socket, and a way past whoever writes to it.
//!
//! The same bytes go to all who hear a frame of a room. The library would give each of them a message of its own, which wakes
//! a task of its own, which writes it out once more before it is sent. [`Aside`] gives the kernel the bytes at once, where
//! that comes between no two bytes of what the library is writing.

use bytes::{Buf, Bytes};
use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// A socket of which [`Aside`] knows.
pub struct Line {
    read: OwnedReadHalf,
    write: Arc<Mutex<Write>>,
}

/// The writing half.
struct Write {
    half: OwnedWriteHalf,
    under_way: UnderWay,
}

/// Of what the kernel has taken a part and not the rest.
enum UnderWay {
    Nothing,
    /// Of what the library writes, which has the rest.
    Theirs,
    /// Of a message that was said aside; this is the rest, and goes out before all else.
    Ours(Bytes),
}

/// A way to say something on a connection, past those who write to it. Does not keep it open.
pub struct Aside(Weak<Mutex<Write>>);

impl Line {
    /// A line over this socket.
    #[must_use]
    pub fn new(stream: TcpStream) -> Self {
        let (read, half) = stream.into_split();
        let under_way = UnderWay::Nothing;
        Self {
            read,
            write: Arc::new(Mutex::new(Write { half, under_way })),
        }
    }

    /// The way past whoever writes to it.
    #[must_use]
    pub fn aside(&self) -> Aside {
        Aside(Arc::downgrade(&self.write))
    }
}

impl Aside {
    /// Whether the connection is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.strong_count() > 0
    }

    /// Gives the kernel a message, if it takes all of it now and no other one is half written. `false` where it does not: the
    /// message has to go the usual way, which also writes what the kernel has not taken of a message that it took in part.
    #[must_use]
    pub fn say(&self, message: &Bytes) -> bool {
        let Some(write) = self.0.upgrade() else {
            return false;
        };
        let write = &mut *lock(&write);
        if !matches!(write.under_way, UnderWay::Nothing) {
            return false;
        }
        // An error is the library's to find, too.
        let taken = write.half.try_write(message).unwrap_or(0);
        if 0 < taken && taken < message.len() {
            write.under_way = UnderWay::Ours(message.slice(taken..));
        }
        taken == message.len()
    }
}

impl Write {
    /// Writes what is left of a message that was said aside.
    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let UnderWay::Ours(rest) = &mut self.under_way {
            let taken = ready!(Pin::new(&mut self.half).poll_write(context, rest))?;
            if taken == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            rest.advance(taken);
            if rest.is_empty() {
                self.under_way = UnderWay::Nothing;
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Whoever writes gives all they have at once, so that a message of theirs is half written where not all was taken.
    fn wrote(&mut self, taken: usize, of: usize) {
        self.under_way = if taken < of {
            UnderWay::Theirs
        } else {
            UnderWay::Nothing
        };
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.read).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let write = &mut *lock(&self.write);
        ready!(write.poll_rest(context))?;
        let taken = ready!(Pin::new(&mut write.half).poll_write(context, bytes))?;
        write.wrote(taken, bytes.len());
        Poll::Ready(Ok(taken))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let write = &mut *lock(&self.write);
        ready!(write.poll_rest(context))?;
        let taken = ready!(Pin::new(&mut write.half).poll_write_vectored(context, slices))?;
        write.wrote(taken, slices.iter().map(|slice| slice.len()).sum());
        Poll::Ready(Ok(taken))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        lock(&self.write).poll_rest(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut lock(&self.write).half).poll_shutdown(context)
    }
}

fn lock(write: &Mutex<Write>) -> MutexGuard<'_, Write> {
    write.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpSocket},
    };

    /// More than the buffers of both ends hold.
    const MUCH: usize = 1 << 20;

    /// A line with as small buffers as the kernel grants, and its other end.
    async fn pair() -> (Line, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(4096).unwrap();
        let ours = socket.connect(listener.local_addr().unwrap()).await.unwrap();
        let (theirs, _) = listener.accept().await.unwrap();
        (Line::new(ours), theirs)
    }

    async fn reads(stream: &mut TcpStream, bytes: usize) -> Vec<u8> {
        let mut read = vec![0; bytes];
        stream.read_exact(&mut read).await.unwrap();
        read
    }

    #[tokio::test]
    async fn it_is_said_between_what_is_written() {
        let (mut line, mut other) = pair().await;
        let aside = line.aside();
        line.write_all(b"one ").await.unwrap();
        assert!(aside.say(&Bytes::from_static(b"two ")));
        line.write_all(b"three").await.unwrap();
        assert_eq!(reads(&mut other, 13).await, b"one two three");
    }

    #[tokio::test]
    async fn nothing_is_said_into_what_is_half_written() {
        let (mut line, mut other) = pair().await;
        let aside = line.aside();
        let written = vec![b'w'; MUCH];
        let taken = line.write(&written).await.unwrap();
        assert!(taken < MUCH);
        assert!(!aside.say(&Bytes::from_static(b"aside")));
        let (rest, read) = tokio::join!(line.write_all(&written[taken..]), reads(&mut other, MUCH));
        rest.unwrap();
        assert_eq!(read, written);
        assert!(aside.say(&Bytes::from_static(b"aside")));
        assert_eq!(reads(&mut other, 5).await, b"aside");
    }

    #[tokio::test]
    async fn what_is_taken_in_part_goes_on_before_all_else() {
        for flushes in [false, true] {
            let (mut line, mut other) = pair().await;
            let aside = line.aside();
            let said = Bytes::from(vec![b's'; MUCH]);
            assert!(!aside.say(&said), "the kernel takes as much as that");
            assert!(!aside.say(&Bytes::from_static(b"another")));
            let write = async {
                if flushes {
                    line.flush().await.unwrap();
                }
                line.write_all(b"written").await.unwrap();
            };
            let ((), read) = tokio::join!(write, reads(&mut other, MUCH + 7));
            assert!(read[..MUCH] == said, "it is broken up");
            assert_eq!(&read[MUCH..], b"written");
        }
    }

    #[tokio::test]
    async fn all_that_is_said_and_written_at_once_arrives_whole() {
        const EACH: usize = 400;
        let (mut line, mut other) = pair().await;
        let aside = line.aside();
        // Each is a byte that says which, its length, and as many of the same byte; the lengths meet no buffer's.
        let message = |which: u8, number: usize| {
            let length = (number * 37 % 5000) as u16;
            [&[which][..], &length.to_be_bytes(), &vec![which; length.into()]].concat()
        };
        let says = tokio::spawn(async move {
            let mut said = 0;
            for number in 0..EACH {
                said += usize::from(aside.say(&message(b's', number).into()));
                tokio::task::yield_now().await;
            }
            said
        });
        let writes = tokio::spawn(async move {
            for number in 0..EACH {
                line.write_all(&message(b'w', number)).await.unwrap();
            }
            line.flush().await.unwrap();
            line
        });
        let reads = tokio::spawn(async move {
            let (mut said, mut written) = (0, Vec::new());
            while let Ok(which) = other.read_u8().await {
                let length = other.read_u16().await.unwrap().into();
                assert!(reads(&mut other, length).await.iter().all(|byte| *byte == which));
                if which == b's' {
                    said += 1;
                } else {
                    written.push(length);
                }
            }
            (said, written)
        });
        let said = says.await.unwrap();
        drop(writes.await.unwrap());
        let (heard, written) = reads.await.unwrap();
        assert!(said > 0 && heard >= said, "{heard} of {said}");
        assert_eq!(written, (0..EACH).map(|number| number * 37 % 5000).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn nothing_is_said_on_one_that_is_closed() {
        let (line, mut other) = pair().await;
        let aside = line.aside();
        assert!(aside.is_open());
        drop(line);
        assert!(!aside.is_open());
        assert!(!aside.say(&Bytes::from_static(b"aside")));
        assert_eq!(other.read(&mut [0]).await.unwrap(), 0);
    }
}
