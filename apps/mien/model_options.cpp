#include "model_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "messages.h"
#include "mien/error.h"

namespace mien::apps {
namespace {

/// "48x48" or "48".
void parse_size(const std::string& text, Preprocessing& input) {
  const auto number = [&text](std::string_view part) {
    int value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (error != std::errc() || end != part.data() + part.size() || value < 8 || value > 1024) {
      throw Error(ErrorCode::usage, "--input-size " + text +
                                        ": not WIDTHxHEIGHT with sides of 8 to 1024 pixels, such "
                                        "as 48x48");
    }
    return value;
  };
  const auto cross = text.find('x');
  input.width = number(std::string_view(text).substr(0, cross));
  input.height =
      cross == std::string::npos ? input.width : number(std::string_view(text).substr(cross + 1));
}

}  // namespace

void ModelOptions::add_to(CLI::App& command, int default_threads) {
  threads = default_threads;
  command
      .add_option("--model", model,
                  "the expression model: a name (see mien models), a file, or an ensemble's folder")
      ->type_name("MODEL")
      ->capture_default_str();
  const std::string running = "How the model is run";
  command
      .add_option("--engine", engine,
                  fmt::format("{}; auto is onednn, and opencv for what that does not know",
                              fmt::join(network_engines(), ", ")))
      ->type_name("ENGINE")
      ->capture_default_str()
      ->group(running);
  command
      .add_option("--precision", precision,
                  "float32, bfloat16 or int8: faster where the processor has instructions for it; "
                  "the model's card says what it costs")
      ->type_name("PRECISION")
      ->capture_default_str()
      ->group(running);
  command
      .add_option("--threads", threads,
                  "for one run of a model by onednn; 0: as many as processors")
      ->type_name("N")
      ->capture_default_str()
      ->group(running);
  const std::string group = "For a model without a card";
  command.add_option("--labels", labels, "its outputs in order: angry,disgust,fear,happy,sad,...")
      ->delimiter(',')
      ->group(group);
  command.add_option("--input-size", input_size, "its input in pixels: WIDTHxHEIGHT")->group(group);
  command
      .add_option("--normalisation", normalisation,
                  "of gray levels: unit, symmetric or standardise")
      ->capture_default_str()
      ->group(group);
}

NetworkOptions ModelOptions::network() const {
  constexpr int kMostThreads = 256;
  NetworkOptions options;
  options.engine = engine;
  const auto numbers = precision_from_name(precision);
  if (!numbers) {
    throw Error(ErrorCode::usage, "--precision " + precision + ": give float32, bfloat16 or int8");
  }
  options.precision = *numbers;
  if (threads < 0 || threads > kMostThreads) {
    throw Error(ErrorCode::usage, "--threads " + std::to_string(threads) + ": give 0 to 256");
  }
  options.threads = threads;
  options.notice = say;
  if (labels.empty() && input_size.empty()) return options;
  if (labels.empty() || input_size.empty()) {
    throw Error(ErrorCode::usage, "--labels and --input-size go together; give both");
  }
  const auto known = normalisation_from_name(normalisation);
  if (!known) {
    throw Error(ErrorCode::usage,
                "--normalisation " + normalisation + ": give unit, symmetric or standardise");
  }
  ModelCard card;
  card.name = model;
  card.labels = labels;
  card.input.normalisation = *known;
  parse_size(input_size, card.input);
  options.card = card;
  return options;
}

}  // namespace mien::apps
