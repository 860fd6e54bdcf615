"""Which authorities are trusted, on a system that keeps no certificates."""

import os

# Where the library looks by itself (assay/http/certificates.cpp).
SYSTEMS = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def provide() -> None:
    """Names certifi's in SSL_CERT_FILE, if it is installed, where neither the system nor the environment has any."""
    if "SSL_CERT_FILE" in os.environ or "SSL_CERT_DIR" in os.environ or any(map(os.path.exists, SYSTEMS)):
        return
    try:
        import certifi
    except ImportError:
        return
    os.environ["SSL_CERT_FILE"] = certifi.where()
