#include "server/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "mien/error.h"
#include "test_pictures.h"

namespace mien::server {
namespace {

using testing::HasSubstr;

const std::string kType = "multipart/form-data; boundary=XyZ";

std::string part(const std::string& disposition, const std::string& bytes,
                 const std::string& more = "") {
  return "--XyZ\r\nContent-Disposition: form-data; " + disposition + "\r\n" + more + "\r\n" +
         bytes + "\r\n";
}

std::string file_part(const std::string& bytes, const std::string& name = "a.png") {
  return part("name=\"file\"; filename=\"" + name + "\"", bytes, "Content-Type: image/png\r\n");
}

const std::string kEnd = "--XyZ--\r\n";

std::string refusal(const std::string& body, const std::string& type = kType) {
  try {
    read_multipart(body, type);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::input);
    return error.what();
  }
  return "taken";
}

TEST(Multipart, KnowsItsContentType) {
  EXPECT_TRUE(is_multipart("multipart/form-data; boundary=a"));
  EXPECT_TRUE(is_multipart("Multipart/Form-Data"));
  EXPECT_FALSE(is_multipart("multipart/mixed; boundary=a"));
  EXPECT_FALSE(is_multipart("video/mp4"));
  EXPECT_FALSE(is_multipart(""));
}

TEST(Multipart, GivesTheFileAndPassesOverFields) {
  const auto file = read_multipart(
      part("name=\"model\"", "mien-base") + file_part("\r\n--Xy\r\nbytes") + kEnd, kType);
  EXPECT_EQ(file.name, "a.png");
  EXPECT_EQ(file.bytes, "\r\n--Xy\r\nbytes");
}

TEST(Multipart, TakesWhatTheStandardAllows) {
  const auto padded = read_multipart(
      "a preamble\r\n--a b \t\r\ncontent-DISPOSITION:form-data; name=f; filename=b.png\r\n\r\nx"
      "\r\n--a b--an epilogue\r\n--a b\r\n",
      "multipart/form-data; charset=utf-8; boundary=\"a b\"");
  EXPECT_EQ(padded.name, "b.png");
  EXPECT_EQ(padded.bytes, "x");
  EXPECT_EQ(read_multipart(part("name=f; filename*=UTF-8''%41.png", "x") + kEnd, kType).name, "");
}

TEST(Multipart, TheNameIsShownAndNoPath) {
  const auto name = [](const std::string& written) {
    return read_multipart(file_part("x", written) + kEnd, kType).name;
  };
  EXPECT_EQ(name("../../etc/passwd"), "passwd");
  EXPECT_EQ(name("C:\\temp\\new.png"), "new.png");
  EXPECT_EQ(name("a\\\"b%22c.png"), "a\"b\"c.png");
  EXPECT_EQ(name("a%0D%0Ab;c=d.png"), "ab;c=d.png");
  EXPECT_EQ(name(".."), "");
  EXPECT_EQ(name(""), "");
}

TEST(Multipart, RefusesABodyWithoutASoundBoundary) {
  const auto body = file_part("x") + kEnd;
  EXPECT_THAT(refusal(body, "multipart/form-data"), HasSubstr("no boundary"));
  EXPECT_THAT(refusal(body, "multipart/form-data; boundary="), HasSubstr("no boundary"));
  EXPECT_THAT(refusal(body, "multipart/form-data; boundary=\"XyZ"), HasSubstr("quote"));
  EXPECT_THAT(refusal(body, "multipart/form-data; boundary=a; boundary=XyZ"), HasSubstr("twice"));
  EXPECT_THAT(refusal(body, "multipart/form-data; boundary=" + std::string(71, 'a')),
              HasSubstr("1 to 70"));
  EXPECT_THAT(refusal(body, "multipart/form-data; boundary=\"a\nb\""), HasSubstr("1 to 70"));
  EXPECT_THAT(refusal(body, "multipart/form-data; boundary=other"), HasSubstr("cut off"));
  EXPECT_THAT(refusal(std::string(5000, 'x') + body), HasSubstr("begin with its boundary"));
}

TEST(Multipart, RefusesABodyThatIsCutOffAnywhere) {
  const auto body = part("name=\"model\"", "m") + file_part("some bytes") + "--XyZ--";
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_THAT(refusal(body.substr(0, size)), HasSubstr("cut off")) << size;
  }
  EXPECT_EQ(refusal(body), "taken");
}

