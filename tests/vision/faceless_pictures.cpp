#include "faceless_pictures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

namespace mien::test {
namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 480;

cv::Scalar any_colour(cv::RNG& random) {
  return {random.uniform(0.0, 255.0), random.uniform(0.0, 255.0), random.uniform(0.0, 255.0)};
}

cv::Scalar skin(cv::RNG& random) {
  const double light = random.uniform(0.35, 1.0);
  return {light * random.uniform(110.0, 170.0), light * random.uniform(140.0, 190.0),
          light * random.uniform(200.0, 250.0)};
}

cv::Point any_point(cv::RNG& random) {
  return {random.uniform(0, kWidth), random.uniform(0, kHeight)};
}

/// Noise whose grains are `grain` pixels wide.
void draw_noise(cv::Mat& picture, cv::RNG& random, int grain) {
  cv::Mat small(std::max(2, kHeight / grain), std::max(2, kWidth / grain), CV_8UC3);
  random.fill(small, cv::RNG::UNIFORM, 0, 256);
  cv::resize(small, picture, picture.size(), 0, 0, cv::INTER_CUBIC);
}

/// Clouds: noise of many grains.
void draw_clouds(cv::Mat& picture, cv::RNG& random) {
  cv::Mat sum = cv::Mat::zeros(picture.size(), CV_32FC3);
  cv::Mat layer(picture.size(), CV_8UC3);
  double weight = 0.5;
  for (int grain = 160; grain >= 5; grain /= 2, weight *= 0.6) {
    draw_noise(layer, random, grain);
    cv::Mat floats;
    layer.convertTo(floats, CV_32FC3, weight);
    sum += floats;
  }
  sum.convertTo(picture, CV_8UC3);
}

void draw_stripes(cv::Mat& picture, cv::RNG& random) {
  const double angle = random.uniform(0.0, CV_PI);
  const double period = random.uniform(4.0, 60.0);
  const auto first = any_colour(random);
  const auto second = any_colour(random);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const double phase = (x * std::cos(angle) + y * std::sin(angle)) * 2 * CV_PI / period;
      const double share = 0.5 + 0.5 * std::sin(phase);
      auto& pixel = picture.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c) {
        pixel[c] = cv::saturate_cast<uchar>(share * first[c] + (1 - share) * second[c]);
      }
    }
  }
}

void draw_bricks(cv::Mat& picture, cv::RNG& random) {
  picture.setTo(any_colour(random));
  const auto base = any_colour(random);
  const int width = random.uniform(24, 90);
  const int height = random.uniform(12, 45);
  for (int row = 0; row * height < kHeight; ++row) {
    for (int column = -1; column * width < kWidth; ++column) {
      const double light = random.uniform(0.7, 1.2);
      const cv::Point corner(column * width + (row % 2) * width / 2, row * height);
      cv::rectangle(picture, {corner, cv::Size(width - 3, height - 3)}, base * light, cv::FILLED);
    }
  }
}

void draw_shapes(cv::Mat& picture, cv::RNG& random) {
  picture.setTo(any_colour(random));
  for (int i = random.uniform(3, 30); i > 0; --i) {
    const auto colour = any_colour(random);
    const int thickness = random.uniform(0, 3) == 0 ? random.uniform(1, 12) : cv::FILLED;
    switch (random.uniform(0, 4)) {
      case 0:
        cv::rectangle(picture, any_point(random), any_point(random), colour, thickness);
        break;
      case 1:
        cv::ellipse(picture, any_point(random), {random.uniform(5, 120), random.uniform(5, 120)},
                    random.uniform(0.0, 180.0), 0, 360, colour, thickness, cv::LINE_AA);
        break;
      case 2:
        cv::line(picture, any_point(random), any_point(random), colour, random.uniform(1, 20),
                 cv::LINE_AA);
        break;
      default: {
        std::vector<cv::Point> corners;
        for (int corner = random.uniform(3, 7); corner > 0; --corner) {
          corners.push_back(any_point(random));
        }
        cv::fillPoly(picture, std::vector<std::vector<cv::Point>>{corners}, colour, cv::LINE_AA);
      }
    }
  }
}

