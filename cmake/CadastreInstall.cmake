# `cmake --install`: the server, its command line, the program that crawls, with what shells complete, the dashboard, and the licences. DESTDIR is honoured.
# The demo, tests and benches stay in the build folder.

if(TARGET cadastred AND TARGET cadastre AND TARGET cadastre-ingest)
  include(GNUInstallDirs)
  install(TARGETS cadastred cadastre cadastre-ingest RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(FILES ${CMAKE_SOURCE_DIR}/deploy/grafana/cadastre.json DESTINATION ${CMAKE_INSTALL_DATADIR}/cadastre/grafana)
  install(FILES ${CMAKE_SOURCE_DIR}/LICENSE ${CMAKE_SOURCE_DIR}/NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(CODE "
    set(share \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}\")
    file(MAKE_DIRECTORY \"\${share}/bash-completion/completions\" \"\${share}/zsh/site-functions\")
    execute_process(COMMAND \"$<TARGET_FILE:cadastre>\" completion bash
      OUTPUT_FILE \"\${share}/bash-completion/completions/cadastre\" COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND \"$<TARGET_FILE:cadastre>\" completion zsh
      OUTPUT_FILE \"\${share}/zsh/site-functions/_cadastre\" COMMAND_ERROR_IS_FATAL ANY)")
endif()
