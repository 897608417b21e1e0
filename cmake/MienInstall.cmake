# cmake --install: the programs, models and recipes, and the C++ library for find_package(mien).
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/mien")
set(data_dir "${CMAKE_INSTALL_DATADIR}/mien")

# mien::mien is all that mien/analyzer.h needs.
add_library(mien_mien INTERFACE)
add_library(mien::mien ALIAS mien_mien)
set_target_properties(mien_mien PROPERTIES EXPORT_NAME mien)
target_link_libraries(mien_mien INTERFACE mien::output mien::vision mien::inference mien::core)

install(TARGETS mien_mien mien_output mien_vision mien_inference mien_core EXPORT mien-targets)
install(EXPORT mien-targets NAMESPACE mien:: DESTINATION "${package_dir}")
install(DIRECTORY include/mien DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h")

install(TARGETS mien)
if(MIEN_TRAIN)
  install(TARGETS mien-train)
endif()
install(DIRECTORY models/ DESTINATION "${data_dir}/models" FILES_MATCHING PATTERN "*.onnx")
install(DIRECTORY recipes/ DESTINATION "${data_dir}/recipes" FILES_MATCHING PATTERN "*.toml")
install(FILES LICENSE README.md CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")

set(models_dir "${data_dir}/models")
configure_package_config_file(cmake/mien-config.cmake.in mien-config.cmake
  INSTALL_DESTINATION "${package_dir}" PATH_VARS models_dir)
write_basic_package_version_file(mien-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/mien-config.cmake"
  "${CMAKE_CURRENT_BINARY_DIR}/mien-config-version.cmake" DESTINATION "${package_dir}")
