//! The server as a value: made from a configuration, listening on a socket, shut down in order.

use crate::{
    cluster::{Cluster, ClusterError, bus::Bus},
    config::{Config, ConfigError},
    gateway::{
        Gateway,
        auth::{Admission, Terms},
        shard::Shards,
    },
    lease::{Leases, memory::MemoryLeases},
    listener::{GuardedListener, serve::serve},
    memory::{Holder, Memory},
    metrics::Metrics,
    revocation::{Nowhere, Register, Revocations},
    rooms::{Ground, Rooms},
    store::{
        Log, LogError, Retention,
        file::{FileLog, OpenError},
        memory::MemoryLog,
    },
    token::{Keys, KeysError},
    web::{self, Web},
};
use protocol::limits::{ACCESS_HISTORY, DOCUMENT_HISTORY, HISTORY_BYTES, NOTE_HISTORY};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The longest that requests which are being answered may take once nobody new is accepted.
const LAST_REQUESTS: Duration = Duration::from_secs(2);

/// One Orrery, ready to listen.
pub struct Server {
    config: Arc<Config>,
    service: web::Service,
    gateway: Arc<Gateway>,
    rooms: Arc<Rooms>,
    log: Arc<dyn Log>,
    metrics: Arc<Metrics>,
    shards: Arc<Shards>,
    cancel: CancellationToken,
    /// What runs beside rooms and connections.
    tasks: TaskTracker,
}

/// Why a server could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The configuration is not taken.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The keys that were configured are not taken.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// What was revoked cannot be read.
    #[error("what was revoked cannot be read: {0}")]
    Revocations(LogError),
    /// The logs could not be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The process cannot be one of many.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The counters could not be set up.
    #[error("metrics: {0}")]
    Metrics(#[from] prometheus::Error),
}

/// A server that listens. Dropped, it ends at once; [`Running::shutdown`] ends it in order.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    server: Server,
    accepting: JoinHandle<()>,
    stop_accepting: CancellationToken,
}

impl Server {
    /// Puts the parts together. Where Redis is shared, waits until it is there, saying so.
    pub async fn new(config: Config) -> Result<Self, ServerError> {
        // Pages are rendered on tokio's executor; an error means that a server before this one has said so already.
        any_spawner::Executor::init_tokio().ok();
        let metrics = Arc::new(Metrics::new()?);
        let revocations = Arc::new(Revocations::default());
        let keys = Arc::new(Keys::of(&config, config.secret()?, revocations)?);
        config.auth.check(config.environment).map_err(ConfigError::from)?;
        let instance = config.instance_id.clone().unwrap_or_else(instance);
        if config.is_production() && config.auth.allows_all_origins() {
            tracing::warn!("pages of every site may open sockets here (ALLOWED_ORIGINS is *)");
        }
        let (cancel, tasks) = (CancellationToken::new(), TaskTracker::new());
        let Parts {
            log,
            glance,
            leases,
            bus,
            register,
        } = Parts::of(&config, &instance, &metrics, (&cancel, &tasks)).await?;
        let memory = Arc::new(Memory::new(&config.limits, Arc::clone(&metrics)));
        let rooms = Arc::new(Rooms::new(
            &config,
            instance.clone(),
            Ground {
                log: Arc::clone(&log),
                leases: Arc::clone(&leases),
                bus: bus.clone(),
            },
            Arc::clone(&memory),
            Arc::clone(&metrics),
            cancel.clone(),
        ));
        let gateway = Arc::new(Gateway::new(
            Arc::clone(&rooms),
            Arc::clone(&leases),
            bus,
            Arc::clone(&metrics),
            Admission {
                keys: Arc::clone(&keys),
                terms: Terms {
                    expiring: config.auth.expiring(),
                    grace: config.auth.grace(),
                },
                register,
            },
            &config.limits,
            instance,
        ));
        let pass_on = Arc::clone(&gateway.notifier).pass_on();
        tasks.spawn(cancel.clone().run_until_cancelled_owned(pass_on));
        let pass_on = Arc::clone(&gateway.revoker).pass_on();
        tasks.spawn(cancel.clone().run_until_cancelled_owned(pass_on));
        gateway.revoker.look().await.map_err(ServerError::Revocations)?;
        let minding = Arc::clone(&gateway);
        let mind = async move { minding.timer.mind(&minding.connections).await };
        tasks.spawn(cancel.clone().run_until_cancelled_owned(mind));
        let shards = Arc::new(Shards::new(&gateway, &config));
        let holder = All {
            gateway: Arc::clone(&gateway),
            shards: Arc::clone(&shards),
            log: Arc::clone(&log),
        };
        let (minding, holding) = (Arc::clone(&memory), holder.clone());
        let mind = async move { minding.mind(holding).await };
        tasks.spawn(cancel.clone().run_until_cancelled_owned(mind));
        let bound = async move { memory.bound(holder).await };
        tasks.spawn(cancel.clone().run_until_cancelled_owned(bound));
        let config = Arc::new(config);
        let web = Web {
            config: Arc::clone(&config),
            gateway: Arc::clone(&gateway),
            shards: Arc::clone(&shards),
            leases,
            log: glance,
            metrics: Arc::clone(&metrics),
            keys,
            started: std::time::Instant::now(),
        };
        let service = web::service(&web);
        Ok(Self {
            config,
            service,
            gateway,
            rooms,
            log,
            metrics,
            shards,
            cancel,
            tasks,
        })
    }

