#include "train/weights/pickle.h"

#include <algorithm>
#include <map>
#include <utility>

#include "train/weights/stored_tensors.h"

namespace mien::train {
namespace {

using Kind = PickleValue::Kind;

constexpr std::size_t kLongestName = 1000;

/// https://github.com/python/cpython/blob/main/Lib/pickletools.py describes the codes.
class PickleReader {
 public:
  PickleReader(std::string_view bytes, const WeightFile& file) : bytes_(bytes), file_(file) {}

  Pickle read() {
    while (step(take_byte())) {
    }
    pickle_.root = pop();
    pickle_.length = position_;
    return std::move(pickle_);
  }

 private:
  /// False at the end.
  bool step(unsigned char code) {
    switch (code) {
      case 0x80:  // PROTO
        if (take_byte() > 5) fail("its protocol is newer than 5");
        return true;
      case 0x95:  // FRAME
        take(8);
        return true;
      case '.':
        return false;
      default:
        if (!step_constant(code) && !step_text(code) && !step_container(code) &&
            !step_memory(code) && !step_object(code)) {
          fail("it holds something other than tensors, dictionaries, texts and numbers");
        }
        return true;
    }
  }

  bool step_constant(unsigned char code) {
    switch (code) {
      case 'N':
        push({});
        return true;
      case 0x88:  // NEWTRUE
        push_number(1);
        return true;
      case 0x89:  // NEWFALSE
        push_number(0);
        return true;
      case 'J':
        push_number(static_cast<std::int32_t>(take_number(4)));
        return true;
      case 'K':
        push_number(static_cast<std::int64_t>(take_number(1)));
        return true;
      case 'M':
        push_number(static_cast<std::int64_t>(take_number(2)));
        return true;
      case 0x8a:  // LONG1
        push_long(take(take_byte()));
        return true;
      case 'G':
        take(8);
        push_number(0);
        return true;
      default:
        return false;
    }
  }

  bool step_text(unsigned char code) {
    switch (code) {
      case 'X':  // BINUNICODE
      case 'T':  // BINSTRING
      case 'B':  // BINBYTES
        push_text(take(take_number(4)));
        return true;
      case 0x8c:  // SHORT_BINUNICODE
      case 'U':   // SHORT_BINSTRING
      case 'C':   // SHORT_BINBYTES
        push_text(take(take_byte()));
        return true;
      case 0x8d:  // BINUNICODE8
      case 0x8e:  // BINBYTES8
        push_text(take(take_number(8)));
        return true;
      default:
        return false;
    }
  }

  bool step_container(unsigned char code) {
    switch (code) {
      case '(':
        marks_.push_back(stack_.size());
        return true;
      case ')':
      case ']':
        push({.kind = Kind::sequence});
        return true;
      case '}':
        push({.kind = Kind::dictionary});
        return true;
      case 't':
      case 'l':
        push({.kind = Kind::sequence, .parts = pop_to_mark()});
        return true;
      case 'd':
        push({.kind = Kind::dictionary, .parts = pop_to_mark()});
        return true;
      case 0x85:  // TUPLE1
      case 0x86:
      case 0x87:
        push({.kind = Kind::sequence, .parts = pop_several(code - 0x84U)});
        return true;
      case 'a':
        extend(pop_several(1));
        return true;
      case 's':
        extend(pop_several(2));
        return true;
      case 'e':
      case 'u':
        extend(pop_to_mark());
        return true;
      default:
        return false;
    }
  }

  bool step_memory(unsigned char code) {
    switch (code) {
      case 'q':
        memory_[take_number(1)] = top();
        return true;
      case 'r':
        memory_[take_number(4)] = top();
        return true;
      case 0x94:  // MEMOIZE
        memory_.emplace(memory_.size(), top());
        return true;
      case 'h':
        recall(take_number(1));
        return true;
      case 'j':
        recall(take_number(4));
        return true;
      case '0':
        pop();
        return true;
      case '1':
        pop_to_mark();
        return true;
      case '2':
        stack_.push_back(top());
        return true;
      default:
        return false;
    }
  }

