#include "attribute_options.h"

#include <CLI/CLI.hpp>

#include "mien/error.h"

namespace mien::apps {

void AttributeArguments::add_to(CLI::App& command) {
  const std::string group = "Gender and age";
  command
      .add_option("--attributes", wanted,
                  "also estimate gender, age or both (gender,age) as faces look; off without it")
      ->delimiter(',')
      ->type_name("LIST")
      ->group(group);
  command.add_option("--attributes-model", model, "the model for that: a name or a file")
      ->type_name("MODEL")
      ->capture_default_str()
      ->group(group);
}

AttributeOptions AttributeArguments::checked() const {
  AttributeOptions options;
  options.model = model;
  for (const auto& attribute : wanted) {
    if (attribute == "gender") {
      options.wanted.gender = true;
    } else if (attribute == "age") {
      options.wanted.age = true;
    } else {
      throw Error(ErrorCode::usage,
                  "--attributes " + attribute + ": give gender, age or gender,age");
    }
  }
  return options;
}

}  // namespace mien::apps
