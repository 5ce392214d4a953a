"""The expression language, durations and text."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import values
from expressions import bare, render


class FixedNames:
    def __init__(self, **names):
        self.names = names

    def lookup(self, name):
        if name not in self.names:
            raise values.UnknownName(name)
        return self.names[name]


NAMES = FixedNames(n=2, s="red", l=[1, 2, [3]], m={"a": {"b": 5}}, none=None)


class Expressions(unittest.TestCase):
    def test_values(self):
        for text, value in {
            "1 + ": None,
            "n": 2,
            "'it''s'": "it's",
            '"a"': "a",
            "m.a.b": 5,
            "m['a'].b": 5,
            "m.x.y": None,
            "l[1]": 2,
            "l[9]": None,
            "!n": False,
            "n < 3 && s": "red",
            "none || 'x'": "x",
            "'Red' == s": False,
            "'2' == n": True,
            "'' == none": True,
            "l == fromJSON('[1,2,[3]]')": True,
            "n >= 2 && n <= 2": True,
            "'a' < 'b'": True,
            "contains(l, 2)": True,
            "contains(s, 'ed')": True,
            "startsWith(s, 'r') && endsWith(s, 'd')": True,
            "format('{0}-{1} {{x}}', n, s)": "2-red {x}",
            "join(l)": "1,2,[3]",
            "join(l, '-')": "1-2-[3]",
            "toJSON(m)": '{\n  "a": {\n    "b": 5\n  }\n}',
            "length(l) == 3 && length(s) == 3": True,
            "default(missing, 1)": 1,
            "default(none, 1)": 1,
            "default(n, missing)": 2,
            "true && !false": True,
            "(1 == 2) == false": True,
        }.items():
            with self.subTest(text):
                if text == "1 + ":
                    self.assertRaises(values.ValueProblem, bare, text)
                else:
                    self.assertEqual(bare(text).evaluate(NAMES), value)

    def test_alone_it_keeps_its_type(self):
        self.assertEqual(render("${{ n }}", NAMES), 2)
        self.assertEqual(render("a ${{ n }}${{ l }}", NAMES), "a 2[1,2,[3]]")
        self.assertEqual(render("${{ '}}' }}", NAMES), "}}")

    def test_text(self):
        for value, text in ((1.5, "1.5"), (2.0, "2"), (None, ""), (True, "true"), ([1, None], "[1,null]")):
            self.assertEqual(values.to_text(value), text)
        self.assertEqual(values.to_text(values.Instant(1.25)), "1.250000")

    def test_durations(self):
        for value, milliseconds in {1: 1000, 0.1: 100, "250ms": 250, "1.5s": 1500, "1m30s": 90000, "2": 2000}.items():
            self.assertEqual(values.duration(value), milliseconds * 1_000_000)
        self.assertEqual(values.duration("500us"), 500_000)
        for value in (-1, "1x", "", True, None):
            self.assertRaises(values.ValueProblem, values.duration, value)


if __name__ == "__main__":
    unittest.main()
