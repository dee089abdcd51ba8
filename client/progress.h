// A progress bar on a terminal; nothing elsewhere.
//
// Owner: who works makes one and lets it go when done. Thread rule: confined.
// Bounds: drawn at most ten times a second.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "client/screen.h"

namespace cadastre::client {

class Progress {
 public:
  // `total` 0 where it is not known: a count without a bar.
  Progress(const Screen& screen, std::string_view what, uint64_t total);
  // Takes the bar off the screen.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Show(uint64_t done, std::string_view note);

 private:
  const Screen& screen_;
  const std::string what_;
  const uint64_t total_;
  const std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point shown_;
};

}  // namespace cadastre::client
