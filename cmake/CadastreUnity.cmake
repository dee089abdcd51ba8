# cadastre_unity(<target> [APART <folder>...]): compiles the sources of one folder together, at most CADASTRE_UNITY_FILES at a time.
#
# Most of a compilation is headers and templates that neighbours share. Sources of different folders never meet, so private
# names need to differ only within a folder; those of the folders APART (of this one) are compiled alone. That each source compiles alone is seen by the linters, which read the preset
# without this.

set(CADASTRE_UNITY_FILES 6)

function(cadastre_unity target)
  cmake_parse_arguments(ARG "" "" "APART" ${ARGN})
  if(NOT CADASTRE_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  list(SORT sources)
  set(last_folder "")
  set(count 0)
  foreach(source IN LISTS sources)
    get_filename_component(folder ${source} DIRECTORY)
    file(RELATIVE_PATH within ${CMAKE_CURRENT_SOURCE_DIR} ${folder})
    if(within IN_LIST ARG_APART)
      continue()
    endif()
    if(NOT folder STREQUAL last_folder)
      set(last_folder ${folder})
      set(count 0)
    endif()
    math(EXPR part "${count} / ${CADASTRE_UNITY_FILES}")
    math(EXPR count "${count} + 1")
    file(RELATIVE_PATH group ${CMAKE_SOURCE_DIR} ${folder})
    string(MAKE_C_IDENTIFIER ${group}_${part} group)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ takes every source but the first of a group for a header, where private types in public ones would be a mistake.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()
