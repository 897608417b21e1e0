#include "data_format.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "dataset/labelled_faces.h"

namespace mien::apps {

void DataFormatOptions::add_to(CLI::App& command, const std::string& group) {
  command
      .add_option("--format", format,
                  "how the data is laid out: auto, by what lies in it, or " + known_formats())
      ->type_name("FORMAT")
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--votes", votes,
                  "for --format ferplus: the votes, fer2013new.csv; the default is beside the data")
      ->type_name("FILE")
      ->group(group);
  command
      .add_flag("--find-faces", find_faces,
                "look for the largest face of each picture and cut it out as analyze does; the "
                "default takes each picture whole, as a face")
      ->group(group);
}

std::string format_table() {
  std::string text;
  for (const auto& format : data_formats()) {
    text += fmt::format("  {:<10} {}\n", format.name, format.layout);
  }
  return text;
}

}  // namespace mien::apps
