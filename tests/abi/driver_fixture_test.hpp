/// Driver contexts for tests, and a clean environment for them.
#pragma once

#include "os/process.hpp"

#include <gtest/gtest.h>

#include <aeron/aeronmd.h>

#include <cstdlib>
#include <string>

namespace gale::testing {

/// A variable for as long as this lives.
class Variable {
public:
    Variable(std::string name, const std::string& value) : name_{std::move(name)} {
        ::setenv(name_.c_str(), value.c_str(), 1);
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() { ::unsetenv(name_.c_str()); }

private:
    std::string name_;
};

inline void forget_variables() {
    for (const char* prefix : {"AERON_", "GALE_"})
        for (const std::string& name : os::environment_names(prefix)) ::unsetenv(name.c_str());
}

/// A context that is closed with this; null when it could not be made.
class DriverContext {
public:
    DriverContext() { result_ = aeron_driver_context_init(&context_); }
    DriverContext(const DriverContext&) = delete;
    DriverContext& operator=(const DriverContext&) = delete;
    ~DriverContext() {
        if (context_ != nullptr) aeron_driver_context_close(context_);
    }
    [[nodiscard]] int result() const noexcept { return result_; }
    aeron_driver_context_t* get() const noexcept { return context_; }
    operator aeron_driver_context_t*() const noexcept { return context_; }

private:
    aeron_driver_context_t* context_ = nullptr;
    int result_ = -1;
};

/// -1, and why: EINVAL with words that have this in them.
inline void expect_refused(int result, const std::string& words) {
    EXPECT_EQ(result, -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_NE(std::string{aeron_errmsg()}.find(words), std::string::npos) << aeron_errmsg();
}

}  // namespace gale::testing
