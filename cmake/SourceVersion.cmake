# Run at build time: writes OUTPUT from INPUT with the commit of SOURCE_DIR, only when it changed.
execute_process(COMMAND git describe --always --dirty --abbrev=12 --exclude=*
  WORKING_DIRECTORY "${SOURCE_DIR}" OUTPUT_VARIABLE MIEN_SOURCE_VERSION
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT MIEN_SOURCE_VERSION)
  set(MIEN_SOURCE_VERSION unknown)
endif()
configure_file("${INPUT}" "${OUTPUT}" @ONLY)
