// The least that a program with OpenCV takes: it links the modules that mien links, and reads a
// picture. What `mien analyze` on a small picture is measured against.
#include <cstdio>
#include <opencv2/dnn.hpp>
#include <opencv2/highgui.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <opencv2/videoio.hpp>

namespace {

/// Never called; the linker must not leave the modules out.
void use_all(cv::Mat& picture) {
  cv::cvtColor(picture, picture, cv::COLOR_BGR2GRAY);
  cv::imshow("", picture);
  cv::CascadeClassifier("").empty();
  cv::VideoCapture("").isOpened();
  cv::dnn::Net().empty();
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  cv::Mat picture = cv::imread(arguments[1]);
  std::printf("%d x %d\n", picture.cols, picture.rows);
  if (count > 100) use_all(picture);
}
