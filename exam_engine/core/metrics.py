"""Prometheus metrics of the server."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

HTTP_SECONDS = Histogram(
    "exam_http_request_seconds",
    "Time from request to last byte of the answer.",
    ("method", "route", "status"),
    registry=REGISTRY,
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
JOURNAL_OPS = Counter("exam_journal_ops_total", "Journal operations by outcome.", ("outcome",), registry=REGISTRY)
JOURNAL_COMMIT_SECONDS = Histogram(
    "exam_journal_commit_seconds",
    "Time of one group commit.",
    registry=REGISTRY,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
JOURNAL_BATCH = Histogram(
    "exam_journal_batch_requests",
    "Requests in one group commit.",
    registry=REGISTRY,
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
)
JOURNAL_QUEUE = Gauge("exam_journal_queue_requests", "Requests waiting for a group commit.", registry=REGISTRY)
EVENT_STREAMS = Gauge("exam_event_streams", "Open event streams by kind.", ("kind",), registry=REGISTRY)
EVENT_STREAM_EVENTS = Counter("exam_event_stream_events_total", "Events sent to streams.", registry=REGISTRY)
EVENT_STREAM_ENDS = Counter(
    "exam_event_stream_ends_total", "Ended event streams by kind and reason.", ("kind", "reason"), registry=REGISTRY
)
CLOCK_STEP_SECONDS = Gauge(
    "exam_clock_step_seconds",
    "What the machine's clock was set by without being followed, because attempts are open; 0 in order.",
    registry=REGISTRY,
)
