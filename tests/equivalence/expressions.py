"""The expression language: GitHub Actions' grammar, with strings case-sensitive and lists compared deeply.

compile_expression("a.b > 1") gives an Expression, whose evaluate(names) asks `names` (see scope.py) for
variables, the loop, jobs and the state of the list.
"""

import functools
import json
import re

import values

_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?(?:0x[0-9a-fA-F]+|\d+\.?\d*(?:[eE][-+]?\d+)?))"
    r"|(?P<string>'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_-]*)"
    r"|(?P<op>&&|\|\||==|!=|<=|>=|[<>!()\[\].,]))"
)
_COMPARISONS = {
    "==": values.equal,
    "!=": lambda a, b: not values.equal(a, b),
    "<": values.less,
    ">": lambda a, b: values.less(b, a),
    "<=": lambda a, b: values.less(a, b) or values.equal(a, b),
    ">=": lambda a, b: values.less(b, a) or values.equal(a, b),
}
STATUS_FUNCTIONS = {"success", "failure", "always", "cancelled"}


class Expression:
    """`calls` is the set of the functions that occur in it: `if` has to know about failure() and always()."""

    def __init__(self, evaluate, calls):
        self.evaluate = evaluate
        self.calls = frozenset(calls)


@functools.lru_cache(maxsize=None)
def compile_expression(text: str) -> Expression:
    parser = _Parser(text)
    evaluate = parser.either()
    if parser.token is not None:
        raise values.ValueProblem(f"unexpected {parser.token[1]!r} in {text!r}")
    return Expression(evaluate, parser.calls)


def bare(text) -> Expression:
    """An EXPR as `if`, `until` and `assert` take it: bare, or wholly in ${{ }}, or a plain scalar."""
    if not isinstance(text, str):
        return Expression(lambda names: text, ())
    match = re.fullmatch(r"\s*\$\{\{(.*)\}\}\s*", text, re.S)
    return compile_expression(match[1] if match else text)


class _Parser:
    """Recursive descent; every method gives a function of `names`."""

    def __init__(self, text):
        self.text, self.position, self.calls = text, 0, set()
        self.advance()

    def advance(self):
        rest = self.text[self.position :]
        if not rest.strip():
            self.token = None
            return
        match = _TOKEN.match(self.text, self.position)
        if not match:
            raise values.ValueProblem(f"unexpected {rest.strip()[0]!r} in {self.text!r}")
        self.position = match.end()
        self.token = (match.lastgroup, match[match.lastgroup])

    def accept(self, *operators):
        if self.token and self.token[0] == "op" and self.token[1] in operators:
            operator = self.token[1]
            self.advance()
            return operator
        return None

    def expect(self, operator):
        if not self.accept(operator):
            raise values.ValueProblem(f"expected {operator!r} in {self.text!r}")

    def either(self):
        left = self.both()
        while self.accept("||"):
            left = _or(left, self.both())
        return left

    def both(self):
        left = self.equality()
        while self.accept("&&"):
            left = _and(left, self.equality())
        return left

    def equality(self):
        left = self.relation()
        while operator := self.accept("==", "!="):
            left = _compare(operator, left, self.relation())
        return left

    def relation(self):
        left = self.unary()
        while operator := self.accept("<", "<=", ">", ">="):
            left = _compare(operator, left, self.unary())
        return left

    def unary(self):
        if self.accept("!"):
            operand = self.unary()
            return lambda names: not values.truthy(operand(names))
        return self.postfix()

    def postfix(self):
        value = self.primary()
        while True:
            if self.accept("."):
                key = self.token[1]
                self.advance()
                value = _index(value, lambda names, key=key: key)
            elif self.accept("["):
                key = self.either()
                self.expect("]")
                value = _index(value, key)
            else:
                return value

    def primary(self):
        if self.accept("("):
            value = self.either()
            self.expect(")")
            return value
        if self.token is None or self.token[0] == "op":
            raise values.ValueProblem(f"unexpected end or operator in {self.text!r}")
        kind, text = self.token
        self.advance()
        if kind == "number":
            number = int(text, 16) if "0x" in text else json.loads(text)
            return lambda names: number
        if kind == "string":
            string = text[1:-1].replace(text[0] * 2, text[0])
            return lambda names: string
        if self.accept("("):
            return self.call(text)
        if text in ("true", "false", "null"):
            literal = {"true": True, "false": False, "null": None}[text]
            return lambda names: literal
        return lambda names: names.lookup(text)

    def call(self, name):
        arguments = []
        while not self.accept(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.either())
        self.calls.add(name)
        if name == "default":
            return _default(*arguments)
        if name in STATUS_FUNCTIONS or name == "now":
            return lambda names: getattr(names, name)()
        function = FUNCTIONS.get(name)
        if function is None:
            raise values.ValueProblem(f"unknown function {name!r}")
        return lambda names: function(*(argument(names) for argument in arguments))