TEST(Multipart, RefusesNoFileAnEmptyOneAndSeveral) {
  EXPECT_THAT(refusal(part("name=\"a\"", "text") + kEnd), HasSubstr("no file"));
  EXPECT_THAT(refusal(kEnd), HasSubstr("no file"));
  EXPECT_THAT(refusal(file_part("") + kEnd), HasSubstr("empty file"));
  EXPECT_THAT(refusal(file_part("a") + file_part("b") + kEnd), HasSubstr("several files"));
}

TEST(Multipart, RefusesPartsThatAreNotWellFormed) {
  const auto with = [](const std::string& headers) {
    return refusal("--XyZ\r\n" + headers + "\r\n\r\nx\r\n" + kEnd);
  };
  const std::string disposition = "Content-Disposition: form-data; name=f; filename=f";
  EXPECT_EQ(with(disposition), "taken");
  EXPECT_THAT(with("Content-Type: image/png"), HasSubstr("no Content-Disposition"));
  EXPECT_THAT(with(""), HasSubstr("no Content-Disposition"));
  EXPECT_THAT(with("Content-Disposition: attachment; filename=f"), HasSubstr("no form-data"));
  EXPECT_THAT(with(disposition + "\r\n" + disposition), HasSubstr("twice"));
  EXPECT_THAT(with(disposition + "\r\n folded: x"), HasSubstr("header is none"));
  EXPECT_THAT(with(disposition + "\r\nnothing"), HasSubstr("header is none"));
  EXPECT_THAT(with("Content-Disposition: form-data; name"), HasSubstr("no value"));
  EXPECT_THAT(with("Content-Disposition: form-data; name=\"a\"b"), HasSubstr("behind"));
  EXPECT_THAT(with(disposition + "\r\nContent-Transfer-Encoding: base64"), HasSubstr("encodes"));
  EXPECT_THAT(with(disposition + "\r\nContent-Type: multipart/mixed; boundary=b"),
              HasSubstr("another multipart"));
  EXPECT_THAT(refusal(file_part("x\r\n--XyZzy") + kEnd), HasSubstr("inside a part"));
}

TEST(Multipart, RefusesWhatIsOverItsLimits) {
  EXPECT_THAT(refusal("--XyZ\r\nX: " + std::string(9000, 'x') + "\r\n\r\n"), HasSubstr("8 KB"));
  EXPECT_THAT(refusal("--XyZ\r\nX: " + std::string(1U << 20U, 'x')), HasSubstr("8 KB"));
  EXPECT_THAT(refusal("--XyZ" + std::string(1000, ' ')), HasSubstr("does not end"));
  std::string many;
  for (int i = 0; i < 33; ++i) many += part("name=a", "x");
  EXPECT_THAT(refusal(many + file_part("x") + kEnd), HasSubstr("32 parts"));
}

/// Bytes that are full of almost-boundaries, and hold none.
std::string tricky_bytes(std::size_t size) {
  std::mt19937 random(1);
  std::string bytes;
  while (bytes.size() < size) {
    bytes += std::string("\r\n--XyZ").substr(0, random() % 7);
    const auto byte = static_cast<char>(random());
    bytes += byte == 'Z' ? 'z' : byte;
  }
  return bytes;
}

TEST(Multipart, IsTheSameInPiecesOfAnySize) {
  const auto bytes = tricky_bytes(3000);
  const auto body = part("name=\"a\"", "text") + file_part(bytes) + kEnd;
  for (const std::size_t size : {1U, 2U, 3U, 7U, 64U, 1000U}) {
    std::string found;
    MultipartReader reader(kType, [&](std::string_view piece) { found += piece; });
    for (std::size_t at = 0; at < body.size(); at += size) reader.read(body.substr(at, size));
    EXPECT_EQ(reader.finish(), "a.png");
    EXPECT_EQ(found, bytes) << size;
  }
}

class MultipartFileTest : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& bytes) const {
    return folder_.write("body", {bytes.begin(), bytes.end()});
  }
  std::filesystem::path into() const { return folder_.path() / "file"; }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(MultipartFileTest, IsTakenOutOfABodyOnDisk) {
  const auto bytes = tricky_bytes(300'000);
  const auto body = write(file_part(bytes, "clip.mp4") + kEnd);
  EXPECT_EQ(extract_multipart(body, kType, into()), "clip.mp4");
  std::ifstream file(into(), std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), bytes);
}

TEST_F(MultipartFileTest, FailsWhenItIsStoppedOrTheDiskIsFull) {
  const auto body = write(file_part(tricky_bytes(300'000)) + kEnd);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(extract_multipart(body, kType, into(), stop.get_token()), Error);
  EXPECT_THROW(extract_multipart(body, kType, "/dev/full"), Error);
}

}  // namespace
}  // namespace mien::server
