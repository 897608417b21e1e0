#include "train/detection/detection_loss.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

#include "core/face_grid.h"

namespace mien::train {
namespace {

using torch::Tensor;
using torch::indexing::Slice;

constexpr std::int64_t kLandmarkValues = 10;
constexpr double kLandmarkBeta = 0.02;  ///< of a face's size: below, the loss is square

/// What the cells of a batch are to learn, side by side.
struct Targets {
  Tensor known;      ///< N x cells, 0 or 1
  Tensor quality;    ///< N x cells
  Tensor cells;      ///< P: which of the N x cells learn a face
  Tensor geometry;   ///< P x 3: x, y and stride of the cell
  Tensor boxes;      ///< P x 4: left, top, right, bottom
  Tensor weights;    ///< P: of the box's loss
  Tensor landmarks;  ///< P x 10
  Tensor marked;     ///< P: 1 where there are landmarks
};

void write_target(const TargetFace& face, const GridCells::Cell& cell, std::int64_t row,
                  const CellTarget& target, Targets& targets) {
  float* geometry = targets.geometry.data_ptr<float>() + 3 * row;
  geometry[0] = cell.x;
  geometry[1] = cell.y;
  geometry[2] = cell.stride;
  float* box = targets.boxes.data_ptr<float>() + 4 * row;
  box[0] = face.left;
  box[1] = face.top;
  box[2] = face.right;
  box[3] = face.bottom;
  targets.weights.data_ptr<float>()[row] = target.quality * face.box_weight;
  if (!face.landmarks) return;
  targets.marked.data_ptr<float>()[row] = 1;
  float* values = targets.landmarks.data_ptr<float>() + kLandmarkValues * row;
  for (const auto& point : *face.landmarks) {
    *values++ = point.x;
    *values++ = point.y;
  }
}

Targets make_targets(const GridCells& cells, const Tensor& outputs, std::span<const Scene> scenes) {
  const auto count = static_cast<std::int64_t>(scenes.size());
  const auto size = static_cast<std::int64_t>(cells.size());
  const auto values = cells.size() * FaceGrid::kPlanes;
  Targets targets;
  targets.known = torch::empty({count, size});
  targets.quality = torch::zeros({count, size});
  std::vector<std::vector<CellTarget>> assigned(scenes.size());
  at::parallel_for(0, count, 1, [&](std::int64_t first, std::int64_t last) {
    for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
      const std::span<const float> said(outputs.data_ptr<float>() + i * values, values);
      assigned[i] = assign(cells, said, scenes[i].faces);
      mark_known(cells, scenes[i],
                 {targets.known.data_ptr<float>() + i * cells.size(), cells.size()});
    }
  });
  std::int64_t faces = 0;
  for (const auto& list : assigned) faces += static_cast<std::int64_t>(list.size());
  targets.cells = torch::empty({faces}, torch::kLong);
  targets.geometry = torch::empty({faces, 3});
  targets.boxes = torch::empty({faces, 4});
  targets.weights = torch::empty({faces});
  targets.landmarks = torch::zeros({faces, kLandmarkValues});
  targets.marked = torch::zeros({faces});
  std::int64_t row = 0;
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    for (const auto& target : assigned[i]) {
      const auto place = i * cells.size() + target.cell;
      targets.cells.data_ptr<std::int64_t>()[row] = static_cast<std::int64_t>(place);
      targets.quality.data_ptr<float>()[place] = target.quality;
      targets.known.data_ptr<float>()[place] = 1;
      write_target(scenes[i].faces[target.face], cells[target.cell], row++, target, targets);
    }
  }
  return targets;
}

Targets on(const torch::Device& device, Targets targets) {
  for (auto* tensor : {&targets.known, &targets.quality, &targets.cells, &targets.geometry,
                       &targets.boxes, &targets.weights, &targets.landmarks, &targets.marked}) {
    *tensor = tensor->to(device);
  }
  return targets;
}

