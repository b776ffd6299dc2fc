"""What S3 means when it does not give what was asked for, and what to do about it."""
from typing import NamedTuple
from xml.etree import ElementTree

from airflow_appliance.dag_copy.errors import Away, CannotCopy
from airflow_appliance.dag_copy.line import Answer
from airflow_appliance.dag_copy.settings import Settings

BAD_KEYS = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"}
LATER = {"RequestTimeout", "SlowDown"}


class Refusal(NamedTuple):
    """An answer that is no success; `said` is what the server itself says of it."""

    status: int
    code: str
    said: str
    region: str

    @property
    def is_denied(self) -> bool:
        return self.code == "AccessDenied"


def of(answer: Answer, text: bytes) -> Refusal:
    """What the server said, which may be no XML if a proxy said it."""
    try:
        fields = {name.tag.rpartition("}")[2]: name.text or "" for name in ElementTree.fromstring(text)}
    except ElementTree.ParseError:
        fields = {}
    code, message = fields.get("Code", ""), fields.get("Message", "")
    said = " ".join(f"{answer.status} {code or answer.reason}: {message}".split()).rstrip(" .:")
    region = answer.getheader("x-amz-bucket-region") or fields.get("Region", "")
    return Refusal(answer.status, code, said, region)


def check(refusal: Refusal, settings: Settings) -> None:
    """Raises what does not depend on what was asked for: Away, or CannotCopy about keys, bucket, region, clock."""
    where = f"bucket {settings.bucket!r} at {settings.endpoint}"
    if refusal.status >= 500 or refusal.status == 429 or refusal.code in LATER:
        raise Away(f"{settings.endpoint} answers {refusal.said}")
    if refusal.code in BAD_KEYS:
        raise CannotCopy(f"the keys are refused for {where}: {refusal.said}; correct them in the pod's Secret")
    if refusal.code == "NoSuchBucket":
        raise CannotCopy(f"there is no {where}; create it or correct objectStore.bucket of cluster.yaml")
    if refusal.code == "RequestTimeTooSkewed":
        raise CannotCopy(f"the clocks of this machine and of S3 differ: {refusal.said}; set the machine's clock")
    if refusal.region and refusal.region != settings.region:
        raise CannotCopy(
            f"{where} is in region {refusal.region!r}, not {settings.region!r}: {refusal.said}; "
            "correct objectStore.region of cluster.yaml"
        )
