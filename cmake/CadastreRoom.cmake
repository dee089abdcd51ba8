# cadastre_room(<name> [FOLDER <dir>] [EXCLUDE <folder>...] DEPS <target>... [THIRD_PARTY <third::x>...])
#
# One static library `cadastre_<name>` from every .cc in the room's folder (main.cc is a program, not part of the room).
# A folder without sources yields an INTERFACE library, so that a room may be only headers. What is declared here is what
# the stands-alone test links; nothing else may be leaned on.

set_property(GLOBAL PROPERTY CADASTRE_ROOMS "")

function(cadastre_room name)
  cmake_parse_arguments(ARG "" "FOLDER" "EXCLUDE;DEPS;THIRD_PARTY;PCH" ${ARGN})
  set(folder ${CMAKE_CURRENT_SOURCE_DIR})
  if(ARG_FOLDER)
    set(folder ${CMAKE_SOURCE_DIR}/${ARG_FOLDER})
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  foreach(excluded IN LISTS ARG_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "^${folder}/${excluded}/")
  endforeach()

  set(target cadastre_${name})
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PRIVATE cadastre_options)
    target_link_libraries(${target} PUBLIC cadastre_language ${ARG_DEPS} ${ARG_THIRD_PARTY})
    if(CADASTRE_PCH AND ARG_PCH)
      target_precompile_headers(${target} PRIVATE ${ARG_PCH})
    endif()
    set_property(GLOBAL APPEND PROPERTY CADASTRE_ROOMS ${target})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE cadastre_language ${ARG_DEPS} ${ARG_THIRD_PARTY})
  endif()
endfunction()

# cadastre_program(<program> MAIN <file> DEPS <target>...): an executable as soon as its main exists.
function(cadastre_program name)
  cmake_parse_arguments(ARG "" "MAIN" "DEPS" ${ARGN})
  file(GLOB main CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_MAIN})
  if(NOT main)
    return()
  endif()
  add_executable(${name} ${main})
  target_link_libraries(${name} PRIVATE cadastre_options ${ARG_DEPS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()
