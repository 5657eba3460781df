//! The server's own TLS: 1.3 first, nothing under 1.2. Handshakes run beside one another,
//! each within its time, so that a slow or hostile client keeps nobody waiting.

use anyhow::{Context, bail};
use axum::serve::Listener;
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
        version::{TLS12, TLS13},
    },
    server::TlsStream,
};

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Connections that wait for the server to take them.
const WAITING: usize = 256;

/// A listener whose connections are encrypted.
pub struct TlsListener {
    connections: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    local: SocketAddr,
}

impl TlsListener {
    /// Encrypts what comes in on a listener, until the server takes no more.
    pub fn new(
        listener: TcpListener,
        certificate: &Path,
        key: &Path,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<Self> {
        let acceptor = TlsAcceptor::from(Arc::new(config(certificate, key)?));
        let local = listener.local_addr()?;
        let (sender, connections) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            tokio::pin!(stop);
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    () = &mut stop => return,
                };
                let Ok((stream, peer)) = accepted else {
                    // Out of descriptors: wait for some to come back.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                };
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    if let Ok(Ok(stream)) =
                        tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await
                    {
                        let _ = sender.send((stream, peer)).await;
                    }
                });
            }
        });
        Ok(Self { connections, local })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.connections.recv().await {
            Some(connection) => connection,
            // The accepting task ends with the server.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.local)
    }
}

fn config(certificate: &Path, key: &Path) -> anyhow::Result<ServerConfig> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .with_context(|| format!("le certificat {} ne se lit pas", certificate.display()))?
        .collect::<Result<_, _>>()
        .with_context(|| format!("{} n'est pas un certificat PEM", certificate.display()))?;
    if chain.is_empty() {
        bail!("{} ne contient aucun certificat", certificate.display());
    }
    let key = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("la clé TLS {} ne se lit pas", key.display()))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("le certificat et la clé TLS ne vont pas ensemble")?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
