// Weights from files of other programs: what fits is copied, what is broken or hostile is refused.
#include "train/weights/initial_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "made_dataset.h"
#include "made_weights.h"
#include "mien/error.h"
#include "train/checkpoint.h"
#include "train/expression_network.h"

namespace mien::train {
namespace {

using testing::HasSubstr;
namespace pickled = test::pickled;

/// Six weights, two buffers.
class Small final : public torch::nn::Module {
 public:
  Small() { reset(); }

  void reset() {
    const torch::NoGradGuard no_gradient;
    weight.fill_(-1);
    mean.fill_(-1);
  }

  std::vector<float> weights() const {
    const auto flat = weight.detach().flatten();
    return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
  }

  torch::Tensor weight = register_parameter("weight", torch::zeros({2, 3}));
  torch::Tensor mean = register_buffer("mean", torch::zeros({2}));
  torch::Tensor seen = register_buffer("seen", torch::zeros({}, torch::kLong));
};

const std::vector<float> kSix = {1, 2, 3, 4, 5, 6};

template <typename Number>
std::string raw(const std::vector<Number>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number)};
}

std::string raw_as(torch::ScalarType type, const std::vector<float>& values) {
  const auto tensor = torch::tensor(values).to(type);
  return {static_cast<const char*>(tensor.data_ptr()), tensor.nbytes()};
}

std::string state_dict_of_weight(const std::string& storage) {
  return pickled::ordered_dictionary({{"weight", pickled::tensor(storage, 0, {2, 3}, {3, 1})}});
}

class InitialWeightsTest : public testing::Test {
 protected:
  InitialWeights read(const std::string& bytes) {
    small.reset();
    test::write_text(file(), bytes);
    return initialise(small, file());
  }

  std::string failure(const std::string& bytes) {
    try {
      read(bytes);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::model) << error.what();
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
      EXPECT_THAT(error.what(), testing::StartsWith(file().string()));
      EXPECT_EQ(small.weights(), std::vector<float>(6, -1)) << "something was copied";
      return error.what();
    }
    return "no error";
  }

  std::filesystem::path file() const { return folder() / "weights"; }
  const std::filesystem::path& folder() const { return folder_.path(); }

  Small small;

 private:
  test::TemporaryFolder folder_;
};

TEST_F(InitialWeightsTest, ReadsWhatLibTorchSaves) {
  c10::Dict<std::string, torch::Tensor> dictionary;
  dictionary.insert("weight", torch::tensor(kSix).view({2, 3}));
  dictionary.insert("mean", torch::tensor({7.0F, 8.0F}));
  dictionary.insert("seen", torch::tensor(9, torch::kLong));
  const auto bytes = torch::pickle_save(dictionary);
  const auto given = read({bytes.begin(), bytes.end()});
  EXPECT_EQ(given.used(), 3U);
  EXPECT_TRUE(given.random.empty());
  EXPECT_EQ(small.weights(), kSix);
  EXPECT_EQ(small.mean[1].item<float>(), 8);
  EXPECT_EQ(small.seen.item<std::int64_t>(), 9);
}

TEST_F(InitialWeightsTest, ReadsWhatPythonSaves) {
  const auto value = state_dict_of_weight(pickled::storage("FloatStorage", "0", 6));
  EXPECT_EQ(read(test::torch_file(value, {{"0", raw(kSix)}})).used(), 1U);
  EXPECT_EQ(small.weights(), kSix);
  EXPECT_EQ(read(test::old_torch_file(value, {{"0", raw(kSix)}}, 6)).used(), 1U);
  EXPECT_EQ(small.weights(), kSix);
}

TEST_F(InitialWeightsTest, TensorsMayShareAStorageAndLieAcross) {
  const std::vector<float> elements = {0, 1, 4, 2, 5, 3, 6, 7, 8};
  const auto storage = pickled::storage("FloatStorage", "a", 9);
  const auto value = pickled::dictionary({{"mean", pickled::tensor(storage, 7, {2}, {1})},
                                          {"weight", pickled::tensor(storage, 1, {2, 3}, {1, 2})}});
  const test::NamedBytes storages = {{"a", raw(elements)}};
  for (const auto& bytes :
       {test::torch_file(value, storages), test::old_torch_file(value, storages, 9)}) {
    EXPECT_EQ(read(bytes).used(), 2U);
    EXPECT_EQ(small.weights(), kSix);
    EXPECT_EQ(small.mean[1].item<float>(), 8);
  }
}

