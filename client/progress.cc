#include "client/progress.h"

#include <algorithm>

#include "base/status.h"
#include "client/text_width.h"

namespace cadastre::client {
namespace {

constexpr std::chrono::milliseconds kPause{100};
constexpr uint64_t kBarCells = 24;

}  // namespace

Progress::Progress(const Screen& screen, std::string_view what, uint64_t total)
    : screen_(screen), what_(what), total_(total), start_(std::chrono::steady_clock::now()), shown_(start_) {}

Progress::~Progress() {
  if (screen_.err_is_tty) *screen_.err << "\r\033[K" << std::flush;
}

void Progress::Show(uint64_t done, std::string_view note) {
  const auto now = std::chrono::steady_clock::now();
  if (!screen_.err_is_tty || now - shown_ < kPause) return;
  shown_ = now;
  std::string line;
  if (total_ > 0) {
    const uint64_t filled = std::min(kBarCells, kBarCells * done / total_);
    for (uint64_t i = 0; i < kBarCells; ++i) line += i < filled ? "█" : "░";
    line += base::Cat(" ", std::min<uint64_t>(100, 100 * done / total_), " %  ");
  }
  const double seconds = std::max(0.001, std::chrono::duration<double>(now - start_).count());
  line += base::Cat(done, " ", what_, ", ", static_cast<uint64_t>(static_cast<double>(done) / seconds), "/s");
  if (!note.empty()) line += base::Cat("  ", note);
  if (screen_.columns > 1) line = CutToCells(ShownText(line), screen_.columns - 1);
  *screen_.err << '\r' << line << "\033[K" << std::flush;
}

}  // namespace cadastre::client
