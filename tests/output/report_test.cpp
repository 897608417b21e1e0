#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <regex>

#include "output/report/chart.h"
#include "output/report/evaluation_report.h"
#include "output/report/html.h"
#include "output/report/share_chart.h"

namespace mien {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Html, EscapesWhatHtmlMeansSomethingBy) {
  EXPECT_EQ(escaped(R"(<b title="x">Tom & 'Jerry'</b>)"),
            "&lt;b title=&quot;x&quot;&gt;Tom &amp; &#39;Jerry&#39;&lt;/b&gt;");
  EXPECT_EQ(escaped(std::string_view("a\0b\x1b\n", 5)), "a b \n");
}

std::vector<std::uint8_t> from_base64(const std::string& text) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::uint8_t> bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<unsigned>(digits.find(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> count & 0xFF));
  }
  return bytes;
}

TEST(Html, APictureIsPartOfThePage) {
  // Sizes of every remainder of three bytes are likely among these.
  for (int side = 5; side < 12; ++side) {
    Image picture(side, side + 1, PixelFormat::gray);
    for (std::size_t i = 0; i < picture.pixels().size(); ++i) {
      picture.pixels()[i] = static_cast<std::uint8_t>(i * 37 % 251);
    }
    const std::string uri = data_uri(picture.view());
    const std::string kind = "data:image/png;base64,";
    ASSERT_THAT(uri, testing::StartsWith(kind));
    EXPECT_EQ((uri.size() - kind.size()) % 4, 0U);
    const auto decoded = cv::imdecode(from_base64(uri.substr(kind.size())), cv::IMREAD_UNCHANGED);
    ASSERT_EQ(decoded.cols, side);
    ASSERT_EQ(decoded.rows, side + 1);
    EXPECT_TRUE(std::equal(decoded.begin<std::uint8_t>(), decoded.end<std::uint8_t>(),
                           picture.pixels().begin()));
  }
}

TEST(Chart, PlacesPointsOnItsAxes) {
  Chart chart{.description = "a <chart>",
              .width = 166,
              .height = 156,
              .across = {.label = "x", .lowest = 0, .highest = 10, .step = 5},
              .up = {.label = "y", .lowest = 0, .highest = 1, .step = 0.5}};
  chart.line = {{0, 0}, {10, 1}};
  const auto svg = to_svg(chart);
  EXPECT_THAT(svg, HasSubstr(R"(points="52.0,112.0 152.0,12.0")"));
  EXPECT_THAT(svg, HasSubstr(R"(aria-label="a &lt;chart&gt;")"));
  EXPECT_THAT(svg, HasSubstr(">10.0</text>"));
}

TEST(Chart, DrawsABandAndDotsAndItsOwnNumbers) {
  Chart chart{.width = 166,
              .height = 156,
              .across = {.highest = 10, .step = 5, .text = [](double) { return "<week>"; }},
              .up = {.step = 0.5}};
  chart.band = {{0, 0.5, 1}, {10, 0, 0.5}};
  chart.dots = {{5, 0.5}};
  const auto svg = to_svg(chart);
  EXPECT_THAT(
      svg,
      HasSubstr(R"(<polygon class="band" points="52.0,12.0 152.0,62.0 152.0,112.0 52.0,62.0 "/>)"));
  EXPECT_THAT(svg, HasSubstr(R"(<circle class="dot" cx="102.0" cy="62.0")"));
  EXPECT_THAT(svg, HasSubstr("&lt;week&gt;"));
  EXPECT_THAT(svg, Not(HasSubstr("5.0</text>")));
}

Shares shares_of(std::initializer_list<std::pair<Expression, double>> list) {
  Shares shares{};
  for (const auto& [expression, share] : list) shares[static_cast<std::size_t>(expression)] = share;
  return shares;
}

TEST(ShareChart, StacksSharesFromTheLowerEdge) {
  const ShareChart chart{
      .description = "<shares>",
      .longest = 10,
      .columns = {{0, 5, shares_of({{Expression::happy, 0.25}, {Expression::sad, 0.25}})},
                  {5, 10, shares_of({{Expression::sad, 0.25}, {Expression::neutral, 0.75}})}}};
  const auto svg = to_svg(chart);
  EXPECT_THAT(svg, HasSubstr(R"(aria-label="&lt;shares&gt;")"));
  EXPECT_THAT(svg, HasSubstr(R"(<path class="sad" d="M0 750h10000v250h-10000z"/>)"))
      << "what goes on is one rectangle";
  EXPECT_THAT(svg, HasSubstr(R"(<path class="happy" d="M0 500h5000v250h-5000z"/>)"));
  EXPECT_THAT(svg, HasSubstr(R"(<path class="neutral" d="M5000 0h5000v750h-5000z"/>)"));
  EXPECT_THAT(svg, Not(HasSubstr(R"(<path class="angry")")));
}