    /// Serves on this socket from now on.
    pub fn listen(self, listener: TcpListener) -> io::Result<Running> {
        let address = listener.local_addr()?;
        let stop_accepting = CancellationToken::new();
        let listener = GuardedListener::new(
            listener,
            self.config.stall(),
            self.config.limits.queue_bytes,
            Arc::clone(self.rooms.memory()),
            Arc::clone(&self.metrics),
        );
        let serving = serve(listener, self.service.clone(), stop_accepting.clone());
        let accepting = tokio::spawn(serving);
        Ok(Running {
            address,
            server: self,
            accepting,
            stop_accepting,
        })
    }
}

impl Running {
    /// Ends in this order: not ready and no new sockets, everybody told when to come back and parted from then, nobody
    /// accepted, what was taken written, closed. Ends within [`Config::stop_ms`], whatever does
    /// not, but for the last requests and transports, which have three seconds more.
    pub async fn shutdown(mut self) {
        let server = &self.server;
        let end = Instant::now() + server.config.stop();
        let drained = timeout_at(end, server.gateway.drain(server.config.drain())).await;
        self.stop_accepting.cancel();
        server.cancel.cancel();
        let written = timeout_at(end, server.rooms.closed()).await;
        server.tasks.close();
        let left = timeout_at(end, server.tasks.wait()).await;
        if drained.is_err() || written.is_err() || left.is_err() {
            tracing::warn!(
                "not all was done in time: what the store did not take is with those who wrote it, not acknowledged"
            );
        }
        server.log.close();
        server.shards.close().await;
        if tokio::time::timeout(LAST_REQUESTS, &mut self.accepting).await.is_err() {
            tracing::warn!("some requests did not end in time");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.cancel.cancel();
        self.accepting.abort();
    }
}

/// All that takes memory.
#[derive(Clone)]
struct All {
    gateway: Arc<Gateway>,
    shards: Arc<Shards>,
    log: Arc<dyn Log>,
}

/// Those who do not read go first: they resume, and nothing is lost. What only this process remembers comes after them.
impl Holder for All {
    fn shrink(&self) {
        self.gateway.shrink();
        self.shards.shrink();
        self.log.shrink();
    }

    fn let_go(&self, bytes: u64) -> u64 {
        let freed = self.gateway.connections.let_go(bytes);
        freed + self.log.forget(bytes.saturating_sub(freed))
    }
}

/// What the server stands on.
struct Parts {
    log: Arc<dyn Log>,
    /// The same for whoever only looks: it leaves nothing behind.
    glance: Arc<dyn Log>,
    leases: Arc<dyn Leases>,
    bus: Option<Arc<Bus>>,
    register: Arc<dyn Register>,
}

impl Parts {
    /// In Redis where one is shared; else entries are on disk where there is a directory for them, and all else in memory.
    async fn of(
        config: &Config,
        instance: &str,
        metrics: &Arc<Metrics>,
        ending: (&CancellationToken, &TaskTracker),
    ) -> Result<Self, ServerError> {
        let keep = Retention {
            chat: config.chat_history as usize,
            document: DOCUMENT_HISTORY,
            note: NOTE_HISTORY,
            access: ACCESS_HISTORY,
            bytes: HISTORY_BYTES,
        };
        if let Some(url) = config.redis()? {
            let Cluster {
                bus,
                leases,
                log,
                register,
            } = Cluster::connect(config, url, instance, keep, metrics, ending).await?;
            let bus = Some(bus);
            return Ok(Self {
                glance: Arc::new(log.glance()),
                log,
                leases,
                bus,
                register,
            });
        }
        let (log, glance, register): (Arc<dyn Log>, Arc<dyn Log>, Arc<dyn Register>) = match &config.data_dir {
            Some(dir) => {
                // The file remembers nothing for whoever reads.
                let file = Arc::new(FileLog::open(dir, keep)?);
                (file.clone(), file.clone(), file)
            }
            None => {
                let memory = MemoryLog::new(keep, config.rooms as usize);
                (Arc::new(memory.clone()), Arc::new(memory.glance()), Arc::new(Nowhere))
            }
        };
        Ok(Self {
            log,
            glance,
            leases: Arc::new(MemoryLeases::default()),
            bus: None,
            register,
        })
    }
}

/// A name for a replica that was given none.
fn instance() -> String {
    format!("orrery-{:06x}", rand::random_range(0..0x0100_0000_u32))
}
