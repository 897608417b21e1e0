#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "history/session_view.h"
#include "output/report/share_chart.h"

namespace mien {

/// A moment that is marked in a session's charts; its text is a number that stands in a table.
using Moments = std::vector<ShareFlag>;

/// HTML: the shares over the session with a key to the colours, and their numbers, folded away.
/// What is lacking to the whole height is the time without a face.
std::string time_line(const SessionView& view, const Participant& participant,
                      const Moments& moments);

/// The same of a class, where the height is that of all who were seen.
std::string group_line(const SessionView& view, const Moments& moments);

/// Of the class over its session.
Shares group_shares(const SessionView& view);
/// Participants on average, where the group is shown.
double group_size(const SessionView& view);

/// Heads and cells of a table, in the expressions' order. Whole percents: less means nothing.
std::string column_head(std::string_view text);
std::string expression_heads();
std::string share_cells(std::span<const double> shares);

}  // namespace mien