TEST(ShareChart, KeepsWithinItsAxes) {
  const ShareChart chart{
      .longest = 10,
      .columns = {{-5, 20, shares_of({{Expression::sad, 0.75}, {Expression::happy, 0.75}})},
                  {20, 30, shares_of({{Expression::fear, 1}})}},
      .flags = {{99, "late"}}};
  const auto svg = to_svg(chart);
  EXPECT_THAT(svg, HasSubstr(R"(<path class="sad" d="M0 250h10000v750h-10000z"/>)"));
  EXPECT_THAT(svg, HasSubstr(R"(<path class="happy" d="M0 0h10000v250h-10000z"/>)"));
  EXPECT_THAT(svg, Not(HasSubstr(R"(<path class="fear")")));
  EXPECT_THAT(svg, HasSubstr(R"(x="100.00%" y="13" text-anchor="middle">late<)"));
}

TEST(ShareChart, FlagsThatStandCloseHaveOneText) {
  const ShareChart chart{.longest = 100,
                         .flags = {{10, "1"}, {11, "2"}, {15, "<3>"}, {50, "4"}, {60, ""}}};
  const auto svg = to_svg(chart);
  EXPECT_THAT(svg, HasSubstr(">1</text>"));
  EXPECT_THAT(svg, Not(HasSubstr(">2</text>")));
  EXPECT_THAT(svg, HasSubstr(R"(<text class="flag minor" x="15.00%")")) << "not on a phone";
  EXPECT_THAT(svg, HasSubstr(">&lt;3&gt;</text>"));
  EXPECT_THAT(svg, HasSubstr(R"(<text class="flag" x="50.00%")"));
}

TEST(ShareChart, ABarIsNeverLongerThanItsWhole) {
  const auto svg = share_bar(shares_of({{Expression::sad, 0.75}, {Expression::happy, 0.75}}));
  EXPECT_THAT(svg, HasSubstr(R"(<rect class="sad" x="0.00%" width="75.00%")"));
  EXPECT_THAT(svg, HasSubstr(R"(<rect class="happy" x="75.00%" width="25.00%")"));
}

EvaluationReport some_report() {
  EvaluationReport report;
  report.card.name = "<script>alert(1)</script>";
  for (const auto expression : all_expressions()) report.card.labels.emplace_back(name(expression));
  report.card.recipe = "name = \"</pre><script>\"";
  report.card.uncertain_below = 0.5;
  report.data = "faces & co";
  report.split = "test";
  report.method = {{"model", "a\"b"}};
  const std::vector<Expression> labels = {Expression::happy, Expression::fear, Expression::fear};
  std::vector<Probabilities> said(3);
  said[0] = {0.05F, 0.05F, 0.05F, 0.7F, 0.05F, 0.05F, 0.05F};
  said[1] = {0.01F, 0.01F, 0.9F, 0.05F, 0.01F, 0.01F, 0.01F};
  said[2] = {0.01F, 0.01F, 0.04F, 0.01F, 0.91F, 0.01F, 0.01F};
  report.evaluation = evaluate(said, labels);
  report.reliability = reliability(said, labels);
  report.coverage = coverage_curve(said, labels);
  for (const auto expression : all_expressions()) {
    report.curves.push_back(class_curve(said, labels, expression));
  }
  ConfusedPair pair{Expression::fear, Expression::sad, 1, {}};
  pair.examples.push_back({Image(8, 8, PixelFormat::gray), 0.91F});
  report.confused.push_back(std::move(pair));
  return report;
}

TEST(EvaluationReport, SaysAllOfIt) {
  const auto html = to_html(some_report());
  for (const auto* part :
       {"66.7%", "Confusion matrix", "fear taken for sad", "average precision", "Precision over",
        "over 15 bins", "A face labelled fear of which the model says sad 91%",
        "data:image/png;base64,", "from 0.50", "Macro F1"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
}

TEST(EvaluationReport, NeedsNothingElse) {
  const auto html = to_html(some_report());
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("http://")));
  EXPECT_THAT(html, Not(HasSubstr("https://")));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  const std::regex source("(src|href)=\"([^\"]*)\"");
  for (std::sregex_iterator found(html.begin(), html.end(), source), end; found != end; ++found) {
    EXPECT_THAT((*found)[2].str().substr(0, 40), testing::StartsWith("data:image/png"));
  }
}

TEST(EvaluationReport, EscapesWhatItIsGiven) {
  const auto html = to_html(some_report());
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(html, HasSubstr("faces &amp; co"));
  EXPECT_THAT(html, HasSubstr("&lt;/pre&gt;&lt;script&gt;"));
  EXPECT_THAT(html, HasSubstr("a&quot;b"));
}

TEST(EvaluationReport, EveryElementIsClosed) {
  const auto html = to_html(some_report());
  std::vector<std::string> open;
  const std::regex tag("<(/?)([a-z0-9]+)([^>]*)>");
  const auto start = html.find("<html");
  for (std::sregex_iterator
           found(html.begin() + static_cast<std::ptrdiff_t>(start), html.end(), tag),
       end;
       found != end; ++found) {
    const std::string element = (*found)[2];
    const std::string rest = (*found)[3];
    if (element == "meta" || element == "img" || rest.ends_with("/")) continue;
    if ((*found)[1].length() == 0) {
      open.push_back(element);
      continue;
    }
    ASSERT_FALSE(open.empty()) << element;
    ASSERT_EQ(open.back(), element);
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
}

}  // namespace
}  // namespace mien
