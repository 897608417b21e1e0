// Loss, optimisers, schedules, average and early stopping.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "dataset/fer2013.h"
#include "mien/error.h"
#include "train/early_stopping.h"
#include "train/loss.h"
#include "train/moving_average.h"
#include "train/optimiser.h"
#include "train/schedule.h"

namespace mien::train {
namespace {

Fer2013 faces_of(std::initializer_list<Expression> labels) {
  Fer2013 dataset;
  for (const auto label : labels) dataset.add({}, label, std::nullopt);
  return dataset;
}

ExpressionNetwork::Outputs some_outputs() {
  torch::manual_seed(1);
  return {torch::randn({5, 7}), torch::randn({5, 8})};
}

const torch::Tensor kTargets = torch::tensor({0, 3, 6, 3, 1});

torch::Tensor one_hot_labels() { return torch::eye(7).index_select(0, kTargets); }

AugmentedBatch targets(const torch::Tensor& labels, const torch::Tensor& votes = {},
                       const torch::Tensor& answers = {}) {
  return {{}, labels, votes, answers};
}

TEST(Loss, IsCrossEntropyWithSmoothing) {
  const auto dataset = faces_of({Expression::happy});
  const auto outputs = some_outputs();
  for (const double smoothing : {0.0, 0.1}) {
    const auto value =
        Loss({.label_smoothing = smoothing}, {}, dataset)(outputs, targets(one_hot_labels()));
    const auto expected = torch::nn::functional::cross_entropy(
        outputs.logits, kTargets,
        torch::nn::functional::CrossEntropyFuncOptions().label_smoothing(smoothing));
    EXPECT_NEAR(value.item<double>(), expected.item<double>(), 1e-5);
  }
}

TEST(Loss, BalancedWeightsCountRareClassesMore) {
  const auto dataset =
      faces_of({Expression::happy, Expression::happy, Expression::happy, Expression::disgust});
  const Loss loss({.class_weights = "balanced"}, {}, dataset);
  const ExpressionNetwork::Outputs flat{torch::zeros({1, 7}), torch::zeros({1, 8})};
  const auto of = [&](int label) {
    return loss(flat, targets(torch::eye(7).slice(0, label, label + 1))).item<double>();
  };
  EXPECT_NEAR(of(3), std::log(7.0) * 4 / (2 * 3), 1e-5);
  EXPECT_NEAR(of(1), std::log(7.0) * 4 / (2 * 1), 1e-5);
}

TEST(Loss, VotesAreASecondTarget) {
  const auto dataset = faces_of({Expression::happy});
  const auto outputs = some_outputs();
  auto votes = torch::full({5, 8}, 0.125);
  votes[4].zero_();  // nobody voted for an expression
  const auto plain =
      Loss({}, {}, dataset)(outputs, targets(one_hot_labels(), votes)).item<double>();
  const auto with =
      Loss({.votes_weight = 2}, {}, dataset)(outputs, targets(one_hot_labels(), votes));
  const auto expected = -torch::log_softmax(outputs.votes, 1).mean(1).slice(0, 0, 4).sum() / 5;
  EXPECT_NEAR(with.item<double>() - plain, 2 * expected.item<double>(), 1e-5);
}

TEST(Loss, TeachersAnswersAreMixedWithTheLabels) {
  const auto dataset = faces_of({Expression::happy});
  const auto outputs = some_outputs();
  const auto answers = torch::softmax(torch::randn({5, 7}), 1);
  const auto labels = Loss({}, {}, dataset)(outputs, targets(one_hot_labels())).item<double>();
  // Softened by the temperature, and as strong as before (Hinton et al., 2015).
  const auto softened = torch::softmax(answers.log() / 3, 1);
  const auto difference = -(softened * torch::log_softmax(outputs.logits / 3, 1)).sum(1);
  const auto mixed = Loss({}, {.weight = 0.75, .temperature = 3}, dataset)(
      outputs, targets(one_hot_labels(), {}, answers));
  EXPECT_NEAR(mixed.item<double>(), 0.25 * labels + 0.75 * 9 * difference.mean().item<double>(),
              1e-5);
  const auto alone =
      Loss({}, {.weight = 1, .temperature = 1}, dataset)(outputs, targets({}, {}, answers));
  EXPECT_NEAR(alone.item<double>(),
              -(answers * torch::log_softmax(outputs.logits, 1)).sum(1).mean().item<double>(),
              1e-5);
}

TEST(Optimiser, SgdIsThatOfLibTorch) {
  torch::manual_seed(2);
  const torch::nn::Linear ours(3, 2);
  const torch::nn::Linear theirs(3, 2);
  {
    const torch::NoGradGuard no_gradient;
    theirs->weight.copy_(ours->weight);
    theirs->bias.copy_(ours->bias);
  }
  const auto optimiser = make_optimiser({.name = "sgd", .weight_decay = 0}, *ours.ptr());
  torch::optim::SGD reference(theirs->parameters(),
                              torch::optim::SGDOptions(0.05).momentum(0.9).nesterov(true));
  for (int step = 0; step < 4; ++step) {
    const auto input = torch::randn({6, 3});
    for (const auto& layer : {ours, theirs}) {
      for (auto& parameter : layer->parameters()) parameter.mutable_grad() = torch::Tensor();
      const_cast<torch::nn::LinearImpl&>(*layer).forward(input).square().sum().backward();
    }
    optimiser->step();
    reference.step();
    EXPECT_TRUE(torch::allclose(ours->weight, theirs->weight)) << step;
    EXPECT_TRUE(torch::allclose(ours->bias, theirs->bias)) << step;
  }
}

TEST(Optimiser, DecaysWeightsAlone) {
  for (const auto* name : {"sgd", "adam", "adamw"}) {
    const torch::nn::Linear layer(3, 2);
    const auto optimiser = make_optimiser({.name = name, .weight_decay = 0.1}, *layer.ptr());
    ASSERT_EQ(optimiser->param_groups().size(), 2U);
    EXPECT_EQ(optimiser->param_groups()[0].params().at(0).dim(), 2);
    EXPECT_EQ(optimiser->param_groups()[1].params().at(0).dim(), 1);
    const auto bias = layer->bias.detach().clone();
    const auto weight = layer->weight.detach().clone();
    layer->weight.mutable_grad() = torch::zeros_like(layer->weight);
    layer->bias.mutable_grad() = torch::zeros_like(layer->bias);
    set_learning_rate(*optimiser, 0.5);
    optimiser->step();
    EXPECT_TRUE(layer->bias.equal(bias)) << name;
    EXPECT_FALSE(layer->weight.equal(weight)) << name;
  }
  EXPECT_THROW(make_optimiser({.name = "lion"}, *torch::nn::Linear(1, 1).ptr()), Error);
}

TEST(Schedule, CosineWarmsUpAndFallsToTheSmallestRate) {
  const auto schedule =
      make_schedule({.name = "cosine", .warmup_epochs = 2, .smallest_rate = 0.01}, 1.0, 12);
  EXPECT_DOUBLE_EQ(schedule->rate_at(0.0), 0.0);
  EXPECT_DOUBLE_EQ(schedule->rate_at(1.0), 0.5);
  EXPECT_DOUBLE_EQ(schedule->rate_at(2.0), 1.0);
  EXPECT_NEAR(schedule->rate_at(7.0), 0.5, 1e-12);
  EXPECT_DOUBLE_EQ(schedule->rate_at(12.0), 0.01);
}

TEST(Schedule, StepFallsEveryFewEpochs) {
  const auto schedule = make_schedule({.name = "step", .step_epochs = 3, .factor = 0.5}, 0.8, 9);
  EXPECT_DOUBLE_EQ(schedule->rate_at(2.9), 0.8);
  EXPECT_DOUBLE_EQ(schedule->rate_at(3.0), 0.4);
  EXPECT_DOUBLE_EQ(schedule->rate_at(6.5), 0.2);
}

TEST(Schedule, PlateauFallsWhenTheLossStands) {
  const ScheduleOptions options{.name = "plateau", .factor = 0.1, .patience = 2};
  const auto schedule = make_schedule(options, 1.0, 20);
  for (const double loss : {1.0, 0.9, 0.9, 0.95}) schedule->observe(loss);
  EXPECT_DOUBLE_EQ(schedule->rate_at(4), 1.0);
  const auto continued = make_schedule(options, 1.0, 20);
  continued->restore(schedule->state());
  for (const auto& one : {schedule.get(), continued.get()}) {
    one->observe(0.9);
    EXPECT_DOUBLE_EQ(one->rate_at(5), 0.1);
  }
}

TEST(Schedule, ConstantAndUnknown) {
  EXPECT_DOUBLE_EQ(make_schedule({.name = "constant"}, 0.3, 5)->rate_at(4), 0.3);
  EXPECT_THROW(make_schedule({.name = "zigzag"}, 0.3, 5), Error);
}

TEST(MovingAverage, FollowsTheWeights) {
  ExpressionNetwork network({.name = "mini_xception"}, 0);
  ExpressionNetwork average({.name = "mini_xception"}, 0);
  MovingAverage moving(0.9, network, average);
  EXPECT_TRUE(average.parameters()[0].equal(network.parameters()[0]));
  const auto before = network.parameters()[0].detach().clone();
  {
    const torch::NoGradGuard no_gradient;
    network.parameters()[0].add_(1.0);
  }
  moving.update();  // the first decay is 2 / 11
  EXPECT_TRUE(torch::allclose(average.parameters()[0], before + 9.0 / 11.0));
  moving.restore(100000);
  moving.update();
  EXPECT_EQ(moving.updates(), 100001);
  EXPECT_TRUE(torch::allclose(average.parameters()[0], before + 1 - 0.9 * 2.0 / 11.0));
}

TEST(EarlyStopping, StopsAfterItsPatience) {
  EarlyStopping stopping(2);
  EXPECT_TRUE(stopping.observe(0.5));
  EXPECT_FALSE(stopping.observe(0.5));
  EXPECT_FALSE(stopping.should_stop());
  EXPECT_FALSE(stopping.observe(0.4));
  EXPECT_TRUE(stopping.should_stop());
  EarlyStopping never(0);
  for (int i = 0; i < 100; ++i) never.observe(0);
  EXPECT_FALSE(never.should_stop());
}

}  // namespace
}  // namespace mien::train
