#include "made_detection.h"

#include <cstdio>
// jpeglib.h needs <cstdio> before it.
#include <jpeglib.h>

#include <cstdint>
#include <cstdlib>
#include <random>
#include <vector>

#include "made_dataset.h"

namespace mien::test {
namespace {

constexpr int kWidth = 128;
constexpr int kHeight = 96;

struct Drawing {
  std::vector<std::uint8_t> gray = std::vector<std::uint8_t>(kWidth * kHeight);

  void ellipse(int x, int y, int radius_x, int radius_y, std::uint8_t level) {
    for (int row = y - radius_y; row <= y + radius_y; ++row) {
      for (int column = x - radius_x; column <= x + radius_x; ++column) {
        const int dx = (column - x) * radius_y;
        const int dy = (row - y) * radius_x;
        if (row < 0 || row >= kHeight || column < 0 || column >= kWidth) continue;
        if (dx * dx + dy * dy > radius_x * radius_x * radius_y * radius_y) continue;
        gray[static_cast<std::size_t>(row * kWidth + column)] = level;
      }
    }
  }

  void face(int x, int y, int size) {
    ellipse(x, y, size * 2 / 5, size / 2, 230);
    ellipse(x - size / 5, y - size / 8, size / 12 + 1, size / 12 + 1, 20);
    ellipse(x + size / 5, y - size / 8, size / 12 + 1, size / 12 + 1, 20);
    ellipse(x, y + size / 4, size / 6, size / 16 + 1, 20);
  }
};

std::string as_jpeg(std::vector<std::uint8_t>& gray, int width, int height) {
  jpeg_error_mgr errors{};
  jpeg_compress_struct codec{};
  codec.err = jpeg_std_error(&errors);
  jpeg_create_compress(&codec);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&codec, &bytes, &size);
  codec.image_width = static_cast<JDIMENSION>(width);
  codec.image_height = static_cast<JDIMENSION>(height);
  codec.input_components = 1;
  codec.in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults(&codec);
  jpeg_start_compress(&codec, TRUE);
  for (int y = 0; y < height; ++y) {
    JSAMPROW row = gray.data() + static_cast<std::ptrdiff_t>(y) * width;
    jpeg_write_scanlines(&codec, &row, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  std::string text(reinterpret_cast<const char*>(bytes), size);
  std::free(bytes);  // NOLINT: libjpeg's malloc
  return text;
}

std::string as_jpeg(Drawing& drawing) { return as_jpeg(drawing.gray, kWidth, kHeight); }

Drawing background(std::mt19937& random) {
  Drawing drawing;
  for (auto& level : drawing.gray) level = static_cast<std::uint8_t>(60 + random() % 60);
  return drawing;
}

}  // namespace

void write_jpeg(const std::filesystem::path& path, int width, int height) {
  const auto size = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  write_jpeg(path, std::vector<std::uint8_t>(size), width, height);
}

void write_jpeg(const std::filesystem::path& path, std::vector<std::uint8_t> gray, int width,
                int height) {
  write_text(path, as_jpeg(gray, width, height));
}

void write_made_detection(const std::filesystem::path& folder, int pictures, int faces) {
  std::mt19937 random(4);
  const auto any = [&random](int lowest, int highest) {
    return lowest + static_cast<int>(random() % static_cast<unsigned>(highest - lowest + 1));
  };
  const auto images = folder / "wider" / "WIDER_train" / "images" / "0--Drawn";
  std::filesystem::create_directories(images);
  std::string annotation;
  for (int i = 0; i < pictures; ++i) {
    auto drawing = background(random);
    const int size = any(24, 60);
    const int x = any(size / 2, kWidth - size / 2 - 1);
    const int y = any(size / 2, kHeight - size / 2 - 1);
    drawing.face(x, y, size);
    const auto name = "0--Drawn/" + std::to_string(i) + ".jpg";
    write_text(images / (std::to_string(i) + ".jpg"), as_jpeg(drawing));
    annotation += name + "\n1\n" + std::to_string(x - size * 2 / 5) + " " +
                  std::to_string(y - size / 2) + " " + std::to_string(size * 4 / 5) + " " +
                  std::to_string(size) + " 0 0 0 0 0 0 \n";
  }
  write_text(folder / "wider" / "wider_face_train_bbx_gt.txt", annotation);

  const auto crops = folder / "face_landmarks" / "images";
  std::filesystem::create_directories(crops);
  std::string rows =
      "image,x,y,width,height,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,"
      "mouth_left_x,mouth_left_y,mouth_right_x,mouth_right_y\n";
  for (int i = 0; i < faces; ++i) {
    auto drawing = background(random);
    const int size = any(40, 60);
    drawing.face(64, 48, size);
    const auto name = std::to_string(i) + ".jpg";
    write_text(crops / name, as_jpeg(drawing));
    const auto number = [](int value) { return "," + std::to_string(value); };
    rows += name + number(64 - size / 3) + number(48 - size / 4) + number(size * 2 / 3) +
            number(size * 2 / 3);
    for (const auto& [x, y] :
         {std::pair(-size / 5, -size / 8), std::pair(size / 5, -size / 8), std::pair(0, 0),
          std::pair(-size / 6, size / 4), std::pair(size / 6, size / 4)}) {
      rows += number(64 + x) + number(48 + y);
    }
    rows += "\n";
  }
  write_text(folder / "face_landmarks" / "landmarks.csv", rows);
}

std::string made_detection_recipe(int epochs, const std::string& scene) {
  return "name = \"made\"\ntask = \"detection\"\nseed = 3\n"
         "[architecture]\nname = \"separable_pyramid\"\nwidth = 8\n"
         "[scene]\nsize = 64\n" +
         scene +
         "[optimiser]\nname = \"adamw\"\nlearning_rate = 0.01\n"
         "[training]\nprecision = \"float32\"\nbatch_size = 4\naverage_decay = 0.9\n"
         "validate_every = 2\nepochs = " +
         std::to_string(epochs) + "\n";
}

}  // namespace mien::test
