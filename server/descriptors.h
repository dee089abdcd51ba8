// Descriptors: how the files this process may have open are shared out, before anybody takes one.
//
// Called once by main, before the store is opened. The soft limit is raised to the hard one; what the store, the index,
// the log and the machinery of the doors need is kept back, and what is left is for connections. Thread rule: safe.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/words.h"

namespace cadastre::server {

struct DescriptorPlan {
  uint64_t limit = 0;      // of the process, as raised
  size_t connections = 0;  // of both doors together
  int store_files = 0;     // the store may keep open
};

// The shares of `limit` descriptors where `connections_wanted` connections are asked for. FAILED_PRECONDITION where
// fewer than 16 connections would be left.
StatusOr<DescriptorPlan> ShareDescriptors(uint64_t limit, size_t connections_wanted);
// The same of this process, whose limit it raises.
StatusOr<DescriptorPlan> PlanDescriptors(size_t connections_wanted);

}  // namespace cadastre::server
