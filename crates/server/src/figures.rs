//! The figures of a server, for Prometheus: on a listener of their own, that only this machine
//! reaches. Not beside the pages: what is published to the organisation, or to the network, must not
//! tell how much is worked there, and a session is not for a machine.

use anyhow::{Context, bail};
use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use huis_usecases::Huis;
use std::{net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;

/// Listens for whoever reads the figures; refuses an address that others reach.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    if !address.ip().is_loopback() {
        bail!("--metrics {address} : une adresse locale seulement (127.0.0.1 ou [::1])");
    }
    TcpListener::bind(address).await.with_context(|| format!("l'adresse {address} est déjà prise"))
}

/// Serves the figures until the server stops.
pub async fn serve(huis: Arc<Huis>, listener: TcpListener) {
    let stop = Arc::clone(&huis);
    let app = Router::new().route("/metrics", get(figures)).with_state(huis);
    let served = axum::serve(listener, app)
        .with_graceful_shutdown(async move { stop.until_stop().await })
        .await;
    if let Err(error) = served {
        tracing::error!(erreur = %error.kind(), "les mesures ne sont plus servies");
    }
}

async fn figures(State(huis): State<Arc<Huis>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, huis_measures::MEDIA_TYPE)], huis.figures().await)
}
