# One folder, one target: mien_library(vision SOURCES a.cpp b.cpp USES mien::inference PRIVATE opencv_core)
# makes the static library mien_vision with the alias mien::vision.
find_package(Threads REQUIRED)

add_library(mien_options INTERFACE)
target_compile_features(mien_options INTERFACE cxx_std_20)
target_compile_options(mien_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion
  $<$<BOOL:${MIEN_WARNINGS_AS_ERRORS}>:-Werror>)
if(MIEN_SANITIZE)
  target_compile_options(mien_options INTERFACE -fsanitize=${MIEN_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(mien_options INTERFACE -fsanitize=${MIEN_SANITIZE})
endif()
if(MIEN_SANITIZE MATCHES "thread")
  # The thread sanitizer knows no fences; Asio counts references without them, too.
  target_compile_definitions(mien_options INTERFACE
    BOOST_ASIO_DISABLE_STD_ATOMIC BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()

function(mien_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;PRIVATE" ${ARGN})
  set(target mien_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(mien::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC ${arg_USES} PRIVATE $<BUILD_INTERFACE:mien_options> ${arg_PRIVATE})
endfunction()
