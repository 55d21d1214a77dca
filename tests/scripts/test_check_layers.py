"""What scripts/check_layers.py must refuse, and what it must let pass."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts"))
import check_layers  # noqa: E402

PLAN = """
module(base)
module(os              base)
module(wire            base)   # frames
module(client          wire)
module(driver/sender   wire os)
module(driver/receiver wire)
module(driver          driver/sender driver/receiver)
module(everyday        client driver)
"""


class House(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("src/CMakeLists.txt", PLAN)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def layers(self):
        return list(check_layers.check_layers(self.root))

    def docs(self):
        return list(check_layers.check_docs(self.root))

    def refuses(self, name, text, why):
        self.write(name, text)
        findings = self.layers()
        self.assertEqual(len(findings), 1, findings)
        self.assertIn(why, findings[0])
        self.assertTrue(findings[0].startswith(name), findings[0])

    def accepts(self, name, text):
        self.write(name, text)
        self.assertEqual(self.layers(), [])


class Includes(House):
    def test_a_floor_includes_itself_and_what_its_line_names(self):
        self.accepts("src/wire/frame.cpp", '#include "wire/frame.hpp"\n#include "base/bits.hpp"\n#include <vector>\n')

    def test_a_floor_includes_what_its_floors_include(self):
        self.accepts("src/everyday/context.cpp", '#include "base/bits.hpp"\n#include "driver/sender/sender.hpp"\n')

    def test_a_lower_floor_may_not_look_up(self):
        self.refuses("src/base/bits.hpp", '\n#include "wire/frame.hpp"\n', "base may not include")

    def test_the_line_is_named(self):
        self.write("src/base/bits.hpp", '#pragma once\n\n#  include "wire/frame.hpp"\n')
        self.assertIn("src/base/bits.hpp:3:", self.layers()[0])

    def test_a_neighbour_that_is_not_named_is_refused(self):
        self.refuses("src/wire/frame.cpp", '#include "os/clock.hpp"\n', "may not include")

    def test_the_client_may_not_include_the_driver(self):
        self.refuses("src/client/image.cpp", '#include "driver/media_driver.hpp"\n', "may not include")

    def test_the_driver_may_not_include_the_client(self):
        self.refuses("src/driver/media_driver.cpp", '#include "client/image.hpp"\n', "may not include")

    def test_the_sender_may_not_include_the_receiver(self):
        self.refuses("src/driver/sender/sender.cpp", '#include "driver/receiver/image.hpp"\n', "may not include")

    def test_a_room_may_not_include_the_floor_it_is_part_of(self):
        self.refuses("src/driver/sender/sender.cpp", '#include "driver/options.hpp"\n', "may not include")

    def test_tests_obey_the_plan_too(self):
        self.refuses("src/wire/frame_test.cpp", '#include "client/image.hpp"\n', "may not include")

    def test_an_include_relative_to_the_file_is_refused(self):
        self.refuses("src/wire/frame.cpp", '#include "frame.hpp"\n', "written from src")
        self.refuses("src/wire/frame.cpp", '#include "../base/bits.hpp"\n', "written from src")

    def test_an_unknown_floor_is_refused(self):
        self.refuses("src/wire/frame.cpp", '#include "nowhere/frame.hpp"\n', "no floor")

    def test_test_support_is_open_to_tests(self):
        self.accepts("src/wire/frame_test.cpp", '#include "support/golden.hpp"\n#include <gtest/gtest.h>\n')

    def test_a_folder_without_a_line_is_refused(self):
        self.refuses("src/extra/thing.cpp", "\n", "no module(...) line")

    def test_the_front_door_is_open_to_all_in_angle_brackets(self):
        self.accepts("src/base/error.cpp", "#include <gale/error.hpp>\n")
        self.refuses("src/base/error.cpp", '#include "gale/error.hpp"\n', "included as <gale/error.hpp>")


class Libraries(House):
    def test_system_headers_belong_to_os_and_net(self):
        self.accepts("src/os/clock.cpp", "#include <unistd.h>\n#include <sys/mman.h>\n")
        for name in ["sys/mman.h", "netinet/in.h", "unistd.h", "fcntl.h", "pthread.h", "sched.h", "linux/futex.h",
                     "signal.h", "dirent.h", "pwd.h", "poll.h"]:  # fmt: skip
            with self.subTest(name):
                self.refuses("src/client/image.hpp", f"#include <{name}>\n", "os/ and net/ only")

    def test_a_test_may_give_a_reason_for_a_system_header(self):
        self.refuses("src/client/image_test.cpp", "#include <unistd.h>\n", "os/ and net/ only")
        self.accepts("src/client/image_test.cpp", "#include <unistd.h>  // layers: forks a client to kill it\n")

    def test_a_reason_does_not_help_outside_tests(self):
        self.refuses("src/client/image.cpp", "#include <unistd.h>  // layers: because\n", "os/ and net/ only")

    def test_the_c_library_is_no_system_header(self):
        self.accepts("src/wire/frame.hpp", "#include <stdint.h>\n#include <cstdint>\n#include <immintrin.h>\n")

    def test_fmt_stays_in_cpp_files(self):
        self.accepts("src/wire/frame.cpp", "#include <fmt/format.h>\n")
        self.refuses("src/wire/frame.hpp", "#include <fmt/format.h>\n", "fmt stays")

    def test_libraries_of_tests_stay_in_tests(self):
        self.accepts("src/wire/frame_test.cpp", "#include <gmock/gmock.h>\n#include <nlohmann/json.hpp>\n")
        self.refuses("src/wire/frame.cpp", "#include <nlohmann/json.hpp>\n", "only tests")

    def test_other_libraries_are_refused(self):
        self.refuses("src/wire/frame.cpp", "#include <boost/asio.hpp>\n", "depends on nothing")

    def test_the_front_door_includes_the_standard_library_and_its_neighbours(self):
        self.accepts("include/gale/types.hpp", "#include <cstdint>\n#include <gale/error.hpp>\n")
        for line in ['"base/bits.hpp"', "<fmt/format.h>", "<unistd.h>", "<sys/mman.h>", '"types.hpp"']:
            with self.subTest(line):
                self.refuses("include/gale/types.hpp", f"#include {line}\n", "headers here include")

    def test_the_c_headers_include_c_only(self):
        self.accepts("include/aeron/aeronc.h", "#include <stdint.h>\n#include <stdbool.h>\n")
        self.refuses("include/aeron/aeronc.h", "#include <gale/types.hpp>\n", "headers here include")

    def test_the_c_headers_include_their_neighbours(self):
        self.write("include/aeron/aeron_common.h", "\n")
        self.write("include/aeron/aeronmd.h", "#include <stdint.h>\n")
        self.accepts("include/aeron/aeronc.h", '#include "aeron_common.h"\n#include <aeron/aeron_common.h>\n')
        self.accepts("include/aeronmd/aeronmd.h", '#include "../aeron/aeronmd.h"\n')

    def test_the_c_headers_in_both_folders_include_nothing_else_of_ours(self):
        self.write("src/base/bits.h", "\n")
        self.refuses("include/aeronmd/aeronmd.h", '#include "../../src/base/bits.h"\n', "headers here include")
        self.accepts("include/aeronmd/aeronmd.h", "\n")
        self.refuses("include/aeron/aeronc.h", '#include "../../src/base/bits.h"\n', "headers here include")
        self.accepts("include/aeron/aeronc.h", "\n")
        self.refuses("include/aeronmd/aeronmd.h", "#include <sys/socket.h>\n", "headers here include")


class Plan(House):
    def test_a_line_may_not_use_what_does_not_exist(self):
        self.refuses("src/CMakeLists.txt", "module(base cellar)\n", "cellar, which is no module")

    def test_floors_stand_on_lower_ones(self):
        self.refuses("src/CMakeLists.txt", "module(os base)\nmodule(base)\n", "comes later")

    def test_client_and_driver_never_reach_each_other(self):
        self.refuses("src/CMakeLists.txt", "module(client)\nmodule(driver client)\n", "client and driver")
        self.refuses("src/CMakeLists.txt", "module(driver)\nmodule(client driver)\n", "client and driver")

    def test_sender_and_receiver_never_reach_each_other(self):
        self.refuses(
            "src/CMakeLists.txt", "module(driver/sender)\nmodule(driver/receiver driver/sender)\n", "two threads"
        )

    def test_a_circle_ends(self):
        self.write("src/CMakeLists.txt", "module(a b)\nmodule(b a)\n")
        self.assertTrue(self.layers())


class Documents(House):
    def test_a_link_leads_somewhere(self):
        self.write("docs/a.md", "[b](b.md#part) [out](https://example.org/x) [here](#top) `[no](link)`\n")
        self.write("docs/b.md", "```\n[no](link)\n```\n")
        self.assertEqual(self.docs(), [])

    def test_a_broken_link_is_refused(self):
        self.write("README.md", "see [the tour](docs/tour.md)\n")
        self.assertEqual(len(self.docs()), 1)
        self.assertIn("docs/tour.md leads nowhere", self.docs()[0])

    def test_a_page_named_in_the_code_exists(self):
        self.write("src/wire/nak.hpp", "// docs/formats/wire.md, NAK\n")
        self.assertIn("docs/formats/wire.md, which does not exist", self.docs()[0])
        self.write("docs/formats/wire.md", "# Wire\n")
        self.assertEqual(self.docs(), [])

    def test_only_guarded_tests_look_outside(self):
        outside = ".." + "/shared/vectors"
        self.write("src/wire/frame.cpp", f'auto path = "{outside}";\n')
        self.assertIn("outside the repository", self.docs()[0])
        (self.root / "src/wire/frame.cpp").unlink()
        self.write("src/wire/frame_test.cpp", f'auto path = "{outside}";\n')
        self.assertIn("outside the repository", self.docs()[0])
        for guard in ("std::filesystem::exists", "testing::is_recorded"):
            self.write("src/wire/frame_test.cpp", f'if ({guard}("{outside}")) read();\n')
            self.assertEqual(self.docs(), [])


class Program(House):
    def run_program(self):
        program = [sys.executable, str(ROOT / "scripts/check_layers.py"), "layers", str(self.root)]
        return subprocess.run(program, capture_output=True, text=True, check=False)

    def test_the_exit_code_tells(self):
        self.assertEqual(self.run_program().returncode, 0)
        self.write("src/base/bits.hpp", '#include "wire/frame.hpp"\n')
        result = self.run_program()
        self.assertEqual(result.returncode, 1)
        self.assertIn("src/base/bits.hpp:1:", result.stdout)


if __name__ == "__main__":
    unittest.main()
