/// A driver's control file as a program sees it that is no client.
#pragma once

#include "capi/client/handles.hpp"
#include "control/cnc_file.hpp"

#include <string>

namespace gale::capi {

struct CncObject {
    static constexpr Kind kind = Kind::cnc;
    using Handle = aeron_cnc_t;
    CncObject(control::CncFile opened, std::string in);
    CncObject(const CncObject&) = delete;
    CncObject& operator=(const CncObject&) = delete;
    ~CncObject();

    control::CncFile file;
    std::string directory;
    std::string path;
    aeron_counters_reader_t* reader = nullptr;
};

}  // namespace gale::capi
