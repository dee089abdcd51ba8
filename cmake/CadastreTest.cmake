# cadastre_test(<room> DEPS <target>...): tests/unit/<room>/*.cc become one program `<room>_test`, each TEST a ctest entry
# labelled `unit`. cadastre_integration_test is the same for tests/integration/<name>, labelled `integration`.

find_package(GTest REQUIRED)
include(GoogleTest)

set(CADASTRE_TEST_PCH <gmock/gmock.h> <gtest/gtest.h> ${CADASTRE_PCH_HEADERS})

# One precompiled header for all tests; a header of its own for each program would cost 4 s apiece.
if(CADASTRE_PCH)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/test_pch.cc CONTENT "// Carries the precompiled header.\n")
  add_library(cadastre_test_pch OBJECT ${CMAKE_BINARY_DIR}/test_pch.cc)
  target_link_libraries(cadastre_test_pch PRIVATE cadastre_options third::absl third::protobuf GTest::gmock)
  target_precompile_headers(cadastre_test_pch PRIVATE ${CADASTRE_TEST_PCH})
endif()

function(cadastre_gtest_program program label folder timeout)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(${program} ${sources})
  target_link_libraries(${program} PRIVATE cadastre_options ${ARG_DEPS} GTest::gmock GTest::gtest GTest::gtest_main)
  set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  if(CADASTRE_PCH)
    target_precompile_headers(${program} REUSE_FROM cadastre_test_pch)
  endif()
  cadastre_unity(${program})
  gtest_discover_tests(${program}
    DISCOVERY_MODE PRE_TEST
    TEST_PREFIX "${program}."
    PROPERTIES LABELS ${label} TIMEOUT ${timeout})
endfunction()

function(cadastre_test room)
  cadastre_gtest_program(${room}_test unit ${CMAKE_SOURCE_DIR}/tests/unit/${room} 120 ${ARGN})
endfunction()

function(cadastre_integration_test name)
  cadastre_gtest_program(${name}_integration_test integration ${CMAKE_SOURCE_DIR}/tests/integration/${name} 600 ${ARGN})
endfunction()

# cadastre_door_checks(<folder>): each <name>_test.py there drives the real server from outside and becomes the ctest entry
# `<folder's name>.<name>`, labelled `integration`. Debian's own Python is the one that has its gRPC.
function(cadastre_door_checks folder)
  get_filename_component(group ${folder} NAME)
  file(GLOB checks CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*_test.py)
  foreach(check IN LISTS checks)
    get_filename_component(name ${check} NAME_WE)
    string(REGEX REPLACE "_test$" "" name ${name})
    add_test(NAME ${group}.${name} COMMAND /usr/bin/python3 -B ${check} -v)
    # They measure memory and time, and start servers of their own.
    set_tests_properties(${group}.${name} PROPERTIES LABELS integration TIMEOUT 300 RUN_SERIAL TRUE
      ENVIRONMENT CADASTRE_BIN=${CMAKE_BINARY_DIR}/bin)
  endforeach()
endfunction()