TEST_F(InitialWeightsTest, TypesAreConverted) {
  const std::vector<std::tuple<std::string, std::string, torch::ScalarType>> types = {
      {"HalfStorage", "F16", torch::kHalf},
      {"BFloat16Storage", "BF16", torch::kBFloat16},
      {"DoubleStorage", "F64", torch::kDouble},
      {"FloatStorage", "F32", torch::kFloat}};
  for (const auto& [storage, name, type] : types) {
    const auto elements = raw_as(type, kSix);
    const auto value = state_dict_of_weight(pickled::storage(storage, "0", 6));
    EXPECT_EQ(read(test::torch_file(value, {{"0", elements}})).used(), 1U) << name;
    EXPECT_EQ(small.weights(), kSix) << name;
    const auto header = R"({"__metadata__":{"format":"pt"},"weight":{"dtype":")" + name +
                        R"(","shape":[2,3],"data_offsets":[0,)" + std::to_string(elements.size()) +
                        "]}}";
    EXPECT_EQ(read(test::safetensors_file(header, elements)).used(), 1U) << name;
    EXPECT_EQ(small.weights(), kSix) << name;
  }
}

TEST_F(InitialWeightsTest, CheckpointsAndWrappersAreUnwrapped) {
  const auto tensor = pickled::tensor(pickled::storage("FloatStorage", "0", 6), 0, {2, 3}, {3, 1});
  const auto value = pickled::dictionary(
      {{"epoch", pickled::number(3)},
       {"state_dict", pickled::ordered_dictionary(
                          {{"module.weight", pickled::call("torch._utils", "_rebuild_parameter",
                                                           {tensor, "\x88", "N"})}})}});
  EXPECT_EQ(read(test::torch_file(value, {{"0", raw(kSix)}})).used(), 1U);
  EXPECT_EQ(small.weights(), kSix);
}

TEST_F(InitialWeightsTest, TellsWhatBecameOfEachTensor) {
  const auto storage = pickled::storage("FloatStorage", "0", 6);
  const auto value =
      pickled::ordered_dictionary({{"weight", pickled::tensor(storage, 0, {2, 3}, {3, 1})},
                                   {"mean", pickled::tensor(storage, 0, {3}, {1})},
                                   {"fc.bias", pickled::tensor(storage, 0, {1}, {1})}});
  const auto given = read(test::torch_file(value, {{"0", raw(kSix)}}));
  EXPECT_EQ(given.summary(),
            "1 tensors used, 1 of another shape, 1 that the network does not have; 2 of the "
            "network's begin at random");
  const auto list = nlohmann::json::parse(given.to_json());
  EXPECT_EQ(list.at("used"), nlohmann::json::parse(R"([{"name":"weight","shape":[2,3]}])"));
  EXPECT_EQ(list.at("mismatched"),
            nlohmann::json::parse(R"([{"name":"mean","shape":[3],"wanted":[2]}])"));
  EXPECT_EQ(list.at("skipped"), nlohmann::json::parse(R"([{"name":"fc.bias","shape":[1]}])"));
  EXPECT_EQ(list.at("random"), nlohmann::json::parse(R"(["mean","seen"])"));
}

TEST_F(InitialWeightsTest, TakesARunsBestWeights) {
  ExpressionNetwork trained({.name = "mini_xception"}, 0);
  ExpressionNetwork fresh({.name = "mini_xception"}, 0);
  save_weights(folder() / "best.pt", trained);
  for (const auto& path : {folder(), folder() / "best.pt"}) {
    const auto given = initialise(fresh, path, "architecture.");
    EXPECT_EQ(given.used(), given.tensors.size());
    EXPECT_TRUE(given.random.empty());
    const auto expected = trained.named_parameters();
    for (const auto& parameter : fresh.named_parameters()) {
      EXPECT_TRUE(parameter.value().equal(expected[parameter.key()])) << parameter.key();
    }
  }
  std::filesystem::remove(folder() / "best.pt");
  EXPECT_THROW(initialise(fresh, folder()), Error);
}

