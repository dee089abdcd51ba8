# cadastre_proto_library(<target> PROTOS <file>... [GRPC] DEPS <target>...)
#
# Generated sources land in build/<preset>/gen and are included as "cadastre/catalog/v1/aspects.pb.h".

set(CADASTRE_PROTO_ROOT ${CMAKE_SOURCE_DIR}/proto)

# The files of ours a .proto imports, so that a change regenerates exactly what it touches.
function(cadastre_proto_imports proto out)
  file(STRINGS ${proto} lines REGEX "^import (public )?\"cadastre/")
  set(imports "")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^import (public )?\"([^\"]+)\".*$" "\\2" path "${line}")
    list(APPEND imports ${CADASTRE_PROTO_ROOT}/${path})
  endforeach()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${proto})
  set(${out} ${imports} PARENT_SCOPE)
endfunction()

function(cadastre_proto_library target)
  cmake_parse_arguments(ARG "GRPC" "" "PROTOS;DEPS" ${ARGN})
  set(generated "")
  foreach(proto IN LISTS ARG_PROTOS)
    file(RELATIVE_PATH relative ${CADASTRE_PROTO_ROOT} ${proto})
    string(REGEX REPLACE "\\.proto$" "" stem ${relative})
    cadastre_proto_imports(${proto} imports)
    if(ARG_GRPC)
      set(outputs ${CADASTRE_GEN_DIR}/${stem}.grpc.pb.cc ${CADASTRE_GEN_DIR}/${stem}.grpc.pb.h)
      set(flags --grpc_out=${CADASTRE_GEN_DIR} --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
    else()
      set(outputs ${CADASTRE_GEN_DIR}/${stem}.pb.cc ${CADASTRE_GEN_DIR}/${stem}.pb.h)
      set(flags --cpp_out=${CADASTRE_GEN_DIR})
    endif()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc -I ${CADASTRE_PROTO_ROOT} ${flags} ${relative}
      DEPENDS ${proto} ${imports}
      COMMENT "protoc ${relative}"
      VERBATIM)
    list(APPEND generated ${outputs})
  endforeach()
  set_property(GLOBAL APPEND PROPERTY CADASTRE_PROTO_SOURCES ${generated})
  if(generated)
    add_library(${target} STATIC ${generated})
    target_link_libraries(${target} PUBLIC cadastre_language third::protobuf ${ARG_DEPS})
    target_compile_options(${target} PRIVATE -w)
    if(CADASTRE_SANITIZE MATCHES "address")
      # A third of the sanitizers' build would be spent on code that is not ours to mend. A fuzzer still sees which way it goes.
      target_compile_options(${target} PRIVATE -fno-sanitize=address,undefined)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE cadastre_language third::protobuf ${ARG_DEPS})
  endif()
endfunction()
