// Operators on values one by one, products of matrices, normalisations and means, by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "graph_maker.h"
#include "inference/operators/operator.h"
#include "tensor_matcher.h"

namespace mien {
namespace {

using test::Attributes;
using test::compute;
using test::counted;
using test::Integers;
using test::Is;
using test::reals;
using test::Reals;
using test::refusal;
using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;

Reals each(const std::string& operation, const Reals& values, const Attributes& attributes = {}) {
  const auto count = static_cast<std::int64_t>(values.size());
  return compute(operation, {reals({count}, values)}, attributes).reals;
}

TEST(Activation, OfEachKind) {
  const Reals x{-4, -1, 0, 2, 4};
  EXPECT_THAT(each("Relu", x), ElementsAre(0, 0, 0, 2, 4));
  EXPECT_THAT(each("LeakyRelu", x), Pointwise(FloatNear(1e-6F), Reals{-0.04F, -0.01F, 0, 2, 4}));
  EXPECT_THAT(each("LeakyRelu", x, {{"alpha", 0.5F}}), ElementsAre(-2, -0.5F, 0, 2, 4));
  EXPECT_THAT(each("HardSigmoid", x), Pointwise(FloatNear(1e-6F), Reals{0, 0.3F, 0.5F, 0.9F, 1}));
  EXPECT_THAT(each("HardSigmoid", x, {{"alpha", 1.0F}, {"beta", 0.0F}}),
              ElementsAre(0, 0, 0, 1, 1));
  EXPECT_THAT(each("HardSwish", x),
              Pointwise(FloatNear(1e-6F), Reals{0, -1 / 3.0F, 0, 5 / 3.0F, 4}));
  const Reals one{-100, -1, 0, 1, 100};
  EXPECT_THAT(each("Sigmoid", one),
              Pointwise(FloatNear(1e-6F), Reals{0, 0.26894142F, 0.5F, 0.73105858F, 1}));
  EXPECT_THAT(each("Tanh", one),
              Pointwise(FloatNear(1e-6F), Reals{-1, -0.76159416F, 0, 0.76159416F, 1}));
  EXPECT_THAT(each("Elu", one, {{"alpha", 2.0F}}),
              Pointwise(FloatNear(1e-5F), Reals{-2, -1.2642411F, 0, 1, 100}));
}

TEST(Activation, ClipByEachBound) {
  const auto x = reals({3}, {-2, 0, 2});
  EXPECT_THAT(compute("Clip", {x}).reals, ElementsAre(-2, 0, 2));
  EXPECT_THAT(compute("Clip", {x, reals({}, {-1}), reals({}, {1})}).reals, ElementsAre(-1, 0, 1));
  EXPECT_THAT(compute("Clip", {x, {}, reals({1}, {1})}).reals, ElementsAre(-2, 0, 1));
  EXPECT_THAT(compute("Clip", {x, reals({}, {-1}), {}}).reals, ElementsAre(-1, 0, 2));
  EXPECT_THAT(compute("Clip", {x, reals({}, {1}), reals({}, {-1})}).reals, ElementsAre(-1, -1, -1));
  EXPECT_THAT(refusal("Clip", {x, reals({2}, {0, 1})}), HasSubstr("not fixed numbers"));
  EXPECT_THAT(refusal("Clip", {x, test::integers({1})}), HasSubstr("not fixed numbers"));
}

TEST(Activation, PReluRepeatsItsSlopes) {
  const auto x = reals({1, 2, 1, 2}, {-1, 2, -3, -4});
  EXPECT_THAT(compute("PRelu", {x, reals({2, 1, 1}, {10, 100})}),
              Is(Shape{1, 2, 1, 2}, Reals{-10, 2, -300, -400}));
  EXPECT_THAT(compute("PRelu", {x, reals({1}, {2})}), Is(Shape{1, 2, 1, 2}, Reals{-2, 2, -6, -8}));
  EXPECT_THAT(compute("PRelu", {x, reals({1, 2}, {2, 3})}),
              Is(Shape{1, 2, 1, 2}, Reals{-2, 2, -6, -12}));
  EXPECT_THAT(refusal("PRelu", {x, counted({3, 1, 1})}), HasSubstr("do not fit"));
  EXPECT_THAT(refusal("PRelu", {x, counted({1, 1, 1, 1, 1})}), HasSubstr("larger than"));
  EXPECT_THAT(refusal("PRelu", {x, counted({1, 2, 4, 2})}), HasSubstr("larger than"));
}

TEST(Pairs, RepeatSizesOfOneAsNumpyDoes) {
  const auto a = reals({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(compute("Add", {a, reals({3}, {10, 20, 30})}),
              Is(Shape{2, 3}, Reals{11, 22, 33, 14, 25, 36}));
  EXPECT_THAT(compute("Sub", {a, reals({2, 1}, {1, 2})}), Is(Shape{2, 3}, Reals{0, 1, 2, 2, 3, 4}));
  EXPECT_THAT(compute("Sub", {reals({}, {1}), a}), Is(Shape{2, 3}, Reals{0, -1, -2, -3, -4, -5}));
  EXPECT_THAT(compute("Mul", {reals({2, 1}, {1, 10}), reals({1, 2}, {3, 4})}),
              Is(Shape{2, 2}, Reals{3, 4, 30, 40}));
  EXPECT_THAT(compute("Div", {reals({2}, {8, 6}), reals({2, 1, 1}, {2, 4})}),
              Is(Shape{2, 1, 2}, Reals{4, 3, 2, 1.5F}));
  EXPECT_THAT(refusal("Mul", {a, counted({2})}), HasSubstr("do not fit"));
  EXPECT_THAT(refusal("Mul", {a, test::integers({2})}), HasSubstr("two types"));
}

TEST(Pairs, IntegersByWhichShapesAreComputed) {
  const auto pair = [](const char* operation, const Integers& a, const Integers& b) {
    return compute(operation, {test::integers(a), test::integers(b)}).integers;
  };
  EXPECT_THAT(pair("Add", {1, 2}, {3}), ElementsAre(4, 5));
  EXPECT_THAT(pair("Sub", {1, 2}, {3}), ElementsAre(-2, -1));
  EXPECT_THAT(pair("Mul", {1, 2}, {3}), ElementsAre(3, 6));
  EXPECT_THAT(pair("Div", {7, -7, 7, 7}, {2, 2, -2, 1}), ElementsAre(3, -3, -3, 7));
  // Hostile numbers give some number, and no trap.
  EXPECT_EQ(pair("Div", {INT64_MIN}, {-1}).size(), 1U);
  EXPECT_EQ(pair("Div", {1}, {0}).size(), 1U);
  EXPECT_EQ(pair("Mul", {INT64_MAX}, {INT64_MAX}).size(), 1U);
}

TEST(Products, GemmTurnsScalesAndAdds) {
  const auto a = reals({2, 3}, {1, 2, 3, 4, 5, 6});
  const auto b = reals({3, 2}, {1, 0, 0, 1, 1, 1});
  const Shape square{2, 2};
  EXPECT_THAT(compute("Gemm", {a, b}), Is(square, Reals{4, 5, 10, 11}));
  const auto a_turned = reals({3, 2}, {1, 4, 2, 5, 3, 6});
  const auto b_turned = reals({2, 3}, {1, 0, 1, 0, 1, 1});
  EXPECT_THAT(compute("Gemm", {a_turned, b_turned},
                      {{"transA", std::int64_t{1}}, {"transB", std::int64_t{1}}}),
              Is(square, Reals{4, 5, 10, 11}));
  EXPECT_THAT(compute("Gemm", {a, b, reals({2}, {1, 2})}, {{"alpha", 2.0F}, {"beta", 10.0F}}),
              Is(square, Reals{18, 30, 30, 42}));
  EXPECT_THAT(compute("Gemm", {a, b, reals({2, 1}, {1, 2})}), Is(square, Reals{5, 6, 12, 13}));
  EXPECT_THAT(compute("Gemm", {a, b, reals({}, {1})}), Is(square, Reals{5, 6, 11, 12}));
  EXPECT_THAT(refusal("Gemm", {a, a}), HasSubstr("do not fit"));
  EXPECT_THAT(refusal("Gemm", {a, counted({3})}), HasSubstr("no matrices"));
  EXPECT_THAT(refusal("Gemm", {a, b, counted({2, 2, 2})}), HasSubstr("too large"));
}

TEST(Products, MatMulOfBatches) {
  const auto b = reals({2, 1}, {1, 10});
  EXPECT_THAT(compute("MatMul", {counted({2, 1, 2}), b}), Is(Shape{2, 1, 1}, Reals{21, 43}));
  EXPECT_THAT(compute("MatMul", {counted({1, 2}), counted({2, 2, 1})}),
              Is(Shape{2, 1, 1}, Reals{5, 11}));
  EXPECT_THAT(refusal("MatMul", {counted({2, 3}), b}), HasSubstr("do not fit"));
  EXPECT_THAT(refusal("MatMul", {counted({2}), b}), HasSubstr("with a vector"));
  EXPECT_THAT(refusal("MatMul", {counted({2, 1, 2}), counted({3, 2, 1})}), HasSubstr("do not fit"));
}

TEST(Normalisation, ByTheStatisticsOfEachChannel) {
  const auto x = reals({1, 2, 1, 2}, {1, 3, 10, 20});
  const std::vector<Tensor> inputs{x, reals({2}, {2, 1}), reals({2}, {0.5F, 0}),
                                   reals({2}, {1, 10}), reals({2}, {3, 99})};
  EXPECT_THAT(compute("BatchNormalization", inputs, {{"epsilon", 1.0F}}),
              Is(Shape{1, 2, 1, 2}, Reals{0.5F, 2.5F, 0, 1}));
  auto wrong = inputs;
  wrong[3] = counted({3});
  EXPECT_THAT(refusal("BatchNormalization", wrong), HasSubstr("do not fit its channels"));
  EXPECT_THAT(refusal("BatchNormalization", inputs, {{"training_mode", std::int64_t{1}}}),
              HasSubstr("training mode"));
}

TEST(Softmax, AlongAnyAxis) {
  const float third = std::log(3.0F);
  const auto x = reals({2, 2}, {0, third, 0, 0});
  EXPECT_THAT(compute("Softmax", {x}), Is(Shape{2, 2}, Reals{0.25F, 0.75F, 0.5F, 0.5F}));
  const Reals down{0.5F, 0.75F, 0.5F, 0.25F};
  EXPECT_THAT(compute("Softmax", {x}, {{"axis", std::int64_t{0}}}), Is(Shape{2, 2}, down));
  EXPECT_THAT(compute("Softmax", {x}, {{"axis", std::int64_t{-2}}}), Is(Shape{2, 2}, down));
  EXPECT_THAT(compute("Softmax", {reals({1, 2}, {1000, 1000})}),
              Is(Shape{1, 2}, Reals{0.5F, 0.5F}));
  EXPECT_THAT(refusal("Softmax", {x}, {{"axis", std::int64_t{2}}}), HasSubstr("axis 2"));
  EXPECT_THAT(refusal("Softmax", {x}, {{"axis", INT64_MIN}}), HasSubstr("axis"));
}

TEST(Mean, OverTheAxesThatAreGiven) {
  const auto x = counted({2, 1, 3});
  const auto over = [&x](const Integers& axes, std::int64_t keep) {
    return compute("ReduceMean", {x}, {{"axes", axes}, {"keepdims", keep}});
  };
  EXPECT_THAT(over({-1}, 1), Is(Shape{2, 1, 1}, Reals{2, 5}));
  EXPECT_THAT(over({2}, 0), Is(Shape{2, 1}, Reals{2, 5}));
  EXPECT_THAT(over({0, 1}, 0), Is(Shape{3}, Reals{2.5F, 3.5F, 4.5F}));
  EXPECT_THAT(compute("ReduceMean", {x}), Is(Shape{1, 1, 1}, Reals{3.5F}));
  EXPECT_THAT(compute("ReduceMean", {x}, {{"keepdims", std::int64_t{0}}}),
              Is(Shape{}, Reals{3.5F}));
  EXPECT_THAT(compute("ReduceMean", {x, test::integers({0})}),
              Is(Shape{1, 1, 3}, Reals{2.5F, 3.5F, 4.5F}));
  EXPECT_THAT(refusal("ReduceMean", {x}, {{"axes", Integers{3}}}), HasSubstr("axis 3"));
}

/// Every operator that computes with floats refuses integers, of which it would find no values.
TEST(Operators, ThatComputeWithFloatsRefuseIntegers) {
  const auto whole = [](Shape shape) {
    const auto count = static_cast<std::size_t>(element_count(shape));
    return Tensor::of_integers(std::move(shape), Integers(count, 1));
  };
  const auto picture = counted({1, 2, 4, 4});
  const auto matrix = counted({2, 2});
  const auto row = counted({2});
  const auto weights = counted({2, 2, 1, 1});
  struct Case {
    std::string operation;
    std::vector<Tensor> inputs;
  };
  const std::vector<Case> cases{
      {"Conv", {picture, weights, row}},
      {"Gemm", {matrix, matrix, row}},
      {"MatMul", {matrix, matrix}},
      {"BatchNormalization", {picture, row, row, row, row}},
      {"PRelu", {picture, counted({2, 1, 1})}},
      {"Softmax", {matrix}},
      {"ReduceMean", {matrix}},
      {"MaxPool", {picture}},
      {"AveragePool", {picture}},
      {"GlobalMaxPool", {picture}},
      {"GlobalAveragePool", {picture}},
      {"Resize", {picture, {}, reals({4}, {1, 1, 2, 2})}},
      {"Pad", {row, test::integers({1, 1})}},
      {"Relu", {row}},
      {"Clip", {row}},
  };
  for (const auto& [operation, inputs] : cases) {
    Attributes attributes;
    if (operation == "MaxPool" || operation == "AveragePool") {
      attributes["kernel_shape"] = Integers{2, 2};
    }
    EXPECT_EQ(refusal(operation, inputs, attributes), "accepted") << operation;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].type == ElementType::integer || inputs[i].reals.empty()) continue;
      if (operation == "Resize" && i == 2) continue;
      auto wrong = inputs;
      wrong[i] = whole(inputs[i].shape);
      EXPECT_THAT(refusal(operation, wrong, attributes), HasSubstr("float")) << operation << i;
    }
  }
}

}  // namespace
}  // namespace mien
