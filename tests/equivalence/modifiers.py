"""Running a job with its modifiers, outside in, and a list of jobs in order.

background(if(continue_on_error(finally(capture(timeout(retry(context(kind))))))))
"""

import asyncio

import values
from expressions import bare, render
from scope import Frame, JobFailed, Names, Records, State, child_context, problems_fail_the_job, variable
from vtloop import jitter_yield

SKIPPED = object()


async def run_list(session, jobs, frame: Frame):
    """Jobs in order; after the first failure only those that ask for it. Raises the first failure at the end."""
    state = State(outer=frame.state)
    frame = frame._replace(state=state)
    last = None
    for job in jobs:
        try:
            result = await run_job(session, job, frame)
            last = last if result is SKIPPED else result
        except JobFailed as error:
            state.error = state.error or error
    if state.error is not None:
        raise state.error
    return last


async def run_job(session, job, frame):
    if frame.state.error is not None and not job.runs_after_failure and not frame.state.keep_going:
        session.started(job, frame)["outcome"] = "skipped"
        return SKIPPED
    if values.truthy(job.modifiers.get("background")):
        session.start_background(job, frame, with_condition)
        return None
    return await with_condition(session, job, frame)


async def with_condition(session, job, frame):
    if job.condition is not None:
        with problems_fail_the_job():
            wanted = values.truthy(job.condition.evaluate(Names(session, frame)))
        if not wanted:
            record_of(session, job, frame)["outcome"] = "skipped"
            return SKIPPED
    return await with_continue_on_error(session, job, frame)


def record_of(session, job, frame):
    """A background job has its record from the moment at which it is started."""
    if values.truthy(job.modifiers.get("background")):
        return frame.record
    return session.started(job, frame)


async def with_continue_on_error(session, job, frame):
    entry = record_of(session, job, frame)
    try:
        result = await with_finally(session, job, frame)
    except JobFailed as error:
        entry.update(outcome="failure", error=error.message)
        entry.failure = error
        with problems_fail_the_job():
            allowed = values.boolean(render(job.modifiers.get("continue_on_error", False), Names(session, frame)))
        entry.allowed = allowed
        if not allowed:
            raise
        return None
    except asyncio.CancelledError:
        entry["outcome"] = "cancelled"
        raise
    entry.update(outcome="success", result=result)
    return result


async def with_finally(session, job, frame):
    return await around(session, job.modifiers.get("finally"), frame, with_capture(session, job, frame))


async def around(session, cleanup, frame, inner):
    """`inner`, and the jobs of a `finally` when it has ended."""
    if not cleanup:
        return await inner
    try:
        result = await inner
    except JobFailed as error:
        try:
            await run_finally(session, cleanup, frame, State(error=error, of_job=True))
        except JobFailed as lost:
            give_back(lost)  # reported; the first error stays primary
        raise error
    except asyncio.CancelledError:
        try:
            await run_finally(session, cleanup, frame, State(cancelled=True, of_job=True))
        except JobFailed as lost:
            give_back(lost)  # reported; a cancelled job ends as cancelled whatever its `finally` does
        raise
    await run_finally(session, cleanup, frame, State(of_job=True))
    return result


def give_back(error):
    """Nothing fails by it. If a `wait` had it of background jobs, they fail the script after all."""
    for run in error.taken_over:
        run.waited_for -= 1


async def run_finally(session, jobs, frame, owner: State):
    """Shielded: the caller may be cancelled meanwhile, but hears of it only when the jobs have ended."""
    if session.grace_is_over:
        session.doubt("what a `finally` does when the grace period ends")
    error = owner.error.message if owner.error else None
    frame = frame._replace(state=owner, extras={"error": error})
    task = asyncio.create_task(run_list(session, jobs, frame), context=frame.context)
    session.shields.add(task)
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    session.shields.discard(task)
    if cancelled is not None:
        if not task.cancelled() and isinstance(task.exception(), JobFailed):
            give_back(task.exception())
        if owner.error is not None:
            session.doubt("a job that failed is cancelled during its `finally`")
        raise cancelled
    return task.result()


async def with_capture(session, job, frame):
    name = job.modifiers.get("capture")
    if name is None:
        return await with_timeout(session, job, frame)
    try:
        result = await with_timeout(session, job, frame)
    except JobFailed:
        variable(name).set(None)
        raise
    variable(name).set(result)
    return result


async def with_timeout(session, job, frame):
    limit = job.modifiers.get("timeout")
    return await limited(session, limit, frame, with_retry(session, job, frame))


async def limited(session, limit, frame, coroutine):
    """`async with asyncio.timeout(limit)`, where 0 and null mean no limit."""
    try:
        with problems_fail_the_job():
            limit = values.duration(render(0 if limit is None else limit, Names(session, frame)))
    except JobFailed:
        coroutine.close()
        raise
    if limit == 0:
        return await coroutine
    try:
        async with asyncio.timeout(limit):
            return await coroutine
    except TimeoutError:
        session.doubt_the_instant("times out")
        raise JobFailed("timed out", timed_out=True) from None


async def with_retry(session, job, frame):
    retry = job.modifiers.get("retry")
    if retry is None:
        return await with_context(session, job, frame)
    if not isinstance(retry, dict):
        retry = {"limit": retry}
    names = Names(session, frame)
    with problems_fail_the_job():
        fields = {key: render(value, names) for key, value in retry.items() if key != "if"}
        limit = values.integer(fields["limit"])
        interval = values.duration(fields.get("interval", 1))
        backoff = values.to_number(fields.get("backoff", 1))
        longest = values.duration(fields["max_interval"]) if "max_interval" in fields else None
    attempt = 1
    while True:
        try:
            return await limited(session, fields.get("timeout"), frame, with_context(session, job, frame))
        except JobFailed as error:
            if attempt > limit:
                raise
            if "if" in retry:
                names = Names(session, frame, attempt=attempt, result=None, error=error.message)
                with problems_fail_the_job():
                    again = values.truthy(bare(retry["if"]).evaluate(names))
                if not again:
                    raise
        pause = round(interval * backoff ** (attempt - 1))
        await asyncio.sleep(pause if longest is None else min(pause, longest))
        attempt += 1


async def with_context(session, job, frame):
    """The kind itself, in the context the job asks for: the Python is `await create_task(kind(), context=...)`."""
    context = job.modifiers.get("context")
    if context is None:
        return await run_kind(session, job, frame)
    with problems_fail_the_job():
        if isinstance(context, dict):
            context = child_context(frame.context, **render(context, Names(session, frame)))
        else:
            context = session.named_context(context, frame.context)
    frame = frame._replace(context=context)
    return await asyncio.create_task(run_kind(session, job, frame), context=context)


async def run_kind(session, job, frame):
    """A job that is being cancelled ends as cancelled, even if a failure of its own comes in between."""
    task = asyncio.current_task()
    requests = task.cancelling()
    try:
        with problems_fail_the_job():
            return await session.kinds[job.kind](session, job.arguments, frame)
    except JobFailed as error:
        if task.cancelling() > requests:
            session.doubt("a job fails while it is being cancelled")
            raise asyncio.CancelledError from error
        raise


async def run_child(session, job, frame, strand):
    """A child of a group, in a task of its own. Gives SKIPPED for a job whose `if` was false."""
    await jitter_yield()
    frame = frame._replace(
        state=State(outer=frame.state), strand=frame.strand + strand, records=Records(frame.records)
    )
    result = await run_job(session, job, frame)
    await jitter_yield()
    return result
