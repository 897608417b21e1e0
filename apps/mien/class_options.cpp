#include "class_options.h"

#include <toml++/toml.h>
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "mien/error.h"
#include "output/shown_name.h"

namespace mien::apps {
namespace {

constexpr std::size_t kLongestText = 300;
constexpr std::streamsize kLargestFile = 64 << 10;

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(kLargestFile) + 1, '\0');
  if (!file.read(text.data(), kLargestFile + 1) && file.gcount() == 0) {
    throw Error(ErrorCode::input, "--class-config " + path + ": cannot be read; give a file");
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.gcount() <= kLargestFile) return text;
  throw Error(ErrorCode::input, "--class-config " + path + ": more than 64 KB; give another file");
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw Error(ErrorCode::input, "--class-config " + path + ": " + why +
                                    "; write purpose = \"...\" and agreed = \"...\"");
}

server::ClassStatement read(const std::string& path) {
  server::ClassStatement statement;
  try {
    for (const auto& [key, value] : toml::parse(text_of(path), path)) {
      const auto text = value.value<std::string>();
      if (!text || (key != "purpose" && key != "agreed")) {
        refuse(path, "'" + std::string(key.str()) + "' is not known, or no text");
      }
      (key == "purpose" ? statement.purpose : statement.agreed) = *text;
    }
  } catch (const toml::parse_error& error) {
    refuse(path, "no TOML (" + std::string(error.description()) + ")");
  }
  return statement;
}

std::string checked(const char* option, const std::string& text) {
  if (const auto line = typed_line(text, kLongestText)) return *line;
  throw Error(ErrorCode::usage,
              std::string("--class needs ") + option +
                  " TEXT (1 to 300 characters, or in --class-config FILE): what the class is for, "
                  "and who agreed to it; members are shown it");
}

}  // namespace

void ClassArguments::add_to(CLI::App& command) {
  const std::string group = "Classes";
  command
      .add_flag("--class", wanted,
                std::string("let a host open a class, whose members join by a link of their own "
                            "accord; needs --purpose and --agreed. ") +
                    kClassLaw)
      ->group(group);
  command.add_option("--purpose", purpose, "what the class is for; members read it")
      ->type_name("TEXT")
      ->group(group);
  command.add_option("--agreed", agreed, "who agreed to it; members read it, too")
      ->type_name("TEXT")
      ->group(group);
  command
      .add_option("--class-config", config,
                  "a TOML file with purpose and agreed in place of the two options")
      ->type_name("FILE")
      ->group(group);
}

std::optional<server::ClassStatement> ClassArguments::statement() const {
  if (!wanted) {
    if (purpose.empty() && agreed.empty() && config.empty()) return std::nullopt;
    throw Error(ErrorCode::usage, "--purpose, --agreed and --class-config go with --class; add it");
  }
  auto statement = config.empty() ? server::ClassStatement() : read(config);
  if (!purpose.empty()) statement.purpose = purpose;
  if (!agreed.empty()) statement.agreed = agreed;
  return server::ClassStatement{checked("--purpose", statement.purpose),
                                checked("--agreed", statement.agreed)};
}

}  // namespace mien::apps
