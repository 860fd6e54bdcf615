"""Endpoints over TLS: who is trusted."""

import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import types

import pytest

import assay
import local_endpoint
from assay import _certificates

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "assay" / "http" / "certificates.cpp"


@pytest.fixture
def certificate(tmp_path):
    """A certificate of 127.0.0.1 that no system trusts, and its key."""
    openssl = shutil.which("openssl") or "/usr/bin/openssl"
    if not os.path.exists(openssl):
        pytest.skip("there is no openssl to make a certificate with")
    made, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    words = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", made, "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(words, check=True, capture_output=True)
    return made, key


@pytest.fixture
def url(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with local_endpoint.serving(context) as url:
        yield url


@pytest.fixture
def sums(tmp_path):
    study = assay.Study(tmp_path / "sums.assay")
    study.import_records({"query": f"q{q}", "prompt": f"What is {q} + 1?", "model": model, "response": str(q + more)}
                         for q in range(12) for model, more in (("base", 0), ("good", 1)))
    return study


def select(study, url):
    return study.select(assay.OpenAICompatible("judge-1", url, retries=0), baseline="base")


def test_a_certificate_that_nobody_knows_is_not_trusted(url, sums, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    with pytest.raises(assay.OracleError, match="certificate"):
        select(sums, url)


def test_the_environment_names_who_is_trusted(url, certificate, sums, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("SSL_CERT_FILE", os.fspath(certificate[0]))
    assert select(sums, url).best == "good"


def test_the_command_heeds_it_too(url, certificate, sums, command):
    words = [command, "select", sums.path, "--baseline", "base", "--oracle", "llm", "--judge-model", "judge-1",
             "--judge-url", url]
    environment = {**os.environ, "OPENAI_API_KEY": "none", "SSL_CERT_FILE": os.fspath(certificate[0])}
    done = subprocess.run(words, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Best: good" in done.stdout


def test_a_file_that_is_not_there_is_named(url, sums, monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("SSL_CERT_FILE", os.fspath(tmp_path / "gone.pem"))
    with pytest.raises(assay.OracleError, match="gone.pem"):
        select(sums, url)


def test_certifi_stands_in_where_the_system_has_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "certifi", types.SimpleNamespace(where=lambda: "/certifi.pem"))
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    _certificates.provide()
    there = any(os.path.exists(path) for path in _certificates.SYSTEMS)
    assert ("SSL_CERT_FILE" in os.environ) == (not there)
    monkeypatch.setattr(_certificates, "SYSTEMS", ())
    _certificates.provide()
    assert os.environ.pop("SSL_CERT_FILE") == "/certifi.pem"
    monkeypatch.setenv("SSL_CERT_DIR", "/mine")
    _certificates.provide()
    assert "SSL_CERT_FILE" not in os.environ


@pytest.mark.skipif(not SOURCE.exists(), reason="needs the sources")
def test_the_library_looks_at_the_same_places():
    text = SOURCE.read_text()
    assert [text.index(f'"{path}"') for path in _certificates.SYSTEMS] == sorted(
        text.index(f'"{path}"') for path in _certificates.SYSTEMS)
