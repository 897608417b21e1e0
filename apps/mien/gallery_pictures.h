#pragma once

#include <filesystem>

#include "server/gallery.h"

namespace mien::apps {

/// Sample pictures for `mien serve --gallery`: the training faces of fer2013.csv, or those of a
/// folder with LABEL/* or SPLIT/LABEL/*, chosen evenly; large ones are scaled down. Those that
/// cannot be read are passed over. Throws Error: input when there is no picture, model as the
/// readers of data sets do.
server::Gallery read_gallery(const std::filesystem::path& data);

}  // namespace mien::apps
