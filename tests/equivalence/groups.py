"""The kinds that are more than one coroutine: parallel, race, for_each, wait and cancel of background jobs, include."""

import asyncio

import values
from kinds import rendered
from expressions import render
from modifiers import SKIPPED, around, limited, run_child, run_list
from scope import JobFailed, Names, Records, State, child_context, variable
from vtloop import jitter_yield


class Group(asyncio.TaskGroup):
    """asyncio.TaskGroup, without a slip of Python 3.11 and 3.12: a child that fails while the group waits at its end
    cancels the parent and nobody takes that request back, so that a timeout around it is not recognised."""

    async def __aexit__(self, *exception):
        already = self._parent_cancel_requested
        parent = self._parent_task
        taken_back = parent.taken_back
        try:
            return await super().__aexit__(*exception)
        finally:
            if self._parent_cancel_requested and not already and parent.taken_back == taken_back:
                parent.uncancel()


async def gather(session, children, max_concurrent, fail_fast):
    """Runs the children, (coroutine function, context) each; their results in the order of the script."""
    failures = []

    async def child(function):
        try:
            return await function()
        except JobFailed as error:
            failures.append(error)
            if fail_fast:
                session.doubt_the_instant("fails")
                raise

    slots = asyncio.Semaphore(max_concurrent) if max_concurrent else None
    tasks = []
    requests = asyncio.current_task().cancelling()
    try:
        try:
            async with Group() as group:
                for function, context in children:
                    if slots:
                        await slots.acquire()
                    task = group.create_task(child(function), context=context())
                    tasks.append(task)
                    if slots:
                        task.add_done_callback(lambda _: slots.release())
        except* JobFailed:
            pass
    except asyncio.CancelledError:
        if failures:
            session.doubt("a group that had failed is cancelled")
        raise
    if asyncio.current_task().cancelling() > requests:
        session.doubt("a job fails while it is being cancelled")
        raise asyncio.CancelledError
    if failures:
        raise failures[0]
    return [None if task.result() is SKIPPED else task.result() for task in tasks]


async def parallel(session, arguments, frame):
    limit, fail_fast = rendered(session, arguments, frame, "max_concurrent", "fail_fast")
    children = []
    for index, job in enumerate(arguments["jobs"]):
        context = child_context(frame.context)
        child = frame._replace(context=context)
        children.append(
            (
                lambda job=job, child=child, index=index: run_child(session, job, child, (index,)),
                lambda context=context: context,
            )
        )
    return await gather(session, children, concurrency(limit, 0), fail_fast is None or values.boolean(fail_fast))


def concurrency(value, default):
    return default if value is None else values.integer(value)


async def for_each(session, arguments, frame):
    items, extent, limit, fail_fast = rendered(session, arguments, frame, "in", "range", "max_concurrent", "fail_fast")
    if extent is not None:
        bounds = extent if isinstance(extent, list) else [extent]
        items = list(range(*(values.integer(bound) for bound in bounds)))
    if not isinstance(items, list):
        raise values.ValueProblem("for_each needs a list")
    name = arguments.get("as", "item")

    def child(index, item):
        context = child_context(frame.context, **{name: item})

        async def body():
            await jitter_yield()
            inner = frame._replace(
                context=context,
                loop={"index": index + 1},
                strand=frame.strand + (index,),
                state=State(outer=frame.state),
                records=Records(frame.records),
            )
            result = await run_list(session, arguments.get("do", []), inner)
            await jitter_yield()
            return result

        return body, lambda: context

    children = (child(index, item) for index, item in enumerate(items))
    return await gather(session, children, concurrency(limit, 1), fail_fast is None or values.boolean(fail_fast))


