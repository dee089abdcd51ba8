# cadastre_room(<name> [FOLDER <dir>] [EXCLUDE <folder>...] [APART <folder>...] DEPS <target>... [THIRD_PARTY <third::x>...])
#
# One static library `cadastre_<name>` from every .cc in the room's folder (main.cc is a program, not part of the room).
# What stands in the precompiled header is no include of the room's: the fuzz preset builds without it. A folder without sources yields an INTERFACE library, so that a room may be only headers. What is declared here is what
# the stands-alone test links; nothing else may be leaned on.

set_property(GLOBAL PROPERTY CADASTRE_ROOMS "")

# The headers of others that most sources end up with: parsing them was half of each compilation.
set(CADASTRE_PCH_HEADERS
  <algorithm> <array> <atomic> <chrono> <condition_variable> <cstdint> <deque> <functional> <map> <memory> <mutex>
  <optional> <ostream> <set> <span> <sstream> <string> <string_view> <thread> <tuple> <unordered_map> <utility> <variant>
  <vector>
  <absl/hash/hash.h> <absl/status/status.h> <absl/status/statusor.h> <absl/strings/str_cat.h>
  <google/protobuf/extension_set.h> <google/protobuf/generated_enum_reflection.h>
  <google/protobuf/generated_message_reflection.h> <google/protobuf/map.h> <google/protobuf/map_entry.h>
  <google/protobuf/map_field_inl.h> <google/protobuf/message.h> <google/protobuf/repeated_field.h>
  <google/protobuf/duration.pb.h> <google/protobuf/struct.pb.h> <google/protobuf/timestamp.pb.h>
  <google/protobuf/unknown_field_set.h>)
if(CADASTRE_PCH)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/room_pch.cc CONTENT "// Carries the precompiled header.\n")
  add_library(cadastre_room_pch OBJECT ${CMAKE_BINARY_DIR}/room_pch.cc)
  target_link_libraries(cadastre_room_pch PRIVATE cadastre_options third::absl third::protobuf)
  target_precompile_headers(cadastre_room_pch PRIVATE ${CADASTRE_PCH_HEADERS})
endif()

function(cadastre_room name)
  cmake_parse_arguments(ARG "" "FOLDER" "EXCLUDE;APART;DEPS;THIRD_PARTY" ${ARGN})
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
    if(CADASTRE_PCH)
      target_precompile_headers(${target} REUSE_FROM cadastre_room_pch)
    endif()
    cadastre_unity(${target} APART ${ARG_APART})
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
  cadastre_versioned(${name} ${main})
  target_link_libraries(${name} PRIVATE cadastre_options ${ARG_DEPS})
  if(CADASTRE_PCH)
    target_precompile_headers(${name} REUSE_FROM cadastre_room_pch)
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()
