"""Logs, metrics and traces. A log line is a dotted event name plus fields, one JSON object a line."""

import logging
import sys
from typing import Any

import orjson
import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from structlog.typing import EventDict, WrappedLogger

_SECRET_FIELDS = frozenset({"password", "authorization", "token", "refresh_token", "access_token", "secret", "cookie"})


def _hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for field in _SECRET_FIELDS & event.keys():
        event[field] = "[hidden]"
    return event


def _add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = format(context.trace_id, "032x")
    return event


def _dump(value: Any, **_options: Any) -> bytes:
    return orjson.dumps(value, default=str)


def configure_logging(service: str, *, level: str = "INFO") -> None:
    """Sends structured lines, and those of libraries that use `logging`, to standard output."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
        _hide_secrets,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_dump)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=lambda value, **_: _dump(value).decode()),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def configure_tracing(service: str, *, endpoint: str | None) -> None:
    """Exports spans over OTLP/HTTP to `endpoint`; without one, spans cost next to nothing and go nowhere."""
    if endpoint is None:
        return
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")))
    trace.set_tracer_provider(provider)
