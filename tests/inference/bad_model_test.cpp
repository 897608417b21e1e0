// Models that are hostile or broken: each is one line of error by every engine, soon and without
// much memory. Engines other than Mien's own see nothing that Mien could have known to be wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "mien/error.h"
#include "mien/network.h"
#include "test_models.h"

namespace mien {
namespace {

using test::OnnxBuilder;
using testing::HasSubstr;
using Integers = std::vector<std::int64_t>;

struct BadModel {
  std::string name;
  /// Goes on from the input [N, 1, 8, 8] to what is declared as the output [N, 7].
  std::function<std::string(OnnxBuilder& model, const std::string& input)> build;
  std::string expected;  ///< part of what Mien's engines say
};

onnx::TensorProto& last_weights(OnnxBuilder& model) {
  auto& weights = *model.model().mutable_graph()->mutable_initializer();
  return *weights.Mutable(weights.size() - 1);
}

std::string integers(OnnxBuilder& model, const Integers& values) {
  const auto name = model.weights({static_cast<std::int64_t>(values.size())}, {});
  auto& tensor = last_weights(model);
  tensor.set_data_type(onnx::TensorProto::INT64);
  for (const auto value : values) tensor.add_int64_data(value);
  return name;
}

/// A constant of this shape that holds one float alone.
std::string hollow(OnnxBuilder& model, const Integers& shape) { return model.weights(shape, {1}); }

using Build = decltype(BadModel::build);

Build gemm_by(const Integers& weights) {
  return [weights](OnnxBuilder& model, const std::string& input) {
    const auto flat = model.node("Flatten", {input});
    return model.node("Gemm", {flat, hollow(model, weights)});
  };
}

Build convolution_with(const std::string& attribute, const Integers& values) {
  return [=](OnnxBuilder& model, const std::string& input) {
    auto result = model.node("Conv", {input, model.random_weights({7, 1, 3, 3}, 1, 1)});
    if (values.size() == 1) {
      model.number(attribute, values.front());
    } else {
      model.ints(attribute, values);
    }
    return result;
  };
}

Build by_integers(const std::string& operation, const std::vector<Integers>& parameters) {
  return [=](OnnxBuilder& model, const std::string& input) {
    std::vector<std::string> inputs{input};
    for (const auto& values : parameters) inputs.push_back(integers(model, values));
    return model.node(operation, inputs);
  };
}

/// The operator with integers as its input of that index, where it needs floats.
Build wrong_type(const std::string& operation, std::vector<Integers> shapes, std::size_t wrong) {
  return [=](OnnxBuilder& model, const std::string& input) {
    std::vector<std::string> inputs{input};
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      inputs.push_back(model.random_weights(shapes[i], 1, 1));
      if (i != wrong) continue;
      auto& tensor = last_weights(model);
      tensor.set_data_type(onnx::TensorProto::INT64);
      for (int k = 0; k < tensor.float_data_size(); ++k) tensor.add_int64_data(1);
      tensor.clear_float_data();
    }
    return model.node(operation, inputs);
  };
}

std::string cycle(OnnxBuilder& model, const std::string& input) {
  const auto first = model.node("Add", {input, input});
  const auto second = model.node("Relu", {first});
  model.model()
      .mutable_graph()
      ->mutable_node(model.model().graph().node_size() - 2)
      ->set_input(1, second);
  return second;
}

std::string gone(OnnxBuilder& model, const std::string& input) {
  return model.node("MatMul", {model.node("Flatten", {input}), "nowhere"});
}

std::string defined_twice(OnnxBuilder& model, const std::string& input) {
  const auto first = model.node("Relu", {input});
  model.node("Relu", {first});
  auto& nodes = *model.model().mutable_graph()->mutable_node();
  nodes.Mutable(nodes.size() - 1)->set_output(0, first);
  return first;
}

std::string external_constant(OnnxBuilder& model, const std::string& input) {
  const auto constant = model.node("Constant", {});
  auto& nodes = *model.model().mutable_graph()->mutable_node();
  auto* attribute = nodes.Mutable(nodes.size() - 1)->add_attribute();
  attribute->set_name("value");
  attribute->set_type(onnx::AttributeProto::TENSOR);
  auto* tensor = attribute->mutable_t();
  tensor->set_data_type(onnx::TensorProto::FLOAT);
  tensor->add_dims(1);
  tensor->set_data_location(onnx::TensorProto::EXTERNAL);
  auto* entry = tensor->add_external_data();
  entry->set_key("location");
  entry->set_value("/etc/passwd");
  return model.node("Add", {input, constant});
}

std::string wrong_attribute(OnnxBuilder& model, const std::string& input) {
  auto result = model.node("Flatten", {input});
  model.ints("axis", {1, 1});
  return result;
}

std::string many_nodes(OnnxBuilder& model, std::string value) {
  for (int i = 0; i < 10'001; ++i) value = model.node("Relu", {value});
  return value;
}

std::string doublings(OnnxBuilder& model, std::string value) {
  for (int i = 0; i < 40; ++i) {
    value = model.node("Concat", {value, value});
    model.number("axis", 3);
  }
  return value;
}

/// Constants that are small in the file and large when computed beforehand.
std::string folded(OnnxBuilder& model, const std::string& input) {
  const auto small = model.random_weights({1, 1, 1, 1}, 1, 1);
  std::string value = input;
  for (int i = 0; i < 200; ++i) {
    const auto wide =
        model.node("Pad", {small, integers(model, {0, 0, 0, 0, 0, 0, 2000, 2000 + i})});
    value = model.node("Add", {value, model.node("GlobalAveragePool", {wide})});
  }
  return value;
}

std::string hours_of_work(OnnxBuilder& model, const std::string& input) {
  const auto wide = model.node("Pad", {input, integers(model, {0, 0, 0, 0, 0, 0, 7000, 7000})});
  auto result = model.node("AveragePool", {wide});
  model.ints("kernel_shape", {3000, 3000});
  return result;
}

std::string in_if(OnnxBuilder& model, const std::string& input, int depth) {
  auto result = model.node("If", {input});
  auto& nodes = *model.model().mutable_graph()->mutable_node();
  auto* node = nodes.Mutable(nodes.size() - 1);
  for (int i = 0; i < depth; ++i) {
    auto* attribute = node->add_attribute();
    attribute->set_name("then_branch");
    attribute->set_type(onnx::AttributeProto::GRAPH);
    attribute->mutable_g()->set_name("inner");
    node = attribute->mutable_g()->add_node();
    node->set_op_type("If");
    node->add_input("x");
    node->add_output("y");
  }
  return result;
}

std::vector<BadModel> bad_models() {
  constexpr std::int64_t kHuge = std::int64_t{1} << 40;
  return {
      {"Cycle", cycle, "nothing before it gives"},
      {"MissingInitialiser", gone, "nothing before it gives"},
      {"DefinedTwice", defined_twice, "defined twice"},
      {"OperandsThatAreTooMany",
       [](OnnxBuilder& model, const std::string& input) {
         const auto sum = model.node("Sub", {input, model.weights({1}, {1})});
         return model.node("Add", {input, input, sum});
       },
       "too many inputs"},
      {"TooLittleData", gemm_by({64, 7}), "does not hold what its shape"},
      {"TooMuchData",
       [](OnnxBuilder& model, const std::string& input) {
         return model.node("Add", {input, model.weights({1}, {1, 2, 3})});
       },
       "does not hold what its shape"},
      {"TwoGigabytesDeclared", gemm_by({64, 1 << 23}), "larger than"},
      {"HugeSize", gemm_by({64, kHuge}), "larger than"},
      {"SizesThatOverflow", gemm_by({kHuge, kHuge, kHuge}), "larger than"},
      {"NegativeSize", gemm_by({64, -7}), "larger than"},
      {"SizesBehindAnEmptyOne", gemm_by({0, 1 << 28, 1 << 28, 1 << 28}), "larger than"},
      {"EmptyWeights",
       [](OnnxBuilder& model, const std::string& input) {
         return model.node("Conv", {input, model.weights({0, 1, 3, 3}, {})});
       },
       "empty shape"},
      {"ManyAxes", by_integers("Reshape", {Integers(1000, 1)}), "1000 axes"},
      {"GiantPads", convolution_with("pads", {0, 0, 0, INT64_MAX}), "pads is out of range"},
      {"LargePads", convolution_with("pads", {0, 0, 0, 5000}), "pads are out of range"},
      {"GiantKernel", convolution_with("kernel_shape", {kHuge, 3}), "kernel_shape is out of range"},
      {"StridesOfZero", convolution_with("strides", {0, 1}), "strides is out of range"},
      {"NegativeDilations", convolution_with("dilations", {-1, 1}), "dilations is out of range"},
      {"NoGroups", convolution_with("group", {0}), "group is out of range"},
      {"ManyGroups", convolution_with("group", {INT64_MAX}), "group is out of range"},
      {"GroupsThatDoNotFit", convolution_with("group", {7}), "do not fit"},
      {"WindowsOfThreeAxes", convolution_with("strides", {1, 1, 1}), "not for two axes"},
      {"ReshapeOverflow", by_integers("Reshape", {{kHuge, kHuge, -1}}), "out of range"},
      {"ReshapeToNothing", by_integers("Reshape", {{-1, 5}}), "does not fit"},
      {"ReshapeTwoOpen", by_integers("Reshape", {{-1, -1}}), "out of range"},
      {"SliceOfNoAxis", by_integers("Slice", {{0}, {1}, {9}}), "axis 9"},
      {"SliceToNothing", by_integers("Slice", {{5}, {5}, {3}}), "gives no values"},
      {"SliceWithoutSteps", by_integers("Slice", {{0}, {1}, {3}, {0}}), "steps are out of range"},
      {"SplitOutOfRange", by_integers("Split", {{INT64_MAX, 5}}), "parts are out of range"},
      {"PadBack", by_integers("Pad", {{0, 0, 0, -9, 0, 0, 0, 0}}), "pads are out of range"},
      {"PadWide", by_integers("Pad", {{0, 0, 1 << 20, 1 << 20, 0, 0, 0, 0}}), "larger than"},
      {"ConvolutionByIntegers", wrong_type("Conv", {{7, 1, 3, 3}}, 0), "needs floats"},
      {"BiasOfIntegers", wrong_type("Conv", {{7, 1, 3, 3}, {7}}, 1), "needs floats"},
      {"StatisticsOfIntegers", wrong_type("BatchNormalization", {{1}, {1}, {1}, {1}}, 3),
       "needs floats"},
      {"SlopesOfIntegers", wrong_type("PRelu", {{1}}, 0), "needs floats"},
      {"AttributeOfAnotherType", wrong_attribute, "wrong type"},
      {"ConstantInAnotherFile", external_constant, "in another file"},
      {"ManyNodes", many_nodes, "more than 10,000 nodes"},
      {"Doublings", doublings, "half a gigabyte"},
      {"ConstantsThatGrow", folded, "become too many"},
      {"HoursOfWork", hours_of_work, "10^12 multiplications"},
      {"DeepGraphs",
       [](OnnxBuilder& model, const std::string& input) { return in_if(model, input, 20); }, "If"},
  };
}

long peak_megabytes() {
#ifdef __SANITIZE_ADDRESS__
  return 0;  // it keeps what was freed
#endif
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

class ModelFile : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  void write(OnnxBuilder model, const std::string& output) {
    model.output(output, 7);
    std::ofstream(path_, std::ios::binary) << with_card(std::move(model), test::expression_card(8));
  }

  /// The Error (model) in one line that names the file, or "no error".
  std::string failure(const NetworkOptions& options) const {
    try {
      make_network(path_, options);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::model);
      EXPECT_THAT(error.what(), testing::StartsWith(path_.string() + ": "));
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
      return error.what();
    }
    return "no error";
  }

  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("mien-bad-" + std::to_string(getpid()) + ".onnx");
};

class BadModels : public ModelFile, public testing::WithParamInterface<BadModel> {};

TEST_P(BadModels, AreOneLineOfErrorByEveryEngine) {
  OnnxBuilder model;
  const auto input = model.input(1, 8, 8);
  write(model, GetParam().build(model, input));
  const auto before = peak_megabytes();
  for (const char* engine : {"onednn", "reference"}) {
    EXPECT_THAT(failure({.engine = engine}), HasSubstr(GetParam().expected)) << engine;
  }
  const auto refuse = [](const std::string& notice) { ADD_FAILURE() << notice; };
  NetworkOptions automatic;
  automatic.notice = refuse;
  EXPECT_NE(failure(automatic), "no error");
  EXPECT_LT(peak_megabytes() - before, 300);
}

/// Behind an operator that Mien's engine leaves to OpenCV: what Mien does not reach any more.
TEST_P(BadModels, AreErrorsByOpencvToo) {
  OnnxBuilder model;
  const auto input = model.node("Exp", {model.input(1, 8, 8)});
  const auto output = GetParam().build(model, input);
  write(model, output);
  const auto before = peak_megabytes();
  for (const char* engine : {"auto", "opencv"}) {
    EXPECT_NE(failure({.engine = engine}), "no error") << engine;
  }
  EXPECT_LT(peak_megabytes() - before, 300);
}

INSTANTIATE_TEST_SUITE_P(Each, BadModels, testing::ValuesIn(bad_models()),
                         [](const auto& info) { return info.param.name; });

using Fallback = ModelFile;

TEST_F(Fallback, OneLineSaysThatOpencvRunsTheModel) {
  OnnxBuilder model;
  const auto flat = model.node("Flatten", {model.input(1, 8, 8)});
  const auto product = model.node("MatMul", {flat, model.random_weights({64, 7}, 0.1F, 1)});
  write(model, model.node("Exp", {product}));
  std::vector<std::string> notices;
  const auto keep = [&notices](const std::string& notice) { notices.push_back(notice); };
  const auto network = make_network(path_, {.notice = keep});
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_THAT(notices.front(), HasSubstr("operator Exp"));
  EXPECT_THAT(notices.front(), HasSubstr("OpenCV"));
  EXPECT_THAT(notices.front(), testing::Not(HasSubstr("\n")));
  EXPECT_EQ(network->run(std::vector<float>(3 * 64)), std::vector<float>(3 * 7, 1));
  EXPECT_EQ(notices.size(), 1U);
  EXPECT_THAT(failure({.engine = "onednn"}), HasSubstr("operator Exp"));
  EXPECT_THAT(failure({.engine = "reference"}), HasSubstr("operator Exp"));
}

TEST_F(Fallback, NothingIsSaidOfAModelThatOneDnnRuns) {
  OnnxBuilder model;
  const auto flat = model.node("Flatten", {model.input(1, 8, 8)});
  write(model, model.node("MatMul", {flat, model.random_weights({64, 7}, 0.1F, 1)}));
  make_network(path_, {.notice = [](const std::string& notice) { ADD_FAILURE() << notice; }});
}

/// Before opset 13 it took all axes from the second on together.
TEST_F(Fallback, AnOldSoftmaxOverSeveralAxesIsLeftToOpencv) {
  OnnxBuilder model;
  model.model().mutable_opset_import(0)->set_version(11);
  const auto soft = model.node("Softmax", {model.input(1, 8, 8)});
  const auto flat = model.node("Flatten", {soft});
  write(model, model.node("MatMul", {flat, model.random_weights({64, 7}, 0.1F, 1)}));
  EXPECT_THAT(failure({.engine = "onednn"}), HasSubstr("several axes together"));
}

/// A model that fixes the number of its faces to one runs all the same, one after the other.
TEST_F(Fallback, AModelForOneFaceRunsFaceByFace) {
  OnnxBuilder model;
  const auto input = model.input(1, 8, 8);
  const auto flat = model.node("Reshape", {input, integers(model, {1, 64})});
  write(model, model.node("MatMul", {flat, model.random_weights({64, 7}, 0.1F, 1)}));
  const auto network = make_network(path_, {.engine = "onednn"});
  std::vector<float> faces(3 * 64, 0.5F);
  std::fill_n(faces.begin(), 64, 1.0F);
  const auto logits = network->run(faces);
  ASSERT_EQ(logits.size(), 21U);
  EXPECT_NEAR(logits[0], 2 * logits[7], 1e-5);
  EXPECT_EQ(logits[7], logits[14]);
}

/// As many nodes as a model may have, and no more time than a moment.
TEST_F(Fallback, ALongChainRuns) {
  OnnxBuilder model;
  auto value = model.node("Flatten", {model.input(1, 8, 8)});
  value = model.node("MatMul", {value, model.random_weights({64, 7}, 0.1F, 1)});
  for (int i = 0; i < 2'000; ++i) value = model.node("Relu", {value});
  write(model, value);
  EXPECT_EQ(failure({.engine = "onednn"}), "no error");
}

}  // namespace
}  // namespace mien
