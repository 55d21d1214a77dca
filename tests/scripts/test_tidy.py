"""What scripts/tidy.py looks at, and when it looks again."""

import json
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts"))
import tidy  # noqa: E402


class Looks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        for change in (mock.patch.object(tidy, "ROOT", self.root),
                       mock.patch.object(tidy, "analyzer_checks", lambda: "--checks=-*,clang-analyzer-core.X")):
            change.start()
            self.addCleanup(change.stop)

    def write(self, name, text=""):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    def build(self, name, *files):
        self.write(f"{name}/compile_commands.json", json.dumps([{"file": file} for file in files]))
        return self.root / name

    def house(self):
        names = ("src/base/a.cpp", "src/base/b.cpp", "src/base/a_test.cpp", "tools/main.cpp", "bench/c.cpp")
        a, b, test, main, bench = (self.write(name) for name in names)
        floor = self.write("floors/base/Unity/unity_0_cxx.cxx", f'#include "{a}"\n#include "{b}"\n')
        return self.build("files", a, b, test, main, bench), self.build("floors", floor, main, bench)

    def test_syntax_a_floor_and_paths_a_file_of_the_library(self):
        files, floors = self.house()
        looks = [(build.name, texts) for build, _, _, texts in tidy.looks(files, floors)]
        self.assertEqual(looks, [("floors", ["src/base/a.cpp", "src/base/b.cpp"]), ("floors", ["tools/main.cpp"]),
                                 ("files", ["src/base/a.cpp"]), ("files", ["src/base/b.cpp"])])

    def test_another_text_is_another_stamp(self):
        files, floors = self.house()
        stamps = lambda: [tidy.stamp_of(files, "common", options, texts)  # noqa: E731
                          for _, _, options, texts in tidy.looks(files, floors)]
        before = stamps()
        self.assertEqual(before, stamps())
        self.write("src/base/b.cpp", "int b;")
        changed = [old != new for old, new in zip(before, stamps())]
        self.assertEqual(changed, [True, False, False, True])

    def test_a_file_that_no_floor_has_is_told(self):
        files, floors = self.house()
        self.build("floors")
        with mock.patch.object(tidy, "common_digest", lambda: ""), mock.patch("builtins.print") as said, \
                mock.patch.object(sys, "argv", ["tidy.py", str(files), str(floors)]):
            self.assertEqual(tidy.main(), 1)
        self.assertIn("src/base/a.cpp", str(said.call_args_list))


if __name__ == "__main__":
    unittest.main()
