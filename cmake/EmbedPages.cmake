# cmake -D FOLDER=web/dist -D OUTPUT=embedded_pages.cpp -D WORK=DIR -P EmbedPages.cmake
# writes a source file that holds the files of FOLDER, as they are and compressed.
file(GLOB_RECURSE files RELATIVE "${FOLDER}" "${FOLDER}/*")
list(SORT files)
file(REMOVE_RECURSE "${WORK}")
set(declarations "")
set(table "")
set(number 0)

# Leaves in `${view}` an expression for the bytes of a file.
macro(embed file symbol view)
  string(APPEND declarations
    "asm(R\"(\n.pushsection .rodata\n.global ${symbol}, ${symbol}_end\n${symbol}:\n"
    ".incbin \"${file}\"\n${symbol}_end:\n.byte 0\n.popsection\n)\");\n"
    "extern const char ${symbol}[];\nextern const char ${symbol}_end[];\n")
  set(${view} "between(${symbol}, ${symbol}_end)")
endmacro()

foreach(file IN LISTS files)
  set(path "${FOLDER}/${file}")
  file(SHA256 "${path}" hash)
  string(SUBSTRING "${hash}" 0 16 hash)
  embed("${path}" mien_page_${number} content)
  set(gzip "{}")
  if(file MATCHES "\\.(html|js|css|svg|json|map|txt|webmanifest|wasm|ico)$")
    get_filename_component(folder "${WORK}/${file}" DIRECTORY)
    file(MAKE_DIRECTORY "${folder}")
    execute_process(COMMAND gzip -9nc "${path}" OUTPUT_FILE "${WORK}/${file}.gz" COMMAND_ERROR_IS_FATAL ANY)
    file(SIZE "${path}" plain_size)
    file(SIZE "${WORK}/${file}.gz" gzip_size)
    if(gzip_size LESS plain_size)
      embed("${WORK}/${file}.gz" mien_page_${number}_gzip gzip)
    endif()
  endif()
  string(APPEND table "      {\"/${file}\", \"${hash}\", ${content}, ${gzip}},\n")
  math(EXPR number "${number} + 1")
endforeach()

file(WRITE "${OUTPUT}" "// Made by cmake/EmbedPages.cmake.
#include <array>

#include \"server/static_pages.h\"

extern \"C\" {
${declarations}}

namespace mien::server {
namespace {

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::span<const PageFile> embedded_pages() {
  static const std::array<PageFile, ${number}> pages = {{
${table}  }};
  return pages;
}

}  // namespace mien::server
")
