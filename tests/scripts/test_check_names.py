"""What tests/abi/check_names.py must find in a header, and what it must let pass."""

import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests/abi"))
import check_names  # noqa: E402
from facts import Facts  # noqa: E402

DATA = ROOT / "tests/abi/data"
HEADERS = ROOT / "include/aeron"


class Names(unittest.TestCase):
    def setUp(self):
        self.facts = Facts(DATA)

    def changed(self, header, before, after):
        """Findings in the header when it says `after` where it says `before`."""
        text = (HEADERS / header).read_text(encoding="utf-8")
        self.assertEqual(text.count(before), 1, before)
        return list(check_names.check_header(self.facts, header, text.replace(before, after)))

    def finds(self, header, before, after, *findings):
        self.assertEqual(self.changed(header, before, after), [f"{header}: {finding}" for finding in findings])

    def test_the_headers_as_they_are_pass(self):
        for header in self.facts.headers():
            with self.subTest(header):
                text = (HEADERS / header).read_text(encoding="utf-8")
                self.assertEqual(list(check_names.check_header(self.facts, header, text)), [])

    def test_functions(self):
        declared = "\nint aeron_errcode(void);"
        self.finds("aeronc.h", declared, "", "aeron_errcode, one of its functions, is missing",
                   "nothing is said of aeron_errcode")  # fmt: skip
        self.finds("aeronc.h", declared, f"{declared}\nint aeron_more(int a);",
                   "aeron_more is none of the functions that Aeron's has")  # fmt: skip
        found = self.changed("aeronc.h", declared, "\n\nint aeron_errcode(void);")
        self.assertEqual(found, ["aeronc.h: nothing is said of aeron_errcode"])

    def test_macros(self):
        self.finds("aeron_common.h", "#define AERON_MAX_PATH (4096)", "#define AERON_PATH (4096)",
                   "AERON_MAX_PATH, one of its macros, is missing",
                   "AERON_PATH is none of the macros that Aeron's has")  # fmt: skip

    def test_types_and_callbacks(self):
        self.finds("aeronc.h", "typedef struct aeron_log_buffer_stct aeron_log_buffer_t;\n", "",
                   "aeron_log_buffer_t, one of its types, is missing")  # fmt: skip
        self.finds("aeron_common.h", "typedef void (*aeron_fptr_t)(void);", "typedef void (*aeron_other_t)(void);",
                   "aeron_fptr_t, one of its callbacks, is missing",
                   "aeron_other_t is none of the callbacks that Aeron's has")  # fmt: skip

    def test_fields_and_enumerators(self):
        found = self.changed("aeronc.h", "    int16_t address_type; ", "    int16_t more;\n    int16_t address_type; ")
        self.assertEqual(len(found), 1, found)
        self.assertIn("struct aeron_publication_error_values_stct has the fields", found[0])
        self.finds("aeronmd.h", "AERON_INFER = 2", "AERON_GUESS = 2", "AERON_INFER, one of its enumerators, is missing",
                   "AERON_GUESS is none of the enumerators that Aeron's has")  # fmt: skip

    def test_a_variable_that_the_comment_does_not_name(self):
        self.finds("aeronmd.h", "default 10 ms. AERON_NAK_MULTICAST_MAX_BACKOFF.", "default 10 ms.",
                   "the comment of aeron_driver_context_set_nak_multicast_max_backoff_ns does not name "
                   "AERON_NAK_MULTICAST_MAX_BACKOFF")  # fmt: skip

    def test_what_stands_in_comments_declares_nothing(self):
        comment = "/// Its parts; see aeron_more(int) and #define AERON_MORE 1."
        self.assertEqual(self.changed("aeron_common.h", "/// Its parts.", comment), [])


if __name__ == "__main__":
    unittest.main()
