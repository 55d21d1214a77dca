# module(NAME USES...): builds src/NAME/*.cpp as one floor of the house, and its *_test.cpp as one test program.
#
# Floors are object libraries; all together they are the one library that is installed, `gale` (targets gale::client
# and gale::driver). `USES` are the floors NAME may include; scripts/check_layers.py reads the same lines.

# Designated initialisers leave members out on purpose: what is left out is value-initialised.
set(GALE_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wno-missing-field-initializers)
# GCC 12 sees overlaps and overruns in std::string that are not there (its bugs 105651 and 105762).
list(APPEND GALE_WARNINGS $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>)
# In a unity build (presets clang and tsan) a floor is one compilation: what its files have in unnamed namespaces needs
# names of its own, but locals need not avoid the names of other files. Those of its own file GCC still looks at (release).
if(CMAKE_UNITY_BUILD)
    list(APPEND GALE_WARNINGS -Wno-shadow)
endif()
# Including a .cpp file is what a unity build does; clang-tidy goes on looking for it everywhere else.
set(GALE_UNITY UNITY_BUILD_CODE_BEFORE_INCLUDE "// NOLINTNEXTLINE(bugprone-suspicious-include)")
if(GALE_WERROR)
    list(APPEND GALE_WARNINGS -Werror)
endif()

# GCC frees what it no longer needs while it compiles, and spends a fifth of its time on that. It may use some 250 MB first.
if(PROJECT_IS_TOP_LEVEL)
    add_compile_options("$<$<COMPILE_LANG_AND_ID:CXX,GNU>:--param=ggc-min-heapsize=262144;--param=ggc-min-expand=200>")
endif()

# What libFuzzer explores tells it which ways were taken.
if(GALE_FUZZ)
    set(GALE_LIBRARY_OPTIONS -fsanitize=fuzzer-no-link)
endif()

add_library(gale_settings INTERFACE)
target_include_directories(gale_settings INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
    $<INSTALL_INTERFACE:include>)
target_compile_features(gale_settings INTERFACE cxx_std_20)
target_link_libraries(gale_settings INTERFACE Threads::Threads)

# fmt is compiled once, by src/base/fmt.cpp: in every file that formats it would cost more than the file. In an inner
# namespace of its own, as a program with Gale inside may have its own fmt. Versions that file does not know are used
# as headers only.
add_library(gale_fmt INTERFACE)
if(fmt_VERSION VERSION_GREATER_EQUAL 9 AND fmt_VERSION VERSION_LESS 10)
    target_include_directories(gale_fmt SYSTEM INTERFACE
        $<TARGET_PROPERTY:fmt::fmt-header-only,INTERFACE_INCLUDE_DIRECTORIES>)
    target_compile_definitions(gale_fmt INTERFACE
        "FMT_BEGIN_NAMESPACE=namespace fmt { inline namespace in_gale {" "FMT_END_NAMESPACE=}}")
else()
    target_link_libraries(gale_fmt INTERFACE fmt::fmt-header-only)
endif()

function(module name)
    string(REPLACE "/" "_" target "${name}")
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
    set(tests ${sources})
    list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    if(sources)
        add_library(gale_${target} OBJECT ${sources})
        target_link_libraries(gale_${target} PUBLIC gale_settings PRIVATE gale_fmt)
        target_compile_options(gale_${target} PRIVATE ${GALE_WARNINGS} ${GALE_LIBRARY_OPTIONS})
        set_target_properties(gale_${target} PROPERTIES ${GALE_UNITY})
        if(NOT name MATCHES "^capi(/|$)")  # that goes into libraries of its own
            target_sources(gale PRIVATE $<TARGET_OBJECTS:gale_${target}>)
        endif()
    endif()
    if(tests AND GALE_BUILD_TESTS)
        gale_test(${target}_test ${tests})
    endif()
endfunction()

# c_abi_library(NAME FLOORS... [USES LIBRARIES...]): lib<NAME>.so, what programs written for Aeron load. It is made of the
# floors of src/capi that are named, and what they need of Gale; it exports the names of the C ABI and nothing else.
function(c_abi_library name)
    cmake_parse_arguments(PARSE_ARGV 1 library "" "" "USES")
    set(objects)
    foreach(floor IN LISTS library_UNPARSED_ARGUMENTS)
        string(REPLACE "/" "_" target "${floor}")
        list(APPEND objects $<TARGET_OBJECTS:gale_${target}>)
    endforeach()
    add_library(${name} SHARED ${objects})
    target_link_libraries(${name} PRIVATE gale ${library_USES})
    target_include_directories(${name} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
        $<INSTALL_INTERFACE:include>)
    set(names ${PROJECT_SOURCE_DIR}/cmake/c_abi.map)
    target_link_options(${name} PRIVATE -Wl,--version-script=${names} -Wl,-Bsymbolic-functions
        -Wl,-z,nodelete)  # threads of its own may outlive dlclose
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX LINK_DEPENDS ${names})
endfunction()

