import hashlib
import hmac
import json
import re
import time


def verify(body: bytes, signature: str, secrets: list[str], now: float | None = None, tolerance: int = 300):
    """The payload of an authentic webhook, or None: answer 401 then.

    It may come twice: act once for each payment_id and status, and on no version below the last one.

    body: the raw bytes, before any parser; signature: the X-SBP-Signature header; now: unix time in seconds.
    """
    parts = [part.strip().partition("=") for part in signature[:4096].split(",")]
    times = [value for name, _, value in parts if name == "t"]
    given = [value.lower() for name, _, value in parts if name == "v1" and re.fullmatch(r"[0-9a-fA-F]{64}", value)]
    if len(times) != 1 or not re.fullmatch(r"[0-9]{1,12}", times[0]) or not given:
        return None
    matches = [
        hmac.compare_digest(hmac.new(secret.encode(), times[0].encode() + b"." + body, hashlib.sha256).hexdigest(), v1)
        for secret in secrets
        for v1 in given[:8]
    ]
    if not any(matches):
        return None
    if abs((time.time() if now is None else now) - int(times[0])) > tolerance:
        return None
    return json.loads(body)
