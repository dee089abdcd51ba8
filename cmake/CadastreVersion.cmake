# What --version tells: the project's version and the commit, as git describes it when CMake configures (each `./dev build`
# does). Sources without their history say so instead of a guess.

find_package(Git QUIET)
set(CADASTRE_COMMIT "")
if(GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} -C ${CMAKE_SOURCE_DIR} rev-parse --show-cdup
    OUTPUT_VARIABLE below RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  # A tarball unpacked inside of somebody else's repository is none of that repository's commits.
  if(failed EQUAL 0 AND below STREQUAL "")
    execute_process(COMMAND ${GIT_EXECUTABLE} -C ${CMAKE_SOURCE_DIR} describe --always --dirty --abbrev=12 --exclude=*
      OUTPUT_VARIABLE CADASTRE_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
endif()
if(NOT CADASTRE_COMMIT)
  set(CADASTRE_COMMIT "built from sources without their history")
else()
  set(CADASTRE_COMMIT "commit ${CADASTRE_COMMIT}")
endif()
set(CADASTRE_VERSION_TEXT "${PROJECT_VERSION} (${CADASTRE_COMMIT})")

# cadastre_versioned(<program> <main>): its main may name CADASTRE_VERSION, "<program> <version> (commit …)". Only mains see
# it, so that a commit compiles two files anew and not the rooms.
function(cadastre_versioned program main)
  set_property(SOURCE ${main} APPEND PROPERTY COMPILE_DEFINITIONS "CADASTRE_VERSION=\"${program} ${CADASTRE_VERSION_TEXT}\"")
endfunction()
