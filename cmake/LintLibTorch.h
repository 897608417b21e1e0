// Included first by script/lint. Clang takes libstdc++ 12's constexpr vector, in C++20, to be complete
// before LibTorch 1.13's IValue is, and gives up; GCC does not. Without constexpr it waits.
#include <string>

#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR
#define __fill_a1 fill_bits  // declared constexpr already
#include <vector>
#undef __fill_a1
#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR constexpr
