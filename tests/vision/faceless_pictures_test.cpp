#include "faceless_pictures.h"

#include <gtest/gtest.h>

#include "mien/face_detector.h"

namespace mien {
namespace {

TEST(FacelessPictures, HoldNoFaceForTheDefaultDetector) {
  constexpr int kPictures = 200;
  const auto detector = make_face_detector();
  int without = 0;
  for (int i = 0; i < kPictures; ++i) {
    without += detector->detect(test::faceless_picture(i).view()).empty() ? 1 : 0;
  }
  RecordProperty("pictures_without_a_finding", without);
  EXPECT_GE(without, 195);
}

}  // namespace
}  // namespace mien
