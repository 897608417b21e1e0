#pragma once

#include <string>

#include "mien/frame_result.h"

namespace mien {

/// A frame result as one line of JSON, without the line's end:
///
///     {"source":"a.jpg","frame":0,"time":0.0,"width":640,"height":480,"faces":[{"track":1,
///      "box":[212,96,138,138],"score":0.99,"expression":"happy","confidence":0.93,
///      "probabilities":{"angry":0.01,...}}]}
///
/// A face whose detector gives landmarks has "landmarks":[[x,y],...] after its score: right eye,
/// left eye, nose, right and left mouth corner, as the person has them, in pixels with one decimal.
/// With attributes a face ends with "attributes":{"gender":{"label":"female","confidence":0.97},
/// "age":34.2}, of which those are there that were asked for; the age is in years.
/// Scores and probabilities have four decimals. Bytes of the source that are not UTF-8 become
/// U+FFFD.
std::string to_json_line(const FrameResult& result);

}  // namespace mien
