//! TLS: a terminator on loopback, and a trust store that knows it. Decides nothing about what is said through it.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use local::tasks::Tasks;
use tempfile::NamedTempFile;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::Failure;

/// Where systems keep their root certificates. Parsing them is a part of every cold start.
const ROOTS: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// A certificate for `localhost`, and a trust store with it and the system's own.
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    store: NamedTempFile,
    /// How many certificates the trust store has.
    pub roots: usize,
}

impl Tls {
    /// Makes a certificate that ends with the process.
    ///
    /// # Errors
    ///
    /// When the certificate cannot be made or written.
    pub(crate) fn new() -> Result<Self, Failure> {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())?;
        let certificate = CertificateDer::from(made.cert.der().to_vec());
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let known =
            ROOTS.iter().find(|path| Path::new(path).is_file()).map_or(Ok(String::new()), fs::read_to_string)?;
        let roots = format!("{known}\n{}", made.cert.pem());
        let mut store = NamedTempFile::new()?;
        store.write_all(roots.as_bytes())?;
        let roots = roots.matches("BEGIN CERTIFICATE").count();
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), store, roots })
    }

    /// The trust store, for `SSL_CERT_FILE`.
    pub(crate) fn store(&self) -> &Path {
        self.store.path()
    }

    /// Listens in front of `peer`, and gives its address.
    ///
    /// # Errors
    ///
    /// When no port can be opened.
    pub(crate) async fn terminate(&self, peer: SocketAddr, tasks: &Tasks) -> Result<SocketAddr, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (acceptor, all) = (self.acceptor.clone(), tasks.clone());
        tasks.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                all.spawn(async move {
                    // A connection that breaks is the client's to notice.
                    drop(carry(acceptor, client, peer).await);
                });
            }
        });
        Ok(address)
    }
}

async fn carry(acceptor: TlsAcceptor, client: TcpStream, peer: SocketAddr) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    let mut client = acceptor.accept(client).await?;
    let mut peer = TcpStream::connect(peer).await?;
    peer.set_nodelay(true)?;
    tokio::io::copy_bidirectional(&mut client, &mut peer).await?;
    Ok(())
}
