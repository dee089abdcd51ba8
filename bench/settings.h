// What one call of cadastre_bench measures, and where things stand. Values; thread rule: compatible.
#pragma once

#include <cstdint>
#include <string>

#include "bench/world/world.h"

namespace cadastre::bench {

struct Settings {
  // `w10k`, `w1m`, or a number of assets.
  std::string world = "w10k";
  Shape shape = Shape::W10k();
  // Of each measured window; a comparison takes one window a side and round.
  double window_seconds = 1.5;
  int rounds = 3;
  // The server that is measured.
  std::string server;
  // Holds the built world and scratch folders.
  std::string folder;
};

}  // namespace cadastre::bench
