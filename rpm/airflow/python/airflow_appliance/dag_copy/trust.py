"""The CAs by which an S3 server is believed."""
import os
import ssl
from pathlib import Path
from typing import Optional

from airflow_appliance.dag_copy.errors import CannotCopy
from airflow_appliance.dag_copy.settings import Settings

USUAL = "/etc/ssl/certs/ca-certificates.crt"


def context(settings: Settings) -> Optional[ssl.SSLContext]:
    """For all connections of a copy; None where the server speaks no TLS."""
    if settings.ca and settings.site_ca:
        _join(settings.site_ca, Path(settings.ca))
    if not settings.endpoint.startswith("https:"):
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca)
    except OSError as problem:
        raise CannotCopy(f"AWS_CA_BUNDLE {settings.ca}: {problem.strerror or problem}; mount a PEM file there") from None


def _join(site: str, bundle: Path) -> None:
    """Make one file of the usual CAs and the site's, for the task too: its clients take one file instead of the usual."""
    usual = USUAL if os.path.exists(USUAL) else ssl.get_default_verify_paths().cafile
    try:
        parts = [Path(file).read_bytes().rstrip() + b"\n" for file in (usual, site) if file]
        new = bundle.with_name(bundle.name + ".new")
        new.write_bytes(b"".join(parts))
        os.replace(new, bundle)
    except OSError as problem:
        raise CannotCopy(
            f"{bundle} cannot be made of {usual} and {site}: {problem.filename}: {problem.strerror}; "
            "mount the site's CAs and a volume for the file"
        ) from None