/// A palm, four fingers and a thumb, open or closed, shaded at their edges.
void draw_hand(cv::Mat& picture, cv::RNG& random) {
  const auto colour = skin(random);
  const auto shade = colour * 0.6;
  const double size = random.uniform(40.0, 130.0);
  const double turn = random.uniform(0.0, 2 * CV_PI);
  const cv::Point2d palm(random.uniform(80, kWidth - 80), random.uniform(80, kHeight - 80));
  const auto place = [&](double across, double up) {
    return cv::Point(cvRound(palm.x + size * (across * std::cos(turn) - up * std::sin(turn))),
                     cvRound(palm.y + size * (across * std::sin(turn) + up * std::cos(turn))));
  };
  const auto finger = [&](cv::Point from, cv::Point to, double width) {
    cv::line(picture, from, to, shade, cvRound(size * width) + 3, cv::LINE_AA);
    cv::line(picture, from, to, colour, cvRound(size * width), cv::LINE_AA);
  };
  const bool is_open = random.uniform(0, 2) == 0;
  cv::line(picture, place(0, 0.3), place(0, 2.5), colour, cvRound(size * 0.8), cv::LINE_AA);
  for (int i = 0; i < 4; ++i) {
    const double across = -0.42 + 0.28 * i;
    const double length = (is_open ? 1.1 : 0.5) - 0.12 * std::abs(i - 1.4);
    finger(place(across, -0.3), place(across * (is_open ? 1.7 : 1.05), -0.3 - length), 0.24);
  }
  cv::ellipse(picture, place(0, 0), {cvRound(size * 0.6), cvRound(size * 0.65)}, turn * 180 / CV_PI,
              0, 360, colour, cv::FILLED, cv::LINE_AA);
  finger(place(0.5, 0.1), place(1.05, -0.4), 0.26);
}

void draw_hands(cv::Mat& picture, cv::RNG& random) {
  picture.setTo(any_colour(random));
  if (random.uniform(0, 2) == 0) draw_clouds(picture, random);
  for (int i = random.uniform(1, 4); i > 0; --i) draw_hand(picture, random);
  cv::GaussianBlur(picture, picture, {0, 0}, random.uniform(0.5, 2.0));
}

/// Sky, hills, trees.
void draw_landscape(cv::Mat& picture, cv::RNG& random) {
  draw_clouds(picture, random);
  cv::Mat sky(picture.size(), CV_8UC3, cv::Scalar(220, 180, 120));
  cv::addWeighted(picture, 0.25, sky, 0.75, 0, picture);
  for (int hill = 0; hill < 4; ++hill) {
    const double base = 200 + 60 * hill;
    const double phase = random.uniform(0.0, 6.0);
    const double length = random.uniform(60.0, 200.0);
    const cv::Scalar colour(random.uniform(20, 90), random.uniform(70, 160),
                            random.uniform(30, 110));
    for (int x = 0; x < kWidth; ++x) {
      const int top = cvRound(base + 30 * std::sin(x / length + phase) + random.uniform(-2, 3));
      cv::line(picture, {x, top}, {x, kHeight}, colour);
    }
  }
  for (int tree = random.uniform(2, 9); tree > 0; --tree) {
    const cv::Point foot(random.uniform(0, kWidth), random.uniform(300, kHeight));
    const int size = random.uniform(15, 60);
    cv::line(picture, foot, foot - cv::Point(0, 2 * size), {40, 60, 90}, size / 4 + 1);
    cv::circle(picture, foot - cv::Point(0, 2 * size), size,
               cv::Scalar(random.uniform(20, 60), random.uniform(80, 150), 40), cv::FILLED);
  }
}

void draw_text(cv::Mat& picture, cv::RNG& random) {
  picture.setTo(cv::Scalar::all(random.uniform(180, 256)));
  const auto ink = cv::Scalar::all(random.uniform(0, 90));
  const double scale = random.uniform(0.4, 1.6);
  for (int y = 30; y < kHeight; y += cvRound(32 * scale)) {
    std::string line;
    for (int i = random.uniform(5, 60); i > 0; --i) {
      line += static_cast<char>(random.uniform('A', 'z'));
    }
    cv::putText(picture, line, {20, y}, random.uniform(0, 8), scale, ink, 1 + cvRound(scale),
                cv::LINE_AA);
  }
}

using Draw = std::function<void(cv::Mat&, cv::RNG&)>;

const std::array<Draw, 10> kKinds = {
    [](cv::Mat& picture, cv::RNG& random) { draw_noise(picture, random, 1); },
    [](cv::Mat& picture, cv::RNG& random) { draw_noise(picture, random, random.uniform(2, 40)); },
    draw_clouds,
    draw_stripes,
    draw_bricks,
    draw_shapes,
    draw_hands,
    draw_landscape,
    draw_text,
    [](cv::Mat& picture, cv::RNG& random) {
      draw_shapes(picture, random);
      draw_hand(picture, random);
    }};

}  // namespace

Image faceless_picture(int index) {
  cv::RNG random(static_cast<std::uint64_t>(index) * 7919 + 17);
  Image image(kWidth, kHeight, PixelFormat::bgr);
  cv::Mat picture(kHeight, kWidth, CV_8UC3, image.pixels().data());
  kKinds[static_cast<std::size_t>(index) % kKinds.size()](picture, random);
  return image;
}

}  // namespace mien::test