TEST_F(InitialWeightsTest, ColoursAreSummedForGrayPictures) {
  ExpressionNetwork network({.name = "resnet18", .width = 8}, 0);
  const auto colours = torch::randn({8, 3, 7, 7});
  c10::Dict<std::string, torch::Tensor> dictionary;
  dictionary.insert("conv1.weight", colours);
  dictionary.insert("fc.weight", torch::randn({1000, 64}));
  const auto bytes = torch::pickle_save(dictionary);
  test::write_text(file(), {bytes.begin(), bytes.end()});
  const auto given = initialise(network, file(), "architecture.");
  EXPECT_THAT(given.summary(), HasSubstr("1 tensors used (1 of them summed"));
  const auto found = network.named_parameters()["architecture.conv1.weight"].detach();
  EXPECT_TRUE(torch::allclose(found, colours.sum(1, true)));
}

/// torchvision's pooling to 7 x 7 and 6 x 6 places does to our small maps what the summed weights
/// do.
TEST(FittedWeights, AreThoseOfTorchvisionsPooling) {
  const auto expect_same = [](const char* architecture, const char* name, int channels, int side,
                              int pooled) {
    const ExpressionNetwork network({.name = architecture, .width = 8}, 0);
    const auto weights = torch::randn({5, channels * pooled * pooled});
    const auto fitted = network.fitted(name, weights);
    const auto maps = torch::randn({2, channels, side, side});
    const auto expected =
        torch::adaptive_avg_pool2d(maps, {pooled, pooled}).flatten(1).mm(weights.t());
    ASSERT_EQ(fitted.size(1), channels * side * side);
    EXPECT_TRUE(torch::allclose(maps.flatten(1).mm(fitted.t()), expected, 1e-3, 1e-3));
    EXPECT_TRUE(network.fitted("features.0.weight", weights).equal(weights));
    EXPECT_TRUE(network.fitted(name, weights.slice(1, 1)).equal(weights.slice(1, 1)));
  };
  expect_same("vgg16", "classifier.0.weight", 64, 1, 7);
  expect_same("alexnet", "classifier.1.weight", 32, 2, 6);
}

TEST_F(InitialWeightsTest, NothingThatFitsIsAnError) {
  const auto tensor = pickled::tensor(pickled::storage("FloatStorage", "0", 6), 0, {3, 2}, {2, 1});
  const auto value = pickled::ordered_dictionary({{"weight", tensor}});
  EXPECT_THAT(failure(test::torch_file(value, {{"0", raw(kSix)}})),
              HasSubstr("none of its 1 tensors fits"));
  EXPECT_THAT(failure(test::safetensors_file("{}", "")), HasSubstr("none of its 0 tensors"));
  EXPECT_THROW(initialise(small, folder() / "nothing"), Error);
}

std::string nested(int depth) {
  std::string value = "N";
  for (int i = 0; i < depth; ++i) value = pickled::dictionary({{"a", value}});
  return value;
}

/// Each of 24 dictionaries holds the one before it twice: 2^24 ways.
std::string doubled() {
  std::string value = "}q" + std::string(1, '\0') + "0";
  for (int i = 1; i <= 24; ++i) {
    const std::string before = "h" + std::string(1, static_cast<char>(i - 1));
    value += pickled::dictionary({{"a", before}, {"b", before}}) + "q" +
             std::string(1, static_cast<char>(i)) + (i < 24 ? "0" : "");
  }
  return value;
}

