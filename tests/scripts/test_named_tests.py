"""What tests/docs/named_tests.py must find in a page, and what it must let pass."""

import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests/docs"))
import named_tests  # noqa: E402

TESTS = ["Pairs.Arrive/FromGaleOnJavaIpc", "Interop/Transfer.Arrives/SmallOnGale", "Abi.DriverIsEmbedded"]
PAGE = """# A page

Not tests: `aeron.dir`, `cnc.dat`, `MediaDriver::do_work`, `tests/abi/driver_*`, `a.B`.

## Pairings

| client | ours | theirs |
|---|---|---|
| Gale | `Abi.DriverIsEmbedded` | `Pairs.*/FromGaleOnJava*`, `Interop/Transfer.*` |
| Go | none | none |

## The next section

| not | looked at |
|---|---|
| here | |
"""


class NamedTests(unittest.TestCase):
    def finds(self, before, after, *findings):
        self.assertEqual(PAGE.count(before), 1, before)
        self.assertEqual(list(named_tests.findings(PAGE.replace(before, after), TESTS)), list(findings))

    def test_a_page_that_names_what_is_there_passes(self):
        self.finds("# A page", "# A page")
        self.assertEqual(named_tests.named(PAGE), ["Abi.DriverIsEmbedded", "Interop/Transfer.*", "Pairs.*/FromGaleOnJava*"])

    def test_a_test_that_is_not_there_is_found(self):
        self.finds("`Abi.DriverIsEmbedded`", "`Abi.DriverIsGone`", "names the test Abi.DriverIsGone, which is not there")
        self.finds("Transfer.*`", "Transfer.*OnRust`", "names the test Interop/Transfer.*OnRust, which is not there")
        self.finds("Not tests:", "`Pairs.Arrive`", "names the test Pairs.Arrive, which is not there")

    def test_a_cell_without_a_test_is_found(self):
        words = "pairings: Gale, ours: names no test; write `none` without backticks where there is none"
        self.finds("`Abi.DriverIsEmbedded`", "by layout", words)
        self.finds("`Abi.DriverIsEmbedded`", "", words)

    def test_a_page_without_the_table_is_found(self):
        [finding] = named_tests.findings(PAGE.replace("## Pairings", "## Pairs"), TESTS)
        self.assertIn("missing", finding)


if __name__ == "__main__":
    unittest.main()
