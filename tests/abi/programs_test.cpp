// Programs of other languages and other people, by the C ABI, on the drivers that are programs.
#include "abi/programs.hpp"

namespace gale::testing {
namespace {

class CAbiPrograms : public ::testing::TestWithParam<DriverProgram> {
protected:
    void TearDown() override { EXPECT_EQ(driver_.stop(), ""); }
    [[nodiscard]] std::string directory() const { return driver_.directory(); }

private:
    ServingProgram driver_{GetParam()};
};

TEST_P(CAbiPrograms, ServeAProgramInC) { run_a_program_in_c(directory()); }

TEST_P(CAbiPrograms, ServeTheCallsOfBindingsInPython) { run_the_calls_of_bindings(directory()); }

TEST_P(CAbiPrograms, ServeAbibench) { run_abibench(directory()); }

INSTANTIATE_TEST_SUITE_P(, CAbiPrograms, ::testing::Values(DriverProgram::aeronmd, DriverProgram::gale_driver),
                         [](const auto& program) { return "On" + name(program.param); });

TEST(CAbiDriver, IsEmbeddedByTheCallsOfABindingInPython) {
    const TemporaryDirectory place{"abi-embedded"};
    expect_success({.program = GALE_PYTHON,
                    .arguments = {GALE_BINDINGS "/driver_calls_of_bindings.py", place / "aeron", GALE_LIBAERON_DRIVER,
                                  new_endpoint(), new_endpoint()}},
                   "182 functions called\n");
}

}  // namespace
}  // namespace gale::testing