/// P x 4: the boxes that cells say.
Tensor said_boxes(const Tensor& said, const Tensor& geometry) {
  const auto stride = geometry.index({Slice(), Slice(2, 3)});
  const auto centre =
      geometry.index({Slice(), Slice(0, 2)}) + said.index({Slice(), Slice(1, 3)}) * stride;
  const auto half = 0.5 * said.index({Slice(), Slice(3, 5)}).clamp_max(8).exp() * stride;
  return torch::cat({centre - half, centre + half}, 1);
}

/// 1 - IoU, and how far centres, widths and heights are apart in sizes of the box around both.
Tensor efficient_iou_loss(const Tensor& a, const Tensor& b) {
  constexpr double kTiny = 1e-6;
  const auto near = Slice(0, 2);
  const auto far = Slice(2, 4);
  const auto part = [](const Tensor& boxes, const Slice& slice) {
    return boxes.index({Slice(), slice});
  };
  const auto shared =
      (torch::minimum(part(a, far), part(b, far)) - torch::maximum(part(a, near), part(b, near)))
          .clamp_min(0)
          .prod(1);
  const auto size_a = part(a, far) - part(a, near);
  const auto size_b = part(b, far) - part(b, near);
  const auto iou = shared / (size_a.prod(1) + size_b.prod(1) - shared + kTiny);
  const auto around =
      torch::maximum(part(a, far), part(b, far)) - torch::minimum(part(a, near), part(b, near));
  const auto around_squared = around.square();
  const auto apart = 0.5 * (part(a, near) + part(a, far) - part(b, near) - part(b, far));
  return 1 - iou + apart.square().sum(1) / (around_squared.sum(1) + kTiny) +
         ((size_a - size_b).square() / (around_squared + kTiny)).sum(1);
}

Tensor landmarks_loss(const Tensor& said, const Targets& targets) {
  const auto stride = targets.geometry.index({Slice(), Slice(2, 3)});
  const auto points = targets.geometry.index({Slice(), Slice(0, 2)}).repeat({1, 5}) +
                      said.index({Slice(), Slice(5, 15)}) * stride;
  const auto size =
      (targets.boxes.index({Slice(), Slice(2, 4)}) - targets.boxes.index({Slice(), Slice(0, 2)}))
          .prod(1, true)
          .sqrt();
  const auto distance = torch::smooth_l1_loss(points / size, targets.landmarks / size,
                                              at::Reduction::None, kLandmarkBeta)
                            .mean(1);
  return (distance * targets.marked).sum() / targets.marked.sum().clamp_min(1);
}

}  // namespace

Tensor joined_grids(const std::vector<Tensor>& grids) {
  std::vector<Tensor> rows;
  for (const auto& grid : grids) {
    rows.push_back(grid.permute({0, 2, 3, 1}).reshape({grid.size(0), -1, FaceGrid::kPlanes}));
  }
  return torch::cat(rows, 1).to(torch::kFloat).contiguous();
}

DetectionLoss::Parts DetectionLoss::operator()(const Tensor& outputs,
                                               std::span<const Scene> scenes) const {
  const auto targets =
      on(outputs.device(), make_targets(cells_, outputs.detach().to(torch::kCPU), scenes));
  const auto logits = outputs.index({Slice(), Slice(), 0});
  const auto entropy =
      torch::binary_cross_entropy_with_logits(logits, targets.quality, {}, {}, at::Reduction::None);
  const auto wrong = (targets.quality - torch::sigmoid(logits)).square();
  const auto score = (entropy * wrong * targets.known).sum() / targets.quality.sum().clamp_min(1);

  Parts parts;
  parts.total = score;
  parts.score = score.item<double>();
  if (targets.cells.size(0) == 0) return parts;
  const auto said = outputs.view({-1, FaceGrid::kPlanes}).index_select(0, targets.cells);
  const auto box =
      (efficient_iou_loss(said_boxes(said, targets.geometry), targets.boxes) * targets.weights)
          .sum() /
      targets.weights.sum().clamp_min(1);
  const auto landmarks = landmarks_loss(said, targets);
  parts.total = score + options_.box * box + options_.landmarks * landmarks;
  parts.box = box.item<double>();
  parts.landmarks = landmarks.item<double>();
  return parts;
}

}  // namespace mien::train
