# cadastre_web_files(<target>): frontend/dist inside the binary, as server/web_files.h promises. The bytes are taken by
# the assembler's .incbin, so that megabytes of script never pass through the C++ compiler. Empty when nothing was built.

function(cadastre_web_files target)
  set(dist ${CMAKE_SOURCE_DIR}/frontend/dist)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${dist}/*)
  set(source ${CADASTRE_GEN_DIR}/web_files.cc)
  set(content "#include \"server/web_files.h\"\n\n")
  set(rows "")
  set(index 0)
  foreach(file IN LISTS files)
    file(RELATIVE_PATH path ${dist} ${file})
    cadastre_mime(${path} mime)
    string(APPEND content
      "asm(\".section .rodata\\n.balign 16\\ncadastre_web_${index}:\\n.incbin \\\"${file}\\\"\\n\"\n"
      "    \"cadastre_web_${index}_end:\\n.byte 0\\n.previous\\n\");\n"
      "extern \"C\" const char cadastre_web_${index}[];\nextern \"C\" const char cadastre_web_${index}_end[];\n")
    string(APPEND rows
      "      {\"${path}\", {cadastre_web_${index}, static_cast<size_t>(cadastre_web_${index}_end - cadastre_web_${index})}, \"${mime}\"},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  if(index EQUAL 0)
    string(APPEND content
      "namespace cadastre::server {\nstd::span<const WebFile> WebFiles() { return {}; }\n}  // namespace cadastre::server\n")
  else()
    string(APPEND content
      "\nnamespace cadastre::server {\nstd::span<const WebFile> WebFiles() {\n  static const WebFile kFiles[] = {\n${rows}  };\n"
      "  return kFiles;\n}\n}  // namespace cadastre::server\n")
  endif()
  file(CONFIGURE OUTPUT ${source} CONTENT "${content}" @ONLY)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS "${files}")
  add_library(${target} STATIC ${source})
  target_link_libraries(${target} PUBLIC cadastre_language)
  # ccache hashes what the compiler reads, and it does not see through .incbin.
  set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER "")
endfunction()

function(cadastre_mime path out)
  get_filename_component(extension ${path} LAST_EXT)
  set(known
    ".html=text/html<semi> charset=utf-8" ".js=text/javascript<semi> charset=utf-8"
    ".css=text/css<semi> charset=utf-8" ".json=application/json" ".map=application/json" ".svg=image/svg+xml"
    ".png=image/png" ".ico=image/x-icon" ".woff2=font/woff2" ".woff=font/woff" ".wasm=application/wasm"
    ".txt=text/plain<semi> charset=utf-8" ".webmanifest=application/manifest+json")
  set(mime application/octet-stream)
  # A semicolon would split a CMake list, hence the stand-in.
  foreach(pair IN LISTS known)
    if(pair MATCHES "^\\${extension}=(.*)$")
      string(REPLACE "<semi>" ";" mime "${CMAKE_MATCH_1}")
    endif()
  endforeach()
  set(${out} "${mime}" PARENT_SCOPE)
endfunction()