  bool step_object(unsigned char code) {
    switch (code) {
      case 'c': {
        const auto module = take_line();
        push_global(module, take_line());
        return true;
      }
      case 0x93: {  // STACK_GLOBAL
        const auto names = pop_several(2);
        push_global(pickle_[names[0]].text, pickle_[names[1]].text);
        return true;
      }
      case 'Q':
        push({.kind = Kind::reference, .parts = pop_several(1)});
        return true;
      case 'R':   // REDUCE
      case 0x81:  // NEWOBJ
        push({.kind = Kind::call, .parts = pop_several(2)});
        return true;
      case 'b': {  // BUILD
        const auto state = pop();
        if (pickle_[top()].kind == Kind::call) pickle_.values[top()].parts.push_back(state);
        return true;
      }
      default:
        return false;
    }
  }

  void push(PickleValue value) {
    pickle_.values.push_back(std::move(value));
    stack_.push_back(pickle_.values.size() - 1);
  }

  void push_number(std::int64_t number) { push({.kind = Kind::number, .number = number}); }

  void push_text(std::string_view text) { push({.kind = Kind::text, .text = std::string(text)}); }

  void push_global(const std::string& module, const std::string& name) {
    if (module.size() + name.size() > kLongestName) fail("its pickle is broken");
    push({.kind = Kind::global, .text = module + " " + name});
  }

  /// Two's complement of any length; also kept as it stands, as longer ones fit no number.
  void push_long(std::string_view bytes) {
    std::uint64_t number = !bytes.empty() && (bytes.back() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = std::min<std::size_t>(bytes.size(), 8); i-- > 0;) {
      number = number << 8 | static_cast<unsigned char>(bytes[i]);
    }
    push({.kind = Kind::number,
          .number = static_cast<std::int64_t>(number),
          .text = std::string(bytes)});
  }

  std::size_t lowest() const { return marks_.empty() ? 0 : marks_.back(); }

  std::size_t top() {
    if (stack_.size() <= lowest()) fail("its pickle is broken");
    return stack_.back();
  }

  std::size_t pop() {
    const auto value = top();
    stack_.pop_back();
    return value;
  }

  std::vector<std::size_t> pop_several(std::size_t count) {
    if (stack_.size() < lowest() + count) fail("its pickle is broken");
    std::vector<std::size_t> values(stack_.end() - static_cast<std::ptrdiff_t>(count),
                                    stack_.end());
    stack_.resize(stack_.size() - count);
    return values;
  }

  std::vector<std::size_t> pop_to_mark() {
    if (marks_.empty()) fail("its pickle is broken");
    auto values = pop_several(stack_.size() - marks_.back());
    marks_.pop_back();
    return values;
  }

  /// Adds to the sequence, dictionary or object on top; what is added to others is of no interest.
  void extend(const std::vector<std::size_t>& added) {
    auto& container = pickle_.values[top()];
    if (container.kind == Kind::dictionary && added.size() % 2 != 0) fail("its pickle is broken");
    if (container.kind == Kind::call) {  // such as an OrderedDict
      push({.kind = Kind::dictionary, .parts = added});
      const auto items = pop();
      pickle_.values[top()].parts.push_back(items);
      return;
    }
    container.parts.insert(container.parts.end(), added.begin(), added.end());
  }

  void recall(std::uint64_t place) {
    const auto found = memory_.find(place);
    if (found == memory_.end()) fail("its pickle is broken");
    stack_.push_back(found->second);
  }

  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size() - position_) fail("its pickle is cut off");
    const auto taken = bytes_.substr(position_, count);
    position_ += count;
    return taken;
  }

  unsigned char take_byte() { return static_cast<unsigned char>(take(1)[0]); }

  std::uint64_t take_number(std::size_t bytes) { return little_endian(take(bytes)); }

  std::string take_line() {
    const auto end = bytes_.find('\n', position_);
    if (end == std::string_view::npos) fail("its pickle is cut off");
    const auto line = take(end - position_);
    take(1);
    return std::string(line);
  }

  [[noreturn]] void fail(const std::string& what) const { file_.reject(what); }

  std::string_view bytes_;
  const WeightFile& file_;
  std::size_t position_ = 0;
  Pickle pickle_;
  std::vector<std::size_t> stack_;
  std::vector<std::size_t> marks_;
  std::map<std::uint64_t, std::size_t> memory_;
};

}  // namespace

Pickle read_pickle(std::string_view bytes, const WeightFile& file) {
  return PickleReader(bytes, file).read();
}

}  // namespace mien::train
