"""An asyncio event loop on a virtual clock: time is an integer of nanoseconds and jumps to the next timer.

Integers, because 0.1 + 0.2 and 0.3 have to be one instant here. asyncio itself only adds, subtracts and
compares times, so that asyncio.sleep() and asyncio.timeout() take nanoseconds without knowing it.
"""

import asyncio
import heapq
import random

SECOND = 1_000_000_000


class Deadlock(Exception):
    """Everything waits and nothing can wake it."""


class Runaway(Exception):
    """The script does not come to an end within the turns it was given."""


class _Timer(asyncio.TimerHandle):
    """Timers of one instant go off in the order of the tree of tasks, then as they were made."""

    __slots__ = ("key",)

    def __lt__(self, other):
        return self.key < other.key


class _NoSelector:
    """Stands where the real loop waits for I/O: this one has none, so it moves the clock instead."""

    def __init__(self, loop):
        self.loop = loop

    def select(self, timeout):
        self.loop.turns += 1
        if self.loop.turns > self.loop.max_turns:
            raise Runaway(f"no end after {self.loop.max_turns} turns of the loop")
        if timeout is None:
            raise Deadlock("everything waits and nothing can wake it")
        if timeout > 0:
            self.loop.jump()
        return ()


class VirtualTimeLoop(asyncio.BaseEventLoop):
    """`jitter` is None, or a random.Random that decides what the contract leaves open: see jitter_yield()
    and the ties of timers. Whatever a script does under some jitter is a right thing to do."""

    def __init__(self, jitter: random.Random | None = None, shuffle_timers: bool = False, max_turns: int = 100_000, now: int = 0):
        super().__init__()
        self.now = now
        self.turns = 0
        self.max_turns = max_turns
        self.jitter = jitter
        self.shuffle_timers = shuffle_timers and jitter is not None
        self._selector = _NoSelector(self)
        self._clock_resolution = 1  # the base class calls timers with `when < time() + resolution`
        self._sequence = 0
        self._roots = 0
        self.set_task_factory(_make_task)

    def time(self):
        return self.now

    def jump(self):
        self.now = max(self.now, self._scheduled[0]._when)

    def call_at(self, when, callback, *args, context=None):
        timer = _Timer(when, callback, args, self, context)
        self._sequence += 1
        if self.shuffle_timers:
            timer.key = (when, self.jitter.random(), self._sequence)
        else:
            timer.key = (when, path_of(asyncio.current_task(self)), self._sequence)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    def has_work_now(self):
        """Something is ready, or will be without any time passing."""
        return bool(self._ready) or any(timer._when <= self.now and not timer._cancelled for timer in self._scheduled)

    def _process_events(self, event_list):
        pass

    def _write_to_self(self):
        pass

    def next_root(self):
        self._roots += 1
        return (self._roots,)


class _Task(asyncio.Task):
    """`taken_back`: how many requests to cancel it the task has taken back, and not made again itself."""

    def __init__(self, coro, **kwargs):
        self.children = self.taken_back = 0
        super().__init__(coro, **kwargs)

    def cancel(self, msg=None):
        if asyncio.current_task(self.get_loop()) is self:
            self.taken_back -= 1
        return super().cancel(msg)

    def uncancel(self):
        self.taken_back += 1
        return super().uncancel()


def _make_task(loop, coro, **kwargs):
    parent = asyncio.current_task(loop) if loop.is_running() else None
    task = _Task(coro, loop=loop, **kwargs)
    if parent is None:
        task.path = loop.next_root()
    else:
        parent.children += 1
        task.path = parent.path + (parent.children,)
    return task


def path_of(task):
    """A task's place in the tree of tasks; paths compare as parents before children, elder siblings first."""
    return task.path if task is not None else ()


async def jitter_yield():
    """Lets the loop turn a few times where the contract does not say how many turns something takes."""
    loop = asyncio.get_running_loop()
    if loop.jitter is not None:
        for _ in range(loop.jitter.choice((0, 0, 1, 2, 3))):
            await asyncio.sleep(0)
