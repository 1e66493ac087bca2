"""What may befall the running processes, for as long as a block lasts."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from scripts.stack import Stack


@contextmanager
def frozen(stack: Stack, name: str) -> Iterator[None]:
    """The process hangs: it takes connections and answers nothing."""
    group = stack.processes[name].pid
    os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)


@contextmanager
def full_disk(stack: Stack) -> Iterator[None]:
    """No file of bot's may grow: to SQLite that is a disk with no room left."""
    bot = psutil.Process(stack.processes["bot"].pid)
    before = bot.rlimit(psutil.RLIMIT_FSIZE)
    bot.rlimit(psutil.RLIMIT_FSIZE, (4096, before[1]))
    try:
        yield
    finally:
        bot.rlimit(psutil.RLIMIT_FSIZE, before)


@contextmanager
def killed(stack: Stack, *names: str) -> Iterator[None]:
    for name in names:
        stack.stop(name, signal.SIGKILL)
    try:
        yield
    finally:
        for name in names:
            stack.spawn(name)
