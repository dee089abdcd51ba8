# Language, warnings and sanitizers, in one place. `cadastre_options` is for our own sources; generated code gets only
# `cadastre_language`, because its warnings are not ours to mend.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(CADASTRE_GEN_DIR ${CMAKE_BINARY_DIR}/gen)
file(MAKE_DIRECTORY ${CADASTRE_GEN_DIR})

find_package(Threads REQUIRED)

add_library(cadastre_language INTERFACE)
target_include_directories(cadastre_language INTERFACE ${CMAKE_SOURCE_DIR})
# Generated headers are SYSTEM, so that -Werror does not reach into them.
target_include_directories(cadastre_language SYSTEM INTERFACE ${CADASTRE_GEN_DIR})
target_link_libraries(cadastre_language INTERFACE Threads::Threads)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Lets ccache see what a precompiled header stands for; without it every unit that uses one is a miss.
  target_compile_options(cadastre_language INTERFACE -fpch-preprocess)
endif()
if(NOT CADASTRE_SANITIZE)
  # What Debian's own packages are hardened with (hardening=+all); sanitizers look at the same mistakes more closely and do not
  # bear some of it. FORTIFY_SOURCE is for optimised code, which every preset compiles.
  target_compile_options(cadastre_language INTERFACE -fstack-protector-strong -Wformat -Werror=format-security -fPIE)
  target_compile_definitions(cadastre_language INTERFACE _FORTIFY_SOURCE=2)
  target_link_options(cadastre_language INTERFACE -pie -Wl,-z,relro -Wl,-z,now)
endif()
if(CADASTRE_SANITIZE)
  target_compile_options(cadastre_language INTERFACE
    -fsanitize=${CADASTRE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(cadastre_language INTERFACE -fsanitize=${CADASTRE_SANITIZE})
endif()
if(CADASTRE_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # By this word protobuf's headers give each map two members more, which the installed library does not know of.
  target_compile_options(cadastre_language INTERFACE -U__SANITIZE_THREAD__)
endif()
if(CADASTRE_FUZZ)
  target_compile_options(cadastre_language INTERFACE -fsanitize=fuzzer-no-link)
endif()

# gRPC's targets ask for it; said for all, so that one precompiled header fits all.
target_compile_options(cadastre_language INTERFACE -pthread)

add_library(cadastre_options INTERFACE)
target_link_libraries(cadastre_options INTERFACE cadastre_language)
target_compile_options(cadastre_options INTERFACE -Wall -Wextra -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside its own library under -O2 (std::string, std::optional); both are known false alarms.
  target_compile_options(cadastre_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(cadastre_options INTERFACE -Wthread-safety)
endif()
