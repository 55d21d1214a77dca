# What a user gets: headers, the library, the program, and the targets gale::client and gale::driver.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Both are the one library; two names, so that a program says what it uses.
foreach(part client driver)
    add_library(gale_use_${part} INTERFACE)
    target_link_libraries(gale_use_${part} INTERFACE gale)
    set_target_properties(gale_use_${part} PROPERTIES EXPORT_NAME ${part})
    add_library(gale::${part} ALIAS gale_use_${part})
endforeach()
set_target_properties(gale PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
set_target_properties(gale_settings PROPERTIES EXPORT_NAME settings)

# Who includes Gale in his own build with add_subdirectory installs it only when he asks for it.
option(GALE_INSTALL "Install headers, library and programs" ${PROJECT_IS_TOP_LEVEL})
if(NOT GALE_INSTALL)
    return()
endif()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
install(TARGETS gale gale_settings gale_use_client gale_use_driver EXPORT gale)
install(EXPORT gale NAMESPACE gale:: FILE gale-targets.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/gale)

# The drop-in libraries of src/capi, as find_package(aeron) has them: aeron::aeron, aeron::aeron_driver and the archives.
set(drop_ins)
foreach(target aeron aeron_static aeron_driver aeron_driver_static)
    if(TARGET ${target})
        list(APPEND drop_ins ${target})
    endif()
endforeach()
if(BUILD_SHARED_LIBS)
    set(GALE_OF_DROP_INS "find_dependency(gale)")  # they load it
endif()
install(TARGETS ${drop_ins} EXPORT aeron)
install(EXPORT aeron NAMESPACE aeron:: FILE aeron-targets.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/aeron)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/aeron-config.cmake.in
    ${PROJECT_BINARY_DIR}/aeron-config.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/aeron)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/aeron-config-version.cmake VERSION 1.53.0
    COMPATIBILITY AnyNewerVersion)
install(FILES ${PROJECT_BINARY_DIR}/aeron-config.cmake ${PROJECT_BINARY_DIR}/aeron-config-version.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/aeron)

# The programs of tools, whichever are built.
function(gale_install_built directory)
    get_property(targets DIRECTORY ${directory} PROPERTY BUILDSYSTEM_TARGETS)
    foreach(target IN LISTS targets)
        get_target_property(type ${target} TYPE)
        if(type IN_LIST ARGN AND NOT target STREQUAL gale)
            install(TARGETS ${target})
        endif()
    endforeach()
    get_property(below DIRECTORY ${directory} PROPERTY SUBDIRECTORIES)
    foreach(subdirectory IN LISTS below)
        gale_install_built(${subdirectory} ${ARGN})
    endforeach()
endfunction()
if(GALE_BUILD_TOOLS)
    gale_install_built(${PROJECT_SOURCE_DIR}/tools EXECUTABLE SHARED_LIBRARY)
endif()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/gale-config.cmake.in
    ${PROJECT_BINARY_DIR}/gale-config.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/gale)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/gale-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/gale-config.cmake ${PROJECT_BINARY_DIR}/gale-config-version.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/gale)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