TEST_F(InitialWeightsTest, BrokenAndHostileFilesAreOneClearError) {
  const auto of = [](const std::string& value) {
    return test::torch_file(value, {{"0", raw(kSix)}});
  };
  const auto with_tensor = [&](int offset, std::vector<int> shape, std::vector<int> strides,
                               int count) {
    const auto storage = pickled::storage("FloatStorage", "0", count);
    return of(pickled::dictionary({{"weight", pickled::tensor(storage, offset, shape, strides)}}));
  };
  const auto safetensors = [](const std::string& entry) {
    return test::safetensors_file("{\"weight\":" + entry + "}", std::string(24, '\0'));
  };
  const std::vector<std::pair<std::string, const char*>> cases = {
      {"", "neither PyTorch's nor safetensors'"},
      {"text and more text", "neither PyTorch's nor safetensors'"},
      {of(pickled::dictionary({{"weight", pickled::call("os", "system", {pickled::text("x")})}})),
       "asks to call 'os system'"},
      {of(pickled::tuple({pickled::call("builtins", "eval", {})})), "'builtins eval'"},
      {of(pickled::dictionary({{"w", "i"}})), "something other than tensors"},
      {of(nested(100)), "too deep"},
      {of("}q" + std::string(1, '\0') + pickled::text("a") + "h" + std::string(1, '\0') + "s"),
       "holds itself"},
      {of(doubled()), "too large"},
      {of("("), "broken"},
      {of("X\xff\xff\xff\xff"), "cut off"},
      {of(std::string(std::size_t{5} << 20, 'N')), "too long"},
      {with_tensor(0, {2, 3}, {3, 1}, 1 << 30), "ends too early"},
      {with_tensor(0, {2, 3}, {3, 1}, 5), "larger than its storage"},
      {with_tensor(1, {2, 3}, {3, 1}, 6), "larger than its storage"},
      {with_tensor(0, {2, 3}, {3}, 6), "no shape"},
      {with_tensor(0, {2, -3}, {3, 1}, 6), "number is missing"},
      {with_tensor(0, {2147483647, 2147483647}, {1, 1}, 6), "too large"},
      {of(pickled::dictionary(
           {{"weight", pickled::tensor(pickled::storage("FloatStorage", "1", 6), 0, {6}, {1})}})),
       "missing"},
      {of(pickled::dictionary(
           {{"weight", pickled::tensor(pickled::storage("OddStorage", "0", 6), 0, {6}, {1})}})),
       "'torch OddStorage' is unknown"},
      {test::zipped({{"a.txt", "text"}}), "no data.pkl"},
      {"PK\3\4 and no end", "cut off"},
      {test::bytes_of(~std::uint64_t{0}, 8) + "{}", "header is longer"},
      {test::safetensors_file("{\"a\":", ""), "not that of a safetensors file"},
      {safetensors(R"({"dtype":"F32","shape":[2,3],"data_offsets":[0,28]})"), "does not fit"},
      {safetensors(R"({"dtype":"F32","shape":[2,3],"data_offsets":[24,0]})"), "does not fit"},
      {safetensors(R"({"dtype":"F32","shape":[2,4],"data_offsets":[0,32]})"), "does not fit"},
      {safetensors(R"({"dtype":"F32","shape":[2,-3],"data_offsets":[0,24]})"), "no shape"},
      {safetensors(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]})"),
       "too large"},
      {safetensors(R"({"dtype":"F3\n2","shape":[2,3],"data_offsets":[0,24]})"), "'F3?2'"},
      {safetensors(R"([1, 2])"), "not that of a safetensors file"}};
  for (const auto& [bytes, message] : cases) EXPECT_THAT(failure(bytes), HasSubstr(message));
}

TEST_F(InitialWeightsTest, ABrokenZipIsRefused) {
  const auto value = state_dict_of_weight(pickled::storage("FloatStorage", "0", 6));
  const auto whole = test::torch_file(value, {{"0", raw(kSix)}});
  auto compressed = whole;
  compressed[compressed.find("PK\1\2") + 10] = 8;
  EXPECT_THAT(failure(compressed), HasSubstr("compressed"));
  auto big_endian = whole;
  big_endian.replace(big_endian.find("little"), 6, "bigger");
  EXPECT_THAT(failure(big_endian), HasSubstr("big-endian"));
}

/// Cut anywhere, or with any byte changed, a file is refused or read; it does no harm.
TEST_F(InitialWeightsTest, NoFileDoesHarm) {
  const auto value = state_dict_of_weight(pickled::storage("FloatStorage", "0", 6));
  const std::string header = R"({"weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})";
  for (const auto& whole : {test::torch_file(value, {{"0", raw(kSix)}}),
                            test::old_torch_file(value, {{"0", raw(kSix)}}, 6),
                            test::safetensors_file(header, raw(kSix))}) {
    int refused = 0;
    const auto try_one = [&](const std::string& bytes) {
      try {
        read(bytes);
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::model);
        ++refused;
      }
    };
    for (std::size_t i = 0; i < whole.size(); ++i) {
      try_one(whole.substr(0, i));
      auto changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ (1 << i % 8));
      try_one(changed);
    }
    EXPECT_GE(refused, static_cast<int>(whole.size())) << "what is cut must be refused";
  }
}

}  // namespace
}  // namespace mien::train
