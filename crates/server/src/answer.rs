//! Answering over HTTP within limits (S-13): a head of a reasonable size that comes in its time, a body
//! that comes at a reasonable pace, so many connections at once and so many from one address. Who goes
//! past one is closed; the others are served.

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request},
    serve::Listener,
};
use hyper::{body::Frame, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, Sleep},
};
use tower_service::Service;

/// What a client may ask of the server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the head of a request.
    pub head_bytes: usize,
    /// Its lines.
    pub head_lines: usize,
    /// How long it may take to come, from the connection or the last answer on.
    pub head_time: Duration,
    /// How long a body may take, beside what its pace gives it.
    pub body_time: Duration,
    /// The slowest pace of a body, in bytes a second.
    pub body_pace: u32,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address. Behind a declared proxy every address is the proxy's: the
    /// proxy counts.
    pub per_address: usize,
}

impl Limits {
    /// What Huis takes: a whole service behind one address of its network, and no crowd.
    pub const DEFAULT: Self = Self {
        head_bytes: 32 * 1024,
        head_lines: 64,
        head_time: Duration::from_secs(20),
        body_time: Duration::from_secs(30),
        body_pace: 16 * 1024,
        connections: 4_096,
        per_address: 512,
    };

    /// The limits of a server that a declared proxy stands before, or none.
    pub const fn of(behind_proxy: bool) -> Self {
        let per_address =
            if behind_proxy { Self::DEFAULT.connections } else { Self::DEFAULT.per_address };
        Self { per_address, ..Self::DEFAULT }
    }
}

/// Serves a listener until `stop`; then what was begun is finished.
pub async fn answer<L>(
    mut listener: L,
    app: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()>
where
    L: Listener<Addr = SocketAddr>,
{
    let seats = Seats::new(limits);
    let (stopping, stopped) = watch::channel(());
    let (open, closed) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            taken = listener.accept() => taken,
            () = &mut stop => break,
        };
        // Nobody is answered past the limits: the line is closed.
        let Some(seat) = seats.take(peer.ip()) else { continue };
        let (app, mut stopped, open) = (app.clone(), stopped.clone(), closed.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                let mut request: Request = request.map(|body| Body::new(Paced::new(body, limits)));
                request.extensions_mut().insert(ConnectInfo(peer));
                app.clone().call(request)
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(limits.head_time)
                .max_headers(limits.head_lines)
                .max_buf_size(limits.head_bytes)
                .serve_connection(TokioIo::new(stream), service);
            let mut connection = pin!(connection);
            tokio::select! {
                // A line that breaks is the client's affair.
                _ = connection.as_mut() => {}
                _ = stopped.changed() => {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
            drop((seat, open));
        });
    }
    drop(listener);
    let _ = stopping.send(());
    drop(closed);
    open.closed().await;
    Ok(())
}

/// The places taken, in all and by address.
struct Seats {
    limits: Limits,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

struct Seat {
    address: IpAddr,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Seats {
    fn new(limits: Limits) -> Self {
        Self { limits, taken: Arc::default() }
    }

    fn take(&self, address: IpAddr) -> Option<Seat> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let here = taken.get(&address).copied().unwrap_or(0);
        let all: usize = taken.values().sum();
        if here >= self.limits.per_address || all >= self.limits.connections {
            return None;
        }
        taken.insert(address, here + 1);
        Some(Seat { address, taken: Arc::clone(&self.taken) })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(here) = taken.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

/// A body that must come at a pace: each byte gives it more time, and no byte gives it none.
struct Paced<B> {
    inner: B,
    late: Pin<Box<Sleep>>,
    begun: Instant,
    received: u64,
    limits: Limits,
}

impl<B> Paced<B> {
    fn new(inner: B, limits: Limits) -> Self {
        let late = Box::pin(tokio::time::sleep(limits.body_time));
        Self { inner, late, begun: Instant::now(), received: 0, limits }
    }
}

impl<B> HttpBody for Paced<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<axum::BoxError>,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        match Pin::new(&mut this.inner).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                this.received += u64::try_from(bytes).unwrap_or(u64::MAX);
                let pace = u64::from(this.limits.body_pace.max(1));
                let more = Duration::from_millis(this.received.saturating_mul(1_000) / pace);
                this.late.as_mut().reset(this.begun + this.limits.body_time + more);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(other) => Poll::Ready(other.map(|r| r.map_err(Into::into))),
            Poll::Pending => {
                ready!(this.late.as_mut().poll(context));
                let late =
                    std::io::Error::new(std::io::ErrorKind::TimedOut, "corps de requête trop lent");
                Poll::Ready(Some(Err(late.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.inner.size_hint()
    }
}
