#include "bench/report.h"

#include <sys/utsname.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/status.h"

namespace cadastre::bench {
namespace {

constexpr char kEnd[] = "<!-- benches end -->";

std::string OpenMarker(std::string_view world, std::string_view name) {
  return base::Cat("<!-- bench ", world, "/", name, " -->");
}
std::string CloseMarker(std::string_view world, std::string_view name) {
  return base::Cat("<!-- end of ", world, "/", name, " -->");
}

std::string FirstLineOf(const char* command) {
  std::string line;
  FILE* pipe = ::popen(command, "r");
  if (pipe == nullptr) return line;
  std::array<char, 256> buffer{};
  if (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) line = buffer.data();
  ::pclose(pipe);
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  return line;
}

std::string ValueIn(const char* file, std::string_view key) {
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    if (line.compare(0, key.size(), key) != 0) continue;
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const size_t begin = line.find_first_not_of(" \t", colon + 1);
    if (begin != std::string::npos) return line.substr(begin);
  }
  return "";
}

}  // namespace

std::string Figure(double value) {
  if (value >= 100) {
    std::string digits = std::to_string(static_cast<long long>(std::llround(value)));
    for (size_t i = digits.size(); i > 3;) digits.insert(i -= 3, ",");
    return digits;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(),
                value >= 10    ? "%.0f"
                : value >= 1   ? "%.1f"
                : value >= 0.1 ? "%.2f"
                               : "%.3f",
                value);
  return text.data();
}

std::string PerSecond(double rate) { return Figure(rate) + "/s"; }
std::string Milliseconds(double seconds) { return Figure(seconds * 1e3) + " ms"; }

std::string DescribeMachine() {
  utsname system{};
  ::uname(&system);
  const std::string memory = ValueIn("/proc/meminfo", "MemTotal");
  const double gib = std::atof(memory.c_str()) / (1 << 20);
  double load = 0;
  ::getloadavg(&load, 1);
  return base::Cat(FirstLineOf("nproc"), " cores (", ValueIn("/proc/cpuinfo", "model name"), "), ", Figure(gib),
                   " GiB, Linux ", std::string(system.release), ", load average ", Figure(load),
                   " over the minute before (the bench's own load included)");
}

std::string DescribeCommit() {
  const std::string commit = FirstLineOf("git rev-parse --short=12 HEAD 2>/dev/null");
  if (commit.empty()) return "unknown";
  const bool changed = !FirstLineOf("git status --porcelain --untracked-files=no -- '*.cc' '*.h' 2>/dev/null").empty();
  return changed ? commit + " with changes" : commit;
}

std::string Section::Markdown() const {
  std::string text = base::Cat("### ", title_, "\n\n");
  if (!ratios_.empty()) {
    text += "| what | ours | beside it | ratio | aim |\n| --- | --- | --- | --- | --- |\n";
    for (const Ratio& ratio : ratios_) {
      text += base::Cat("| ", ratio.what, " | ", ratio.ours, " | ", ratio.beside, " | ",
                        ratio.ratio > 0 ? Figure(ratio.ratio) : std::string("–"), " | ", ratio.aim, " |\n");
    }
    text += "\n";
  }
  for (const std::string& line : lines_) text += base::Cat("- ", line, "\n");
  return text;
}

Status Report::Take(const Section& section) const {
  std::string body = base::Cat(section.Markdown(), "- Commit ", DescribeCommit(), ", on ", DescribeMachine(), ".\n");
  std::cout << "\n" << body << std::flush;
  if (path_.empty()) return absl::OkStatus();
  std::string text;
  {
    std::ifstream in(path_);
    std::stringstream whole;
    whole << in.rdbuf();
    text = whole.str();
  }
  const std::string open = OpenMarker(world_, section.name());
  const std::string close = CloseMarker(world_, section.name());
  const std::string block = base::Cat(open, "\n", body, close, "\n\n");
  const size_t from = text.find(open);
  const size_t to = text.find(close);
  if (from != std::string::npos && to != std::string::npos) {
    size_t after = to + close.size();
    while (after < text.size() && text[after] == '\n') ++after;
    text.replace(from, after - from, block);
  } else {
    if (text.find(kEnd) == std::string::npos) text += base::Cat("\n", kEnd, "\n");
    text.insert(text.find(kEnd), block);
  }
  std::ofstream out(path_, std::ios::trunc);
  out << text;
  out.close();
  return out ? absl::OkStatus() : base::Unavailable(path_, " cannot be written");
}

}  // namespace cadastre::bench
