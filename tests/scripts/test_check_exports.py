"""What tests/abi/check_exports.py must find in a library, and what it must let pass."""

import contextlib
import io
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests/abi"))
import check_exports  # noqa: E402
from facts import Facts  # noqa: E402

DATA = ROOT / "tests/abi/data"
CLIENT, DRIVER = "libaeron.so", "libaeron_driver.so"


class Exports(unittest.TestCase):
    def setUp(self):
        self.facts = Facts(DATA)

    def whole(self, library):
        functions = {entry["name"]: "T" for entry in self.facts.functions if entry["library"] == library}
        return functions | {entry["name"]: "D" for entry in self.facts.objects if entry["library"] == library}

    def findings(self, library, exported, also=()):
        return list(check_exports.findings(self.facts, library, exported, also))

    def test_the_lists_are_those_of_aeron(self):
        beyond = {entry["name"] for entry in self.facts.functions if entry["group"] in ("beyond", "dropped")}
        beyond |= {entry["name"] for entry in self.facts.objects}
        self.assertEqual(len((self.whole(CLIENT) | self.whole(DRIVER)).keys() - beyond), 468)

    def test_what_others_need_beyond_the_headers_is_listed(self):
        counts = {"C++ wrapper": 5, "C samples": 29, "archive C client": 26, "C++ wrapper tests": 6, "rusteron-client": 93}
        for consumer, count in counts.items():
            with self.subTest(consumer):
                needed = [entry for entry in self.facts.functions if consumer in entry.get("needed_by", [])]
                self.assertEqual(len(needed), count)

    def test_an_object_that_is_missing_or_a_function_is_named(self):
        exported = self.whole(CLIENT)
        del exported["aeron_idle_strategy_noop"]
        exported["aeron_idle_strategy_backoff"] = "T"
        found = self.findings(CLIENT, exported)
        self.assertEqual(len(found), 2, found)
        self.assertIn("does not export the object aeron_idle_strategy_noop", found[0])
        self.assertIn("aeron_idle_strategy_backoff as something else", found[1])

    def test_what_exports_its_list_passes(self):
        for library in (CLIENT, DRIVER):
            with self.subTest(library):
                self.assertEqual(self.findings(library, self.whole(library)), [])

    def test_a_missing_function_is_named(self):
        exported = self.whole(CLIENT)
        del exported["aeron_errcode"]
        self.assertEqual(self.findings(CLIENT, exported), ["libaeron.so does not export aeron_errcode"])

    def test_a_function_too_many_is_named(self):
        exported = self.whole(CLIENT) | {"aeron_driver_init": "T", "_ZN4gale5ErrorC1Ev": "W", "aeron_table": "D"}
        found = self.findings(CLIENT, exported)
        self.assertEqual(len(found), 3, found)
        for finding, name in zip(found, ["_ZN4gale5ErrorC1Ev", "aeron_driver_init", "aeron_table"]):
            self.assertEqual(finding, f"libaeron.so exports {name}, which is not listed")

    def test_a_variable_in_place_of_a_function_is_named(self):
        found = self.findings(CLIENT, self.whole(CLIENT) | {"aeron_errmsg": "B"})
        self.assertEqual(len(found), 1, found)
        self.assertIn("aeron_errmsg as something else", found[0])

    def test_what_both_headers_declare_may_be_in_both_libraries(self):
        self.assertEqual(self.findings(CLIENT, self.whole(CLIENT) | {"aeron_is_driver_active": "T"}), [])
        self.assertEqual(self.findings(DRIVER, self.whole(DRIVER) | {"aeron_version_full": "T"}), [])

    def test_what_aeron_declares_only_may_be_there(self):
        exported = self.whole(CLIENT) | {"aeron_context_set_agent_on_start_function": "T"}
        self.assertEqual(self.findings(CLIENT, exported), [])

    def test_further_names_may_be_given(self):
        exported = self.whole(DRIVER) | {"aeron_driver_context_print_configuration": "T"}
        self.assertEqual(len(self.findings(DRIVER, exported)), 1)
        self.assertEqual(self.findings(DRIVER, exported, ["aeron_driver_context_print_configuration"]), [])

    def test_an_unknown_library_is_refused(self):
        found = self.findings("libaeronmd.so", {"aeron_errcode": "T"})
        self.assertEqual(len(found), 1, found)
        self.assertIn("libaeronmd.so is no library that is listed", found[0])

    def test_marks_of_the_linker_are_passed_over(self):
        self.assertEqual(self.findings(DRIVER, self.whole(DRIVER) | {"_init": "T", "_edata": "D"}), [])


class Listings(unittest.TestCase):
    def test_versions_and_what_is_not_defined_are_left_out(self):
        listing = "aeron_a T 0000000000001139 b\naeron_b@@V_1 W 1 2\nmalloc U         \n__gmon_start__ w         \n\n"
        self.assertEqual(check_exports.exported_names(listing), {"aeron_a": "T", "aeron_b": "W"})

    @unittest.skipUnless(shutil.which("cc") and shutil.which("nm"), "needs a C compiler and nm")
    def test_a_library_is_read(self):
        with tempfile.TemporaryDirectory() as folder:
            source, library = Path(folder) / "small.c", Path(folder) / "libsmall.so"
            source.write_text("int aeron_errcode(void) { return 0; }\nint small_extra(void) { return 0; }\n")
            subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                result = check_exports.main([str(library), str(DATA), CLIENT])
            self.assertEqual(result, 1)
            self.assertNotIn("does not export aeron_errcode", printed.getvalue())
            self.assertIn("libaeron.so does not export aeron_errmsg\n", printed.getvalue())
            self.assertIn("libaeron.so exports small_extra, which is not listed\n", printed.getvalue())


if __name__ == "__main__":
    unittest.main()
