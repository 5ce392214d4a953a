"""The options of a command line that change what its scripts do."""

from dataclasses import dataclass

import values
from vtloop import SECOND


@dataclass
class Options:
    keep_going: bool = False
    isolated: bool = False
    timeout: int = 0  # nanoseconds; 0: none
    grace: int = 5 * SECOND


def parse(words) -> Options:
    options = Options()
    for word in words:
        name, _, value = word.partition("=")
        if name == "-k":
            options.keep_going = True
        elif name == "--isolated":
            options.isolated = True
        elif name == "--timeout":
            options.timeout = values.duration(value)
        elif name == "--grace":
            options.grace = values.duration(value)
        else:
            raise ValueError(f"an option that the interpreter does not know: {word}")
    return options
