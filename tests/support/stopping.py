"""Has a child process stand still, and returns only when it does.

What is expected of those who talk to it stands in the tests.
"""

import os
import signal


def stop(pid: int) -> None:
    """Stop a child until SIGCONT; a signal alone leaves its threads a moment in which one more request may pass."""
    os.kill(pid, signal.SIGSTOP)
    os.waitid(os.P_PID, pid, os.WSTOPPED)