async def race(session, arguments, frame):
    (first,) = rendered(session, arguments, frame, "first")
    if not arguments["jobs"]:
        raise values.ValueProblem("race: []")
    tasks = []
    for index, job in enumerate(arguments["jobs"]):
        context = child_context(frame.context)
        child = run_child(session, job, frame._replace(context=context), (index,))
        tasks.append(asyncio.create_task(child, context=context))
    failures = []
    try:
        pending = set(tasks)
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for index, task in enumerate(tasks):
                if task not in done:
                    continue
                if task.exception() is not None:
                    if first != "success":
                        session.doubt_the_instant("is lost")
                        raise task.exception()
                    failures.append(task.exception())
                elif task.result() is not SKIPPED:
                    session.doubt_the_instant("is won")
                    return {"index": index, "result": task.result()}
    finally:
        await cancel_and_wait(tasks)
    if not failures:
        return None
    if len({error.timed_out for error in failures}) > 1:
        session.doubt_exit("which failure of a race is the first")
    raise failures[0]


async def cancel_and_wait(tasks):
    """The canceller waits, even if it is itself cancelled meanwhile; that is heard of at the end."""
    cancelled = None
    tasks = [task for task in tasks if not task.done()]
    for task in tasks:
        task.cancel()
    while any(not task.done() for task in tasks):
        try:
            await asyncio.wait([task for task in tasks if not task.done()])
        except asyncio.CancelledError as error:
            cancelled = error
    for task in tasks:
        task.cancelled() or task.exception()  # seen, and reported: it was a failure in some `finally`
    if cancelled is not None:
        raise cancelled


def chosen(session, arguments, frame):
    """[(id, the runs of the background jobs that are meant)]"""
    (ids,) = rendered(session, arguments, frame, "ids")
    return [(name, session.runs_of(name, frame)) for name in (ids if isinstance(ids, list) else [ids])]


async def wait(session, arguments, frame):
    """asyncio.wait(): being cancelled leaves the jobs running. Waits for all of them, then fails if one did. Of an id
    none of whose runs lives, it gives the result of the last one, or raises its failure."""
    targets = [(name, runs, session.find_record(name, frame)) for name, runs in chosen(session, arguments, frame)]
    runs = [run for _, runs, _ in targets for run in runs]
    if any(run in frame.ancestors for run in runs):
        raise JobFailed("a job cannot wait for itself")
    tasks = [run.task for run in runs if not run.task.done()]
    if tasks:
        await asyncio.wait(tasks)
        if session.closing:
            session.doubt("whether a background job hears that another one was cancelled when the Runner closes")
    # One whose failure another wait has taken: that may give it back, but then this one still has it.
    again = [ended.run for _, named, ended in targets if not named and ended is not None and ended.run is not None]
    taken = [run for run in runs + again if run.error is not None]
    for run in taken:
        run.waited_for += 1
    if error := session.first_failure(runs):
        error.taken_over = taken
        raise error
    results = []
    for name, named, ended in targets:
        if not named and name != "all":
            if ended is not None and ended.failure is not None and not ended.allowed:
                raise ended.failure
            results.append(None if ended is None else ended.get("result"))
        results += [run.result for run in named]
    if arguments["ids"] != "all" and not isinstance(arguments["ids"], list) and len(results) == 1:
        return results[0]
    return results


async def cancel(session, arguments, frame):
    runs = [run for _, runs in chosen(session, arguments, frame) for run in runs]
    if any(run in frame.ancestors for run in runs):
        raise JobFailed("a job cannot cancel itself")
    tasks = [run.task for run in runs if not run.task.done()]
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


async def include(session, arguments, frame):
    """A function whose parameters are `vars`; what else its jobs set reaches the caller."""
    script = session.files[arguments["script"]]
    given = arguments.get("vars", {})
    names = [*given, *(name for name in script.variables if name not in given)]
    saved = [(name, variable(name).get(ABSENT)) for name in names]
    try:
        for name in names:
            value = given[name] if name in given else script.variables[name]
            variable(name).set(render(value, Names(session, frame)))
        inner = limited(session, script.timeout, frame, run_list(session, script.jobs, frame))
        return await around(session, script.final, frame, inner)
    finally:
        for name, value in saved:
            variable(name).set(value)


ABSENT = object()

KINDS = {
    "parallel": parallel,
    "for_each": for_each,
    "race": race,
    "wait": wait,
    "cancel": cancel,
    "include": include,
}
