/// What interop tests share: a driver of either side in either threading mode, and peers that use it.
#pragma once

#include "interop/peer.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <array>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gale::interop {

using Words = Peer::Words;

/// One list after the other.
[[nodiscard]] Words join(std::initializer_list<Words> lists);

struct DriverKind {
    Language language;
    std::string_view threading;
    friend std::ostream& operator<<(std::ostream& out, const DriverKind& kind) {
        return out << kind.language << ' ' << kind.threading;
    }
};
inline constexpr std::array every_driver{DriverKind{Language::gale, "shared"}, DriverKind{Language::gale, "dedicated"},
                                         DriverKind{Language::java, "shared"}, DriverKind{Language::java, "dedicated"}};
inline constexpr std::array both{Language::gale, Language::java};
[[nodiscard]] constexpr Language other(Language language) noexcept {
    return language == Language::gale ? Language::java : Language::gale;
}

/// Ends of the names of tests.
[[nodiscard]] std::string title(const DriverKind& kind);
struct DriverTitle {
    std::string operator()(const ::testing::TestParamInfo<DriverKind>& info) const { return title(info.param); }
};

/// A running driver in a directory of its own.
class Driver {
public:
    explicit Driver(DriverKind kind, const Words& properties = {});

    [[nodiscard]] const std::string& directory() const noexcept { return directory_; }
    [[nodiscard]] Peer& peer() noexcept { return *peer_; }
    /// Starts another in the place of one that is gone.
    void start_again();

private:
    DriverKind kind_;
    Words properties_;
    testing::TemporaryDirectory parent_;
    std::string directory_;
    std::optional<Peer> peer_;
};

/// Times so short that tests do not wait, so long that a busy machine does not kill the living. `--prop` each.
[[nodiscard]] Words short_timeouts();

/// Skips, loudly, where upstream is not at hand; in CI that is a failure.
class Interop : public ::testing::Test {
protected:
    void SetUp() override;

    /// The driver all tests of this program and `kind` share.
    static Driver& shared_driver(const DriverKind& kind);
    static Peer start(Driver& driver, Language language, const std::string& role, const Words& words = {}) {
        return {language, role, driver.directory(), words};
    }
    /// A role that ends by itself, after its end.
    static Peer once(Driver& driver, Language language, const std::string& role, const Words& words = {});
    /// A stream that no other test of this program uses.
    static std::string new_stream();
};

/// The same, once per kind of driver.
class OnEveryDriver : public Interop, public ::testing::WithParamInterface<DriverKind> {
protected:
    Driver& driver() { return shared_driver(GetParam()); }
    Peer start(Language language, const std::string& role, const Words& words = {}) {
        return Interop::start(driver(), language, role, words);
    }
    Peer once(Language language, const std::string& role, const Words& words = {}) {
        return Interop::once(driver(), language, role, words);
    }
};

}  // namespace gale::interop