# c_abi_archive(NAME FLOORS...): the same as lib<NAME>_static.a, of every floor that is named. Programs link the C++
# library and threads with it.
function(c_abi_archive name)
    set(objects)
    foreach(floor IN LISTS ARGN)
        string(REPLACE "/" "_" target "${floor}")
        list(APPEND objects $<TARGET_OBJECTS:gale_${target}>)
    endforeach()
    add_library(${name}_static STATIC ${objects})
    target_link_libraries(${name}_static INTERFACE Threads::Threads ${CMAKE_DL_LIBS})
    target_include_directories(${name}_static INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
        $<INSTALL_INTERFACE:include>)
    set_target_properties(${name}_static PROPERTIES LINKER_LANGUAGE CXX)
endfunction()

# gale_test(NAME SOURCES... [LABEL LABEL]): a GoogleTest program linked with the whole library, each test known to ctest
# under LABEL, else under NAME. Labels that scripts/ci.sh knows: `interop` (a step of its own), and `sim`, `fuzz`, `bench`
# and `no_tsan` (one thread only: not run under the thread sanitizer, where they would only be slow).
# `*_stress_test.cpp` is part of its floor's program and runs everywhere.
#
# What lies in the library's own files is tested as it is shipped. The tests' own code, and what
# it has from headers, is optimised less, and not at all under sanitizers: it is compiled once and runs once. Only the
# simulation, which is itself the longest work of all, is optimised there, too.
#
# Tests share one precompiled header of what each of them includes anyway, and are compiled several at a time: most of the
# time goes into what their fixtures instantiate. So their helpers need names that no other test of the floor has. Who
# works on one test turns that off: -DGALE_TESTS_AT_A_TIME=1.
set(GALE_TESTS_AT_A_TIME 8 CACHE STRING "How many test files are compiled as one")
set(GALE_TEST_OPTIONS ${GALE_WARNINGS} $<$<CONFIG:RelWithDebInfo,Release>:-O1> $<$<CONFIG:Debug>:-O0>)
if(GALE_TESTS_AT_A_TIME GREATER 1)
    list(APPEND GALE_TEST_OPTIONS -Wno-shadow)
endif()
function(gale_test_headers)
    file(WRITE ${CMAKE_BINARY_DIR}/test_headers.cpp "int main() {}  // only there to carry the tests' precompiled header\n")
    add_executable(gale_test_headers ${CMAKE_BINARY_DIR}/test_headers.cpp)
    target_link_libraries(gale_test_headers PRIVATE gale_settings GTest::gmock GTest::gtest nlohmann_json::nlohmann_json)
    target_compile_options(gale_test_headers PRIVATE ${GALE_TEST_OPTIONS})
    target_precompile_headers(gale_test_headers PRIVATE <gtest/gtest.h> <gmock/gmock.h> <nlohmann/json.hpp> <chrono>
        <functional> <map> <memory> <span> <string> <thread> <vector>)
endfunction()
if(GALE_BUILD_TESTS)
    gale_test_headers()
    # The programs whose tests the thread sanitizer runs: the others need not be built for it.
    add_custom_target(threaded_tests)
endif()

function(gale_test name)
    cmake_parse_arguments(PARSE_ARGV 1 test "" "LABEL" "")
    if(NOT test_LABEL)
        set(test_LABEL ${name})
    endif()
    add_executable(${name} ${test_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE gale $<TARGET_NAME_IF_EXISTS:gale_test_support> GTest::gmock GTest::gtest_main
        nlohmann_json::nlohmann_json gale_fmt)
    target_compile_definitions(${name} PRIVATE GALE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    if(test_LABEL STREQUAL "sim")
        target_compile_options(${name} PRIVATE ${GALE_WARNINGS} -Wno-shadow $<$<CONFIG:RelWithDebInfo,Release>:-O1>)
    else()
        target_compile_options(${name} PRIVATE ${GALE_TEST_OPTIONS})
        target_precompile_headers(${name} REUSE_FROM gale_test_headers)
    endif()
    if(GALE_TESTS_AT_A_TIME GREATER 1)
        set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${GALE_TESTS_AT_A_TIME} ${GALE_UNITY})
    else()
        set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
    endif()
    if(NOT test_LABEL MATCHES "^(interop|sim|fuzz|bench|no_tsan|system)$")
        add_dependencies(threaded_tests ${name})
    endif()
    gtest_discover_tests(${name} PROPERTIES TIMEOUT 600 LABELS ${test_LABEL} DISCOVERY_TIMEOUT 120)
endfunction()
