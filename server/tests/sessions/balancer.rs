//! A load balancer as plain as can be: each connection goes to the next of the replicas that are in use.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

/// Where it listens, and what it passes on to.
pub(crate) struct Balancer {
    pub(crate) address: SocketAddr,
    replicas: Arc<Mutex<Vec<SocketAddr>>>,
}

impl Balancer {
    /// Passes on to these.
    pub(crate) async fn before(replicas: Vec<SocketAddr>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let (address, replicas) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(replicas)));
        let known = Arc::clone(&replicas);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let next = {
                    let mut replicas = known.lock().unwrap();
                    replicas.rotate_left(1);
                    replicas[0]
                };
                tokio::spawn(pass_on(stream, next));
            }
        });
        Self { address, replicas }
    }

    /// Passes nobody on to this one any more.
    pub(crate) fn take_out(&self, replica: SocketAddr) {
        self.replicas.lock().unwrap().retain(|known| *known != replica);
    }

    /// It is there again.
    pub(crate) fn put_back(&self, replica: SocketAddr) {
        self.replicas.lock().unwrap().push(replica);
    }
}

async fn pass_on(mut stream: TcpStream, to: SocketAddr) {
    stream.set_nodelay(true).unwrap();
    if let Ok(mut replica) = TcpStream::connect(to).await {
        replica.set_nodelay(true).unwrap();
        // However it ends, both ends see it.
        copy_bidirectional(&mut stream, &mut replica).await.ok();
    }
}
