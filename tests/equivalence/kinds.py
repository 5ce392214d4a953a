"""The kinds that are one coroutine each: sleep, print, timestamp, set, assert, fail, do, tick, repeat."""

import asyncio
import datetime
import re

import values
from expressions import bare, render
from modifiers import run_list
from scope import JobFailed, Names, variable
from vtloop import jitter_yield


def rendered(session, arguments, frame, *names):
    """The arguments named, with their ${{ }} filled in; None for those that are absent."""
    scope = Names(session, frame)
    return [render(arguments.get(name), scope) for name in names]


async def sleep(session, arguments, frame):
    (length,) = rendered(session, arguments, frame, "for")
    await asyncio.sleep(values.duration(length))


async def print_text(session, arguments, frame):
    text, stream, end = rendered(session, arguments, frame, "text", "to", "end")
    return show(session, frame, values.to_text(text), stream, end)


def show(session, frame, text, stream, end):
    if stream in (None, "stdout"):
        session.write(text + ("\n" if end is None else end), frame.strand)
    return text


async def timestamp(session, arguments, frame):
    pattern, stream, end = rendered(session, arguments, frame, "format", "to", "end")
    moment = session.start_time + datetime.timedelta(microseconds=session.time() // 1000)
    return show(session, frame, format_time(moment, pattern or "%X"), stream, end)


def format_time(moment, pattern):
    since = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    microseconds = since // datetime.timedelta(microseconds=1)
    if pattern == "unix":
        return str(microseconds // 1_000_000)
    if pattern == "unix_ms":
        return str(microseconds // 1000)
    own = {"%f": f"{moment.microsecond:06}", "%3f": f"{moment.microsecond // 1000:03}"}
    return moment.strftime(re.sub(r"%%|%3?f", lambda match: own.get(match[0], match[0]), pattern))


async def set_variables(session, arguments, frame):
    for name, value in arguments["entries"].items():
        variable(name).set(render(value, Names(session, frame)))


async def assert_true(session, arguments, frame):
    conditions = arguments["conditions"]
    for condition in conditions if isinstance(conditions, list) else [conditions]:
        if not values.truthy(bare(condition).evaluate(Names(session, frame))):
            raise JobFailed(f"assertion failed: {condition}")
    return True


async def fail(session, arguments, frame):
    (message,) = rendered(session, arguments, frame, "message")
    raise JobFailed(values.to_text(message))


async def do(session, arguments, frame):
    return await run_list(session, arguments.get("jobs", []), frame)


async def sleep_until(loop, when):
    """Every round of a loop yields once, so that a timeout always gets in."""
    await asyncio.sleep(max(0, when - loop.time()))


async def tick(session, arguments, frame):
    loop = asyncio.get_running_loop()
    every, count, length, missed = rendered(session, arguments, frame, "every", "count", "for", "missed")
    every = values.duration(every)
    if every == 0:
        raise values.ValueProblem("every: 0")
    count = None if count is None else values.integer(count)
    start = loop.time()
    end = None if length is None else start + values.duration(length)
    slot = bodies = 0
    while (count is None or slot < count) and (end is None or max(start + slot * every, loop.time()) < end):
        await sleep_until(loop, start + slot * every)
        bodies += 1
        if await one_round(session, arguments, frame, bodies):
            return bodies
        slot += 1
        if missed in (None, "skip"):
            slot = max(slot, -((start - loop.time()) // every))  # the first slot that is not yet over
        elif missed == "delay":
            start = max(start, loop.time() - slot * every)
    await sleep_until(loop, end if end is not None else start + count * every)
    until_never_came(arguments)
    return bodies


async def repeat(session, arguments, frame):
    count, delay = rendered(session, arguments, frame, "count", "delay")
    count = None if count is None else values.integer(count)
    delay = 0 if delay is None else values.duration(delay)
    rounds = 0
    while count is None or rounds < count:
        await asyncio.sleep(delay if rounds else 0)
        rounds += 1
        if await one_round(session, arguments, frame, rounds):
            return rounds
    until_never_came(arguments)
    return rounds


async def one_round(session, arguments, frame, index):
    """Runs the body; true when `until` has come true."""
    frame = frame._replace(loop={"index": index})
    await jitter_yield()
    await run_list(session, arguments.get("do", []), frame)
    return "until" in arguments and values.truthy(bare(arguments["until"]).evaluate(Names(session, frame)))


def until_never_came(arguments):
    if "until" in arguments:
        raise JobFailed("until never became true")


KINDS = {
    "sleep": sleep,
    "print": print_text,
    "timestamp": timestamp,
    "set": set_variables,
    "assert": assert_true,
    "fail": fail,
    "do": do,
    "tick": tick,
    "repeat": repeat,
}
