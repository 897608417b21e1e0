# Sets mien_embedded_pages, a source file that holds the web pages: those that npm builds in web/, or
# a page that says that they were left out.
find_program(MIEN_NPM npm)
set(pages_default OFF)
if(MIEN_NPM AND EXISTS "${PROJECT_SOURCE_DIR}/web/package.json")
  set(pages_default ON)
endif()
option(MIEN_WEB "Build the web pages into mien (needs npm)" ${pages_default})

set(mien_embedded_pages "${CMAKE_CURRENT_BINARY_DIR}/embedded_pages.cpp")
set(pages_folder "${CMAKE_CURRENT_SOURCE_DIR}/without_pages")
set(pages_sources "${pages_folder}/index.html")

if(NOT MIEN_WEB)
  message(WARNING "the web pages are left out, and their tests with them: npm is missing, or MIEN_WEB is OFF")
endif()
if(MIEN_WEB)
  if(NOT MIEN_NPM)
    message(FATAL_ERROR "MIEN_WEB needs npm: install it, or leave the pages out with -DMIEN_WEB=OFF")
  endif()
  set(web "${PROJECT_SOURCE_DIR}/web")
  set(pages_folder "${web}/dist")
  file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS "${web}/src/*" "${web}/public/*" "${web}/*.html"
    "${web}/*.ts" "${web}/*.json")
  list(FILTER web_sources EXCLUDE REGEX "/(node_modules|dist)/")
  add_custom_command(OUTPUT "${web}/node_modules/.package-lock.json"
    COMMAND "${MIEN_NPM}" --prefix "${web}" ci --no-audit --no-fund --loglevel=error
    DEPENDS "${web}/package-lock.json"
    COMMENT "Installing what the web pages are built with" VERBATIM)
  set(pages_sources "${CMAKE_CURRENT_BINARY_DIR}/pages.stamp")
  add_custom_command(OUTPUT "${pages_sources}"
    COMMAND "${MIEN_NPM}" --prefix "${web}" --silent run build
    COMMAND "${CMAKE_COMMAND}" -E touch "${pages_sources}"
    DEPENDS ${web_sources} "${web}/node_modules/.package-lock.json"
    COMMENT "Building the web pages" VERBATIM)
endif()

add_custom_command(OUTPUT "${mien_embedded_pages}"
  COMMAND "${CMAKE_COMMAND}" -D "FOLDER=${pages_folder}" -D "OUTPUT=${mien_embedded_pages}"
    -D "WORK=${CMAKE_CURRENT_BINARY_DIR}/pages" -P "${PROJECT_SOURCE_DIR}/cmake/EmbedPages.cmake"
  DEPENDS ${pages_sources} "${PROJECT_SOURCE_DIR}/cmake/EmbedPages.cmake"
  COMMENT "Embedding the web pages" VERBATIM)
