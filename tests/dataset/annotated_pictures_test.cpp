#include "dataset/annotated_pictures.h"

#include <gmock/gmock.h>

#include <limits>

namespace mien {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int kWidth = 100;
constexpr int kHeight = 80;

MarkedFace face_at(float x, float y, float width, float height, std::size_t line = 1) {
  return {x, y, width, height, true, std::nullopt, line};
}

TEST(AnnotatedPictures, CutsFacesToThePicture) {
  MarkedPicture picture{"a.png", {face_at(-5, -5, 20, 20), face_at(90, 70, 15, 15)}, true};
  EXPECT_THAT(cut_faces(picture, kWidth, kHeight), IsEmpty());
  EXPECT_TRUE(picture.all_marked);
  const auto faces = annotated_faces(picture, 1, 1);
  EXPECT_THAT(faces, ElementsAre(testing::Field(&AnnotatedFace::box, Box{0, 0, 15, 15}),
                                 testing::Field(&AnnotatedFace::box, Box{90, 70, 10, 10})));
}

TEST(AnnotatedPictures, TakesOutFacesThatAreMostlyOutside) {
  MarkedPicture picture{"a.png",
                        {face_at(1, 2, 3, 4, 3), face_at(100, 5, 9, 9, 4), face_at(98, 5, 9, 9, 5),
                         face_at(97, 5, 9, 9, 6)},
                        true};
  EXPECT_THAT(cut_faces(picture, kWidth, kHeight),
              ElementsAre(HasSubstr("line 4: a face outside of the picture"),
                          HasSubstr("line 5: a face of which less than a third")));
  EXPECT_THAT(picture.faces, SizeIs(2));
  EXPECT_FALSE(picture.all_marked);
}

TEST(AnnotatedPictures, OfAnUnknownSizeTheUpperAndTheLeftEdgeAreKnown) {
  constexpr float kUnknown = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(complaint_about(face_at(5000, 5000, 9, 9), kUnknown, kUnknown));
  EXPECT_TRUE(complaint_about(face_at(-9, 5, 9, 9), kUnknown, kUnknown));
  EXPECT_TRUE(complaint_about(face_at(5, -8, 9, 9), kUnknown, kUnknown));
}

}  // namespace
}  // namespace mien
