#include "augmentation_option.h"

#include <CLI/CLI.hpp>

#include "mien/error.h"

namespace mien::apps {

void AugmentationOption::add_to(CLI::App& command, const std::string& group) {
  auto* option =
      command
          .add_option("--tta", name,
                      "test-time augmentation, the mean over several views of each face: none; "
                      "flip (2: as it is and mirrored); ten-crop (10: corners, centre, mirrored). "
                      "A little more often right, and as many times as long")
          ->type_name("VIEWS")
          ->capture_default_str();
  if (!group.empty()) option->group(group);
}

TestTimeAugmentation AugmentationOption::value() const {
  if (const auto augmentation = test_time_augmentation_from_name(name)) return *augmentation;
  throw Error(ErrorCode::usage, "--tta " + name + ": give none, flip or ten-crop");
}

}  // namespace mien::apps