def _or(left, right):
    def evaluate(names):
        value = left(names)
        return value if values.truthy(value) else right(names)

    return evaluate


def _and(left, right):
    def evaluate(names):
        value = left(names)
        return right(names) if values.truthy(value) else value

    return evaluate


def _compare(operator, left, right):
    function = _COMPARISONS[operator]
    return lambda names: function(left(names), right(names))


def _index(value, key):
    def evaluate(names):
        container, place = value(names), key(names)
        if isinstance(container, dict):
            return container.get(values.to_text(place))
        if isinstance(container, list) and (
            values.is_number(place) or isinstance(place, bool) or isinstance(place, str) and place.strip()
        ):
            number = values.to_number(place)
            return container[int(number)] if 0 <= number < len(container) else None
        return None

    return evaluate


def _default(value, fallback):
    def evaluate(names):
        try:
            found = value(names)
        except values.UnknownName:
            found = None
        return fallback(names) if found is None else found

    return evaluate


def _contains(where, item):
    if isinstance(where, list):
        return any(values.equal(element, item) for element in where)
    return item is not None and values.to_text(item) in values.to_text(where)


def _format(pattern, *arguments):
    def replace(match):
        if match[0] in ("{{", "}}"):
            return match[0][0]
        if int(match[1]) >= len(arguments):
            raise values.ValueProblem(f"format has no argument {match[0]}")
        return values.to_text(arguments[int(match[1])])

    return re.sub(r"\{\{|\}\}|\{(\d+)\}", replace, values.to_text(pattern))


def _join(items, separator=","):
    if not isinstance(items, list):
        return values.to_text(items)
    return values.to_text(separator).join(values.to_text(item) for item in items)


def _from_json(text):
    try:
        return json.loads(values.to_text(text))
    except ValueError as error:
        raise values.ValueProblem(f"fromJSON: {error}") from None


def _length(value):
    if not isinstance(value, (str, list, dict)):
        raise values.ValueProblem("length of a scalar")
    return len(value)


FUNCTIONS = {
    "contains": _contains,
    "startsWith": lambda text, start: start is not None and values.to_text(text).startswith(values.to_text(start)),
    "endsWith": lambda text, end: end is not None and values.to_text(text).endswith(values.to_text(end)),
    "format": _format,
    "join": _join,
    "toJSON": values.to_pretty_json,
    "fromJSON": _from_json,
    "length": _length,
}


@functools.lru_cache(maxsize=None)
def _pieces(text):
    """Splits "a ${{ b }} c" into plain text and Expressions."""
    pieces, position = [], 0
    for match in re.finditer(r"\$\{\{((?:'[^']*'|\"[^\"]*\"|[^'\"])*?)\}\}", text):
        if match.start() > position:
            pieces.append(text[position : match.start()])
        pieces.append(compile_expression(match[1]))
        position = match.end()
    if position < len(text):
        pieces.append(text[position:])
    return tuple(pieces)


def render(value, names):
    """A value of the script with its ${{ }} filled in, also inside lists and mappings."""
    if isinstance(value, str):
        if "${{" not in value:
            return value
        pieces = _pieces(value)
        if len(pieces) == 1:
            return pieces[0].evaluate(names)
        return "".join(p if isinstance(p, str) else values.to_text(p.evaluate(names)) for p in pieces)
    if isinstance(value, list):
        return [render(item, names) for item in value]
    if isinstance(value, dict):
        return {key: render(item, names) for key, item in value.items()}
    return value
