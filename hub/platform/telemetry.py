"""What the hub says about itself: logs as JSON lines on stderr, and counters for Prometheus.

A log line carries ids, codes and counts, never a payload and never a secret: fields named like one are blotted out,
text that looks like an API key is too, control and direction signs are escaped, and long values are cut in the middle,
for a traceback says what went wrong at its end. So nobody can forge a line or repaint a terminal with a file name.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from hub.platform.jobs import Backlog

VALUE_LENGTH_MAX = 2_000  # a traceback fits; a payload does not
HEAD_LENGTH = VALUE_LENGTH_MAX // 4  # of what is longer, so much stays of its beginning and the rest of its end
BLOT = "[withheld]"

_SECRET_FIELDS = re.compile(
    r"(?:^|_)(password|passwd|secret|token|cookie|authorization|api_?key|csrf|payload|content|body)$", re.IGNORECASE
)
_SECRET_TEXT = re.compile(r"(hub_[a-z2-7]{8}_)[0-9A-Za-z]{43}|(Bearer\s+)\S+|(://[^/\s:@]+:)[^@\s/]+(?=@)")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def configure_logs(level: str = "info", stream: TextIO | None = None) -> None:
    """Send every log line, ours and the libraries', to ``stream`` (stderr) as one JSON object."""
    steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        make_safe,
    ]
    target = stream or sys.stderr
    structlog.configure(
        processors=[*steps, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *steps], processors=[remove, renderer]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.getLevelNamesMapping()[level.upper()], logging.INFO))


def make_safe(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blot out secrets and escape what a terminal or a log reader would obey."""
    for name, value in event.items():
        if isinstance(value, (bytes, bytearray, memoryview)):
            event[name] = f"[{len(value)} bytes]"
        elif _SECRET_FIELDS.search(name) and value is not None:
            event[name] = BLOT
        elif not isinstance(value, (bool, int, float)) and value is not None and not name.startswith("_"):
            event[name] = safe_text(value if isinstance(value, str) else str(value))
    return event


def safe_text(text: str) -> str:
    """Return ``text`` without secrets we can recognise, without control and direction signs, cut to length."""
    blotted = _SECRET_TEXT.sub(lambda found: next(part for part in found.groups() if part) + BLOT, text)
    escaped = _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", blotted)
    if len(escaped) <= VALUE_LENGTH_MAX:
        return escaped
    return (
        f"{escaped[:HEAD_LENGTH]} … {escaped[HEAD_LENGTH - VALUE_LENGTH_MAX :]}"  # the end of a traceback is its cause
    )


class Metrics:
    """Counters of one process, in a registry of their own so that tests can have several."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.received = Counter(
            "hub_messages_received_total",
            "Messages taken in",
            ["partner", "transport", "answer"],
            registry=self.registry,
        )
        self.processed = Counter(
            "hub_documents_processed_total",
            "Documents processed",
            ["partner", "document", "validation", "outcome"],
            registry=self.registry,
        )
        self.deliveries = Counter(
            "hub_deliveries_total", "Attempts to deliver", ["partner", "transport", "result"], registry=self.registry
        )
        self.set_aside = Counter(
            "hub_files_set_aside_total",
            "Files of partners' folders that were no message, or not signed as agreed: they lie in .hub/refused",
            ["partner"],
            registry=self.registry,
        )
        self.processing_seconds = Histogram(
            "hub_processing_seconds",
            "From the receipt of a message until all it came to was written, answers included",
            registry=self.registry,
            buckets=(0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30, 300),
        )
        self.loop_faults = Counter(
            "hub_loop_faults_total",
            "Rounds of work behind the intake that ended in a fault",
            ["loop", "fault"],
            registry=self.registry,
        )
        self.jobs = Gauge("hub_jobs", "Jobs by state", ["state"], registry=self.registry)
        self.oldest_job_at = Gauge(
            "hub_jobs_oldest_due_timestamp_seconds",
            "When the oldest waiting job fell due; 0: none waits",
            registry=self.registry,
        )

    def watch_door(self, gone: Callable[[], int], turned_away: Callable[[], int]) -> None:
        """Show, whenever the numbers are read, what the door has counted since its start."""
        for name, said, count in (
            ("hub_askers_gone", "Requests whose asker left before the answer was complete", gone),
            ("hub_turned_away", "Connections and requests answered 503 at the door, for want of room", turned_away),
        ):
            Gauge(name, said, registry=self.registry).set_function(count)

    def count_documents(self, partner: str, documents: Iterable[tuple[str | None, str, str]]) -> None:
        """Count documents that took effect or not: canonical name (never a word of the wire), validation, outcome."""
        for document, validation, outcome in documents:
            self.processed.labels(partner, document or "unknown", validation, outcome).inc()

    def count_delivery(self, partner: str, transport: str, result: str) -> None:
        """Count an attempt to deliver that was delivered or failed."""
        self.deliveries.labels(partner, transport, result).inc()

    def count_set_aside(self, partner: str) -> None:
        """Count a file that was set aside."""
        self.set_aside.labels(partner).inc()

    def count_loop_fault(self, loop: str, fault: str) -> None:
        """Count a round of ``loop`` that ended in an exception of type ``fault``."""
        self.loop_faults.labels(loop, fault).inc()

    def show_backlog(self, backlog: Backlog) -> None:
        """Set the gauges of the job table."""
        self.jobs.labels("ready").set(backlog.ready)
        self.jobs.labels("running").set(backlog.running)
        self.jobs.labels("dead").set(backlog.dead)
        self.oldest_job_at.set(backlog.oldest_due_at.timestamp() if backlog.oldest_due_at else 0)
