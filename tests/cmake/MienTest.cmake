# mien_test(core SOURCES box_test.cpp USES mien::core) makes core_test, one GoogleTest program per
# folder, and registers each of its cases with ctest as core.Suite.Case.
find_package(GTest 1.12 REQUIRED)
include(GoogleTest)

set(MIEN_PROGRAMS "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
# What tests find in their environment:
#   MIEN_BIN             the folder of the programs under test
#   MIEN_SOURCE_DIR      the repository
#   MIEN_TEST_ASTRONAUT  NASA's public-domain portrait, which script/setup fetches
#   LSAN_OPTIONS         which leaks of others the preset asan passes over
#   TSAN_OPTIONS         which races of others the preset tsan passes over
set(MIEN_TEST_ENVIRONMENT
  MIEN_BIN=${MIEN_PROGRAMS}
  MIEN_SOURCE_DIR=${PROJECT_SOURCE_DIR}
  LSAN_OPTIONS=suppressions=${CMAKE_CURRENT_LIST_DIR}/lsan.supp:print_suppressions=0
  TSAN_OPTIONS=suppressions=${CMAKE_CURRENT_LIST_DIR}/tsan.supp:print_suppressions=0
  MIEN_TEST_ASTRONAUT=${PROJECT_SOURCE_DIR}/build/assets/astronaut.png)

function(mien_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES" ${ARGN})
  set(target ${name}_test)
  add_executable(${target} ${arg_SOURCES})
  # Beside bin/, so that ../share/mien/models is found from here as it is from there.
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/test-bin")
  target_link_libraries(${target} PRIVATE mien_options ${arg_USES} GTest::gmock_main)
  # gtest_discover_tests unpacks a list inside PROPERTIES three times.
  string(REPLACE ";" [[\\\\\\\;]] environment "${MIEN_TEST_ENVIRONMENT}")
  gtest_discover_tests(${target}
    TEST_PREFIX ${name}.
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}"
    PROPERTIES ENVIRONMENT "${environment}" TIMEOUT 600)
endfunction()
