"""Runs a command, and adopts and reaps whatever loses its parent below it: `python3 reap-orphans.py COMMAND...`.

bubblewrap ends when its tool has ended, and leaves the init of its sandbox to whoever adopts it. The CPU time of a child is counted by the one that waits
for it (proc(5): cutime, cstime), so the time of a confined tool would be in nobody's; here it is in this process's own. Linux only. Ends as the command does.
"""

import ctypes
import os
import signal
import sys

PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>

if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
    sys.exit("reap-orphans: the kernel does not let this process adopt orphans (PR_SET_CHILD_SUBREAPER)")

child = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda received, _: os.kill(child, received))

while True:
    ended, status = os.wait()
    if ended == child:
        sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
