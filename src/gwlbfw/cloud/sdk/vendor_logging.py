"""The SDK's logging, silenced: its lines hold signed URLs and Authorization headers."""

import logging

_VENDOR_LOGGERS = ("darabonba-core", "alibabacloud-tea", "credentials")


def silence_vendor_loggers() -> None:
    """Take the handlers off the vendor's loggers, and parameters out of the HTTP library's.

    The packages attach handlers for stderr when they are imported, so this follows the import.
    """
    for name in _VENDOR_LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
    http = logging.getLogger("urllib3.connectionpool")
    if not any(isinstance(each, _QueryFilter) for each in http.filters):
        http.addFilter(_QueryFilter())


class _QueryFilter(logging.Filter):
    """Cuts the query off the APIs' URLs, which begin with `/?`: it holds user data."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                "/?…" if isinstance(each, str) and each.startswith("/?") else each
                for each in record.args
            )
        return True
