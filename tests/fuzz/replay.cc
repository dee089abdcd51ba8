// Runs a fuzzer over the files of one folder, for builds that have no engine to make more of them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
  CHECK(argc == 2) << "expected a folder of inputs";
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) paths.push_back(entry.path());
  // An empty folder would pass whatever the fuzzer does.
  CHECK(!paths.empty()) << "no inputs in " << argv[1];
  std::sort(paths.begin(), paths.end());
  for (const std::filesystem::path& path : paths) {
    std::cout << path.filename().string() << std::endl;
    std::ifstream file(path, std::ios::binary);
    CHECK(file.is_open()) << path.string();
    // As many bytes as there are, so that a sanitizer sees the first one read behind them.
    const std::vector<uint8_t> bytes(std::istreambuf_iterator<char>(file), {});
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  return 0;
}
