"""An interrupt waits while modules load: it would leave some half made, and crash the process in one that is written in C."""

import signal


def put_off() -> None:
    """Let an interrupt wait."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def let_through() -> None:
    """Be interrupted from here on; raises KeyboardInterrupt where an interrupt has waited."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
