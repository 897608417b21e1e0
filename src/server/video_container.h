#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace mien::server {

/// Whether a file begins as one of the containers of video do: MP4, MOV, Matroska, WebM, AVI, MPEG,
/// Ogg, FLV, ASF, raw H.264 and MJPEG, Y4M, GIF. What FFmpeg takes for a video beyond that are
/// above all playlists, by which an upload would have the server's own files shown.
bool begins_as_video(std::string_view bytes);

/// What FFmpeg calls the formats of these, as FrameSourceOptions::formats takes them: a file that
/// begins as one of them is taken for none of the others.
inline constexpr std::string_view kVideoFormats =
    "mov,matroska,avi,ogg,flv,asf,mpeg,mpegvideo,mpegts,m4v,h264,hevc,mjpeg,jpeg_pipe,"
    "yuv4mpegpipe,gif";

/// How many of its first bytes that takes.
inline constexpr std::size_t kContainerBytes = 256;

/// Throws Error (input) for a file that does not begin so, under the name given.
void check_is_video(const std::filesystem::path& file, const std::string& name);

}  // namespace mien::server
