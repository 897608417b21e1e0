#pragma once

#include <string_view>

namespace mien::apps {

/// Says it on a line of standard error of its own, also where a progress bar stands. From any
/// thread.
void say(std::string_view line);

/// While it lives, standard error is say()'s alone. What libraries write there is dropped, such as
/// libjpeg's words about damaged pictures, with which strangers could fill a server's log; so are a
/// crash's last words, but not its exit status. One at a time, made and ended while nobody says
/// anything.
class StandardErrorForUs {
 public:
  StandardErrorForUs();
  StandardErrorForUs(const StandardErrorForUs&) = delete;
  StandardErrorForUs& operator=(const StandardErrorForUs&) = delete;
  ~StandardErrorForUs();
};

}  // namespace mien::apps
